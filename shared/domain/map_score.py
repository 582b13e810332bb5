"""Which attack won a map: a stopwatch decision from its two rounds, knowing nothing of teams yet. Pure.

The limit of R2 *is* the time that R1's attackers set, so R2's attackers can only succeed by being faster: their success
decides the map, and clocks of whole seconds could only add error to it. Times are compared where no limit is known.
"""

from dataclasses import dataclass
from enum import Enum

from shared.domain.round_of_match import LIMITS_EQUAL_MS, TEXT_LIMITS_EQUAL_MS, RoundOfMatch
from shared.domain.vocabulary import Confidence, MatchReason, RoundStatus, ScoringRule, StopwatchState

BEST_FIRST = tuple(Confidence)
TRUSTED = frozenset({Confidence.VERIFIED_HEADER, Confidence.TIME_FALLBACK})
_HELD, _SUCCEEDED = StopwatchState.FULL_HOLD, StopwatchState.TIME_SET


class Winner(Enum):
    """Whose attack won the map."""

    FIRST = "R1"
    SECOND = "R2"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rounds of a match come to. `winner` None: no result, for the `reason`.

    `first_ms`, `second_ms`: how long each attack took, None when it was held or nobody knows; `first_state`: how R1 ended,
    which may follow from R2's limit only.
    """

    winner: Winner | None
    rule: ScoringRule
    confidence: Confidence
    reason: MatchReason | None = None
    first_state: StopwatchState | None = None
    second_state: StopwatchState | None = None
    first_ms: int | None = None
    second_ms: int | None = None


def worst(*states: Confidence) -> Confidence:
    """The least sure of them; a result is never surer than what it rests on."""
    return max(states, key=BEST_FIRST.index)


def decide(first: RoundOfMatch | None, second: RoundOfMatch | None, base_limit_ms: int | None = None) -> Decision:
    """The first rule that applies. `base_limit_ms`: under which R1s of this map are played, for an R1 that is missing."""
    first, second = counting_first(first), counting_second(second)
    if first is None and second is None:
        return _nothing(MatchReason.NOT_PLAYED_OUT)
    if second is None:
        return _nothing(MatchReason.R1_ONLY, first=first)
    return _without_first(second, base_limit_ms) if first is None else _of_both(first, second)


def _of_both(first: RoundOfMatch, second: RoundOfMatch) -> Decision:
    if second.stopwatch_state is _SUCCEEDED:
        return _by_sides(Winner.SECOND, first, second, second.confidence)
    both = worst(first.confidence, second.confidence)
    if second.stopwatch_state is _HELD and first.stopwatch_state is _SUCCEEDED:
        return _by_sides(Winner.FIRST, first, second, both)
    if second.stopwatch_state is _HELD and first.stopwatch_state is _HELD:
        return _by_sides(Winner.NOBODY, first, second, both)
    return _by_time(first, second)


def counting_first(first: RoundOfMatch | None) -> RoundOfMatch | None:
    """An R1 that takes part in the decision, else None."""
    return first if first is not None and first.is_valid else None


def counting_second(second: RoundOfMatch | None) -> RoundOfMatch | None:
    """An R2 that does. An orphan counts for its own map only: its players' numbers may be those of both rounds."""
    if second is None or second.is_valid or second.status is RoundStatus.ORPHAN_R2:
        return second
    return None


def _by_sides(winner: Winner, first: RoundOfMatch, second: RoundOfMatch, confidence: Confidence) -> Decision:
    if confidence not in TRUSTED:
        return _nothing(MatchReason.SIDE_UNREADABLE, Confidence.AMBIGUOUS, first, second, ScoringRule.HEADER)
    return Decision(
        winner,
        ScoringRule.HEADER,
        confidence,
        first_state=first.stopwatch_state,
        second_state=second.stopwatch_state,
        first_ms=first.attack_ms,
        second_ms=second.attack_ms,
    )


def _without_first(second: RoundOfMatch, base_limit_ms: int | None) -> Decision:
    """R1 is lost: how it ended follows from the limit that R2 was played under."""
    first_state = _state_from_limit(second, base_limit_ms)
    if first_state is None or second.stopwatch_state is None:
        return _nothing(MatchReason.R2_ONLY, second=second)
    if second.confidence not in TRUSTED:
        return _nothing(MatchReason.SIDE_UNREADABLE, Confidence.AMBIGUOUS, second=second)
    if second.stopwatch_state is _SUCCEEDED:
        winner = Winner.SECOND
    else:
        winner = Winner.FIRST if first_state is _SUCCEEDED else Winner.NOBODY
    return Decision(
        winner,
        ScoringRule.R1_FROM_LIMIT,
        Confidence.TIME_FALLBACK,
        first_state=first_state,
        second_state=second.stopwatch_state,
        first_ms=second.limit_ms if first_state is _SUCCEEDED else None,
        second_ms=second.attack_ms,
    )


def _state_from_limit(second: RoundOfMatch, base_limit_ms: int | None) -> StopwatchState | None:
    """A smaller limit can only be a set time; an equal one proves a hold only of an R2 that is known to have had an R1."""
    if second.limit_ms is None or base_limit_ms is None:
        return None
    tolerance_ms = TEXT_LIMITS_EQUAL_MS if second.is_limit_text else LIMITS_EQUAL_MS
    if second.limit_ms < base_limit_ms - tolerance_ms:
        return _SUCCEEDED
    is_equal = second.limit_ms <= base_limit_ms + tolerance_ms
    return _HELD if is_equal and second.names_first_round else None


def _by_time(first: RoundOfMatch, second: RoundOfMatch) -> Decision:
    """Nobody knows how either round ended: the smaller time, and of equal ones the first, which was to be beaten."""
    times = _comparable(first, second)
    if times is None or first.stopwatch_state is not None or second.stopwatch_state is not None:
        return _nothing(*_why_undecidable(first, second), first, second)
    first_ms, second_ms = times
    winner = Winner.SECOND if second_ms < first_ms else Winner.FIRST
    return Decision(winner, ScoringRule.TIME, Confidence.TIME_FALLBACK, first_ms=first_ms, second_ms=second_ms)


def _comparable(first: RoundOfMatch, second: RoundOfMatch) -> tuple[int, int] | None:
    """Both measured, else both header clocks: a measured time beside a clock compares two different things."""
    for first_ms, second_ms in ((first.elapsed_ms, second.elapsed_ms), (first.clock_ms, second.clock_ms)):
        if first_ms is not None and second_ms is not None:
            return first_ms, second_ms
    return None


def _why_undecidable(first: RoundOfMatch, second: RoundOfMatch) -> tuple[MatchReason, Confidence]:
    if Confidence.AMBIGUOUS in (first.confidence, second.confidence):
        return MatchReason.SIDE_UNREADABLE, Confidence.AMBIGUOUS
    return MatchReason.UNDECIDABLE, Confidence.MISSING


def _nothing(
    reason: MatchReason,
    confidence: Confidence = Confidence.MISSING,
    first: RoundOfMatch | None = None,
    second: RoundOfMatch | None = None,
    rule: ScoringRule = ScoringRule.NONE,
) -> Decision:
    return Decision(
        None,
        rule,
        confidence,
        reason,
        first_state=first.stopwatch_state if first else None,
        second_state=second.stopwatch_state if second else None,
        first_ms=first.attack_ms if first else None,
        second_ms=second.attack_ms if second else None,
    )
