"""Did the attackers succeed, does the round count, and how sure are we? The round's half of the score. Pure.

The attackers succeeded exactly when winner and defender differ, in both rounds: the map script names one defending side,
and between the rounds it is the players who swap. Only a round that ended regularly says anything at all: scripts set the
winner to the defender beforehand, so a round cut short would look like a hold.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

from shared.domain.attack_outcome import attackers_succeeded, is_same_limit, set_time_ms, target_ms
from shared.domain.end_reasons import display_outcome, strict_end_reason
from shared.domain.pairing import Place
from shared.domain.round_facts import PlayerFacts, RoundFacts
from shared.domain.vocabulary import (
    Confidence,
    EndReason,
    ExitKind,
    RoundOutcome,
    RoundStatus,
    Side,
    StopwatchState,
)

FILLER_MAPS = frozenset({"mp_sillyctf"})
SHORTEST_ROUND_MS = 30_000
LIMIT_OVERRUN_MS = 10_000
HOLD_TOLERANCE_MS = 3_000
_MS_PER_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class SidesTold:
    """How a round's winner and defender came to be known. `is_filled_in`: one of them is not the round's own word.
    `is_unreadable`: one was told as something that is no side, and nothing repaired it. `defender`: the one filled in, where
    the facts still lack it; it says who succeeded, not whether the round was played out.
    """

    is_filled_in: bool = False
    is_unreadable: bool = False
    defender: Side | None = None


AS_TOLD = SidesTold()


@dataclass(frozen=True, slots=True)
class RoundJudgement:
    """What one round amounts to. Durations in milliseconds; `invalid_reason` is set exactly when it does not count."""

    status: RoundStatus
    exit_kind: ExitKind
    is_valid: bool
    invalid_reason: str | None
    stopwatch_state: StopwatchState | None
    confidence: Confidence
    end_reason: EndReason | None
    outcome: RoundOutcome | None
    time_to_beat_ms: int | None
    next_limit_ms: int | None
    next_limit_minutes: int | None
    human_count: int | None
    bot_count: int | None

    @property
    def is_publishable(self) -> bool:
        """Ghosts, aborted, empty, bot, filler and orphaned rounds are kept and shown, never posted."""
        return self.is_valid


def judge(
    facts: RoundFacts,
    place: Place,
    next_round_limit_ms: int | None = None,
    sides: SidesTold = AS_TOLD,
    filler_maps: Collection[str] = FILLER_MAPS,
) -> RoundJudgement:
    """Judge one round from its best source, in its place in the match. `next_round_limit_ms`: for an R1, its R2's limit.

    `filler_maps`: those that are played between matches, by normalised name.
    """
    status = _status(facts, place, next_round_limit_ms)
    is_played_out = status is not RoundStatus.GHOST and is_finished(facts, next_round_limit_ms)
    known = facts if sides.defender is None else replace(facts, defender=sides.defender)
    succeeded, by_header = attackers_succeeded(known, next_round_limit_ms) if is_played_out else (None, False)
    state = {True: StopwatchState.TIME_SET, False: StopwatchState.FULL_HOLD, None: None}[succeeded]
    time_to_beat_ms, next_limit_ms = _what_is_next(facts, state, next_round_limit_ms)
    end_reason = strict_end_reason(facts)
    invalid_reason = "superseded_same_r1" if place.is_superseded else _invalid_reason(facts, status, filler_maps)
    fighters = facts.fighters()
    return RoundJudgement(
        status=status,
        exit_kind=facts.exit_kind if is_finished(facts, next_round_limit_ms) else ExitKind.ABORTED,
        is_valid=invalid_reason is None,
        invalid_reason=invalid_reason,
        stopwatch_state=state,
        confidence=_confidence(succeeded, sides, by_header=by_header),
        end_reason=end_reason,
        outcome=display_outcome(end_reason, state),
        time_to_beat_ms=time_to_beat_ms,
        next_limit_ms=next_limit_ms,
        next_limit_minutes=None if next_limit_ms is None else math.ceil(next_limit_ms / _MS_PER_MINUTE),
        human_count=None if facts.players is None else sum(not player.is_bot for player in fighters),
        bot_count=None if facts.players is None else sum(player.is_bot for player in facts.players),
    )


def is_finished(facts: RoundFacts, next_round_limit_ms: int | None = None) -> bool:
    """Did the engine end the round regularly? The exit line tells; without one the sides and the clock must."""
    if facts.exit_kind is ExitKind.ABORTED:
        return False
    if facts.exit_kind is not ExitKind.UNKNOWN:
        return True
    if facts.winner is None or facts.defender is None:
        known_ms = facts.elapsed_ms if facts.elapsed_ms is not None else target_ms(facts)
        return facts.is_regular_end_witnessed or (known_ms is not None and known_ms >= SHORTEST_ROUND_MS)
    if facts.winner != facts.defender or facts.is_regular_end_witnessed:
        return True
    reached_limit = (
        facts.elapsed_ms is not None
        and facts.limit_ms is not None
        and facts.elapsed_ms >= facts.limit_ms - HOLD_TOLERANCE_MS
    )
    return reached_limit or is_same_limit(next_round_limit_ms, facts.limit_ms)


def limit_led_to_ms(facts: RoundFacts) -> int | None:
    """Of an R1 whose own sides tell how it ended: the limit that its R2 is played under."""
    if facts.round_number != 1 or facts.winner is None or facts.defender is None or not is_finished(facts):
        return None
    return facts.limit_ms if facts.winner == facts.defender else facts.next_limit_ms or facts.elapsed_ms


def takes_slot(facts: RoundFacts) -> bool:
    """Whether the round may stand in its match: it ended regularly, is no ghost and was played by people."""
    return is_finished(facts) and not _is_ghost(facts) and not _has_bot(facts)


def _status(facts: RoundFacts, place: Place, next_round_limit_ms: int | None) -> RoundStatus:
    is_replaced = place.replaced_by is not None
    if not is_finished(facts, next_round_limit_ms):
        return RoundStatus.CANCELLED if is_replaced else RoundStatus.ABORTED
    if _is_ghost(facts):
        return RoundStatus.GHOST
    if place.is_superseded or is_replaced:
        return RoundStatus.SUBSTITUTION if place.is_substituted else RoundStatus.CANCELLED
    return RoundStatus.COMPLETED if place.has_first_round else RoundStatus.ORPHAN_R2


def _is_ghost(facts: RoundFacts) -> bool:
    if facts.elapsed_ms is None:
        return False
    if facts.limit_ms is not None and facts.elapsed_ms > facts.limit_ms + LIMIT_OVERRUN_MS:
        return True
    return facts.elapsed_ms < SHORTEST_ROUND_MS and not facts.has_exit_line


def _invalid_reason(facts: RoundFacts, status: RoundStatus, filler_maps: Collection[str]) -> str | None:
    if status is not RoundStatus.COMPLETED:
        return status.value
    if facts.map_name in filler_maps:
        return "filler_map"
    if facts.is_stopwatch is False:
        return "not_stopwatch"
    if facts.players is not None and not any(map(_played, facts.players)):
        return "no_players"
    if _has_bot(facts):
        return "bot_round"
    return None


def _played(player: PlayerFacts) -> bool:
    """On a side; or, of a player whose side a cut list lost, seen to live."""
    return player.side in (Side.AXIS, Side.ALLIES) or (player.side is None and bool(player.spawns))


def is_cut(facts: RoundFacts) -> bool:
    """Whether people broke the round off."""
    return not is_finished(facts) and not _has_bot(facts)


def _has_bot(facts: RoundFacts) -> bool:
    return any(player.is_bot for player in facts.players or ())


def _confidence(succeeded: bool | None, sides: SidesTold, *, by_header: bool) -> Confidence:  # noqa: FBT001
    if succeeded is None:
        return Confidence.AMBIGUOUS if sides.is_unreadable else Confidence.MISSING
    return Confidence.VERIFIED_HEADER if by_header and not sides.is_filled_in else Confidence.TIME_FALLBACK


def _what_is_next(
    facts: RoundFacts, state: StopwatchState | None, next_round_limit_ms: int | None
) -> tuple[int | None, int | None]:
    """R1's set time, and the limit R2 is played under; both None for an R2."""
    if facts.round_number != 1 or state is None:
        return None, None
    if state is StopwatchState.FULL_HOLD:
        return None, facts.limit_ms
    set_ms = set_time_ms(facts, next_round_limit_ms)
    return set_ms, set_ms
