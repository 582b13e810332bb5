"""What must hold of the times of every round and player, as they are told. Pure. A breach changes nothing: it is noted.

What cannot be checked because something is unknown is not broken. Durations are milliseconds.
"""

from collections.abc import Iterator
from enum import StrEnum

CLOCK_TOLERANCE_MS = 2_000
OVERPLAYED_MS = 60_000
_FULL_PERCENT = 100.0
_MS_PER_SECOND = 1_000


class Invariant(StrEnum):
    """Each rule, named for what must be so."""

    DURATION_FITS_CLOCK = "duration_fits_clock"
    DEAD_WITHIN_PLAYED = "dead_within_played"
    PLAYED_POSITIVE = "played_positive"
    DEAD_RATIO_IN_RANGE = "dead_ratio_in_range"
    DENIED_WITHIN_PLAYED = "denied_within_played"
    PLAYED_WITHIN_DURATION = "played_within_duration"
    LIMIT_POSITIVE = "limit_positive"
    START_BEFORE_END = "start_before_end"


MEANINGS = {
    Invariant.DURATION_FITS_CLOCK: "with Lua data, the duration is within 2 s of end - start - pauses",
    Invariant.DEAD_WITHIN_PLAYED: "nobody was dead for longer than he played, before anything is summed or capped",
    Invariant.PLAYED_POSITIVE: "who was on a side of a completed round played for some time",
    Invariant.DEAD_RATIO_IN_RANGE: "the share of time dead lies between 0 and 100 percent",
    Invariant.DENIED_WITHIN_PLAYED: "nobody denied more time than he played",
    Invariant.PLAYED_WITHIN_DURATION: "nobody played for more than a minute beyond the round's duration",
    Invariant.LIMIT_POSITIVE: "a limit is unknown or above 0",
    Invariant.START_BEFORE_END: "a round starts before it ends",
}


def broken_by_round(
    *,
    start_unix: int | None,
    end_unix: int | None,
    duration_ms: int | None,
    pause_ms: int | None,
    limit_ms: int | None,
    has_lua_data: bool,
) -> Iterator[Invariant]:
    """What a round's own times break."""
    if start_unix is not None and end_unix is not None:
        if start_unix >= end_unix:
            yield Invariant.START_BEFORE_END
        if has_lua_data and duration_ms is not None and pause_ms is not None:
            clock_ms = (end_unix - start_unix) * _MS_PER_SECOND - pause_ms
            if abs(duration_ms - clock_ms) >= CLOCK_TOLERANCE_MS:
                yield Invariant.DURATION_FITS_CLOCK
    if limit_ms is not None and limit_ms <= 0:
        yield Invariant.LIMIT_POSITIVE


def broken_by_player(
    played_ms: int | None,
    dead_ms: int | None,
    denied_seconds: int | None,
    dead_percent: float | None,
    duration_ms: int | None,
    must_have_played: bool,  # noqa: FBT001  (called for every player of every round)
) -> list[Invariant]:
    """What a player's times in one round break. `dead_ms`: as told, before it is capped. `must_have_played`: he was on a
    side of a completed round.
    """
    broken = []
    if played_ms is not None:
        if dead_ms is not None and dead_ms > played_ms:
            broken.append(Invariant.DEAD_WITHIN_PLAYED)
        if must_have_played and played_ms <= 0:
            broken.append(Invariant.PLAYED_POSITIVE)
        if denied_seconds is not None and denied_seconds * _MS_PER_SECOND > played_ms:
            broken.append(Invariant.DENIED_WITHIN_PLAYED)
        if duration_ms is not None and played_ms > duration_ms + OVERPLAYED_MS:
            broken.append(Invariant.PLAYED_WITHIN_DURATION)
    if dead_percent is not None and not 0 <= dead_percent <= _FULL_PERCENT:
        broken.append(Invariant.DEAD_RATIO_IN_RANGE)
    return broken
