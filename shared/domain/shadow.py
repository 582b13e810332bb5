"""The shadow comparison: each player's time dead by the stats file (OLD) beside Lua's (NEW), and whether NEW may replace OLD.
Pure. Durations are milliseconds.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from shared.domain.diagnostics import share_percent
from shared.domain.figures import UNAVAILABLE, clock
from shared.domain.round_times import PlayerTime, RoundTimes
from shared.domain.units import MS_PER_SECOND

GATE_PERCENT = 80.0
TOP_SHOWN, MOST_TOP = 8, 20
_P95 = 0.95


class ShadowReason(StrEnum):
    """Why there is no NEW value, or why it is not as it was told."""

    LUA_MISSING_FOR_ROUND = "lua_missing_for_round"
    LUA_MISSING_FOR_GUID_PREFIX = "lua_missing_for_guid_prefix"
    LUA_QUERY_FAILED = "lua_query_failed"
    LUA_DEAD_NEGATIVE_CLAMPED = "lua_dead_negative_clamped"
    LUA_DEAD_CAPPED_TO_PLAUSIBLE_LIMIT = "lua_dead_capped_to_plausible_limit"
    OLD_ACTIVE_ZERO = "old_active_zero"


@dataclass(frozen=True, slots=True)
class Shadow:
    """One player in one round. None: not told."""

    round_id: int
    map_name: str
    round_number: int
    guid: str
    name: str
    played_ms: int | None
    old_dead_ms: int | None
    new_dead_ms: int | None
    old_denied_ms: int | None
    new_denied_ms: int | None
    reasons: tuple[ShadowReason, ...] = ()

    @property
    def delta_ms(self) -> int | None:
        """NEW less OLD."""
        if self.old_dead_ms is None or self.new_dead_ms is None:
            return None
        return self.new_dead_ms - self.old_dead_ms


@dataclass(frozen=True, slots=True)
class PlayerShadow:
    """One player over all rounds: the sums of those in which both are known. `covered` of `rounds` have a NEW value."""

    guid: str
    name: str
    old_dead_ms: int
    new_dead_ms: int
    covered: int
    rounds: int

    @property
    def delta_ms(self) -> int:
        """NEW less OLD."""
        return self.new_dead_ms - self.old_dead_ms


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether NEW may stand alone. `median_ms`, `p95_ms`: of the absolute differences; None when there is none.

    `uncovered`: the rounds without spawn statistics, by round_id.
    """

    rounds: int
    covered: int
    needed_percent: float
    median_ms: float | None
    p95_ms: int | None
    uncovered: tuple[int, ...]

    @property
    def coverage_percent(self) -> float | None:
        """Rounds with spawn statistics, of all; None of none."""
        return share_percent(self.covered, self.rounds)

    @property
    def is_met(self) -> bool:
        """More than what is needed; of no rounds never."""
        return self.rounds > 0 and self.covered * 100 > self.needed_percent * self.rounds


def shadows(times: RoundTimes, *, is_lua_unreadable: bool = False) -> list[Shadow]:
    """Both values of every player of a round."""
    return [_shadow(times, player, is_lua_unreadable=is_lua_unreadable) for player in times.players]


def is_covered(times: RoundTimes) -> bool:
    """Whether the round has spawn statistics."""
    return any(player.lua_dead_ms is not None for player in times.players)


def gate(rounds: Sequence[RoundTimes], lines: Iterable[Shadow], needed_percent: float = GATE_PERCENT) -> Gate:
    """The cut-over gate over rounds that count and their players."""
    apart = sorted(abs(line.delta_ms) for line in lines if line.delta_ms is not None)
    uncovered = tuple(times.round_id for times in rounds if not is_covered(times))
    return Gate(
        rounds=len(rounds),
        covered=len(rounds) - len(uncovered),
        needed_percent=needed_percent,
        median_ms=median(apart) if apart else None,
        p95_ms=apart[math.ceil(len(apart) * _P95) - 1] if apart else None,
        uncovered=uncovered,
    )


def by_player(lines: Iterable[Shadow]) -> list[PlayerShadow]:
    """The sums of each player, by GUID, the largest difference first."""
    together: dict[str, list[Shadow]] = {}
    for line in lines:
        together.setdefault(line.guid, []).append(line)
    found = []
    for guid, own in together.items():
        both = [line for line in own if line.delta_ms is not None]
        found.append(
            PlayerShadow(
                guid=guid,
                name=own[-1].name,
                old_dead_ms=sum(line.old_dead_ms or 0 for line in both),
                new_dead_ms=sum(line.new_dead_ms or 0 for line in both),
                covered=sum(line.new_dead_ms is not None for line in own),
                rounds=len(own),
            )
        )
    return sorted(found, key=lambda one: (-abs(one.delta_ms), one.guid))


def top(lines: Iterable[Shadow], count: int = TOP_SHOWN) -> list[Shadow]:
    """The largest differences, at most 20 of them."""
    told = [line for line in lines if line.delta_ms is not None]
    told.sort(key=lambda line: (-abs(line.delta_ms or 0), line.round_id, line.guid))
    return told[: min(max(count, 1), MOST_TOP)]


def dead_words(old_ms: int | None, new_ms: int | None, *, is_dual: bool) -> str:
    """A time dead as it is shown: both values while they are compared; then NEW alone, or OLD, marked, where NEW is missing."""
    old, new = (_clock(value) for value in (old_ms, new_ms))
    if is_dual:
        return f"O {old} / N {new}"
    return new if new_ms is not None or old_ms is None else f"{old} (old)"


def _shadow(times: RoundTimes, player: PlayerTime, *, is_lua_unreadable: bool) -> Shadow:
    reasons: list[ShadowReason] = []
    old_ms = _clamped(player.dead_ms, player.played_ms)
    new_ms = _new_dead(times, player, reasons, is_lua_unreadable=is_lua_unreadable)
    return Shadow(
        round_id=times.round_id,
        map_name=times.map_name,
        round_number=times.round_number,
        guid=player.guid,
        name=player.name,
        played_ms=player.played_ms,
        old_dead_ms=old_ms,
        new_dead_ms=new_ms,
        old_denied_ms=player.denied_ms,
        new_denied_ms=_new_denied(player, old_ms, new_ms, reasons),
        reasons=tuple(reasons),
    )


def _new_dead(
    times: RoundTimes, player: PlayerTime, reasons: list[ShadowReason], *, is_lua_unreadable: bool
) -> int | None:
    if is_lua_unreadable:
        reasons.append(ShadowReason.LUA_QUERY_FAILED)
        return None
    told_ms = player.lua_dead_ms
    if told_ms is None:
        is_round_covered = is_covered(times)
        missing = (ShadowReason.LUA_MISSING_FOR_ROUND, ShadowReason.LUA_MISSING_FOR_GUID_PREFIX)[is_round_covered]
        reasons.append(missing)
        return None
    if told_ms < 0:
        reasons.append(ShadowReason.LUA_DEAD_NEGATIVE_CLAMPED)
        return 0
    most_ms = min((ms for ms in (player.played_ms, times.lua_duration_ms) if ms is not None), default=told_ms)
    if told_ms > most_ms:
        reasons.append(ShadowReason.LUA_DEAD_CAPPED_TO_PLAUSIBLE_LIMIT)
    return min(told_ms, most_ms)


def _new_denied(player: PlayerTime, old_ms: int | None, new_ms: int | None, reasons: list[ShadowReason]) -> int | None:
    """What was denied, in the measure in which the time alive is another."""
    denied_ms, played_ms = player.denied_ms, player.played_ms
    if denied_ms is None or played_ms is None or old_ms is None or new_ms is None:
        return None
    if played_ms == old_ms:
        reasons.append(ShadowReason.OLD_ACTIVE_ZERO)
        return denied_ms
    return round(denied_ms * (played_ms - new_ms) / (played_ms - old_ms))


def _clamped(dead_ms: int | None, played_ms: int | None) -> int | None:
    if dead_ms is None:
        return None
    return max(0, dead_ms if played_ms is None else min(dead_ms, played_ms))


def _clock(milliseconds: int | None) -> str:
    return UNAVAILABLE if milliseconds is None else clock(milliseconds / MS_PER_SECOND)
