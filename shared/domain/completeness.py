"""How much of what can be told of a match was told? In percent, and in a word. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

PENDING_FOR = timedelta(hours=6)
_WHOLE_PERCENT = 100


class Part(StrEnum):
    """What may be known of one round of a match."""

    STATS = "stats"
    LUA = "lua"
    ENDSTATS = "endstats"
    GAMETIME = "gametime"
    PROXIMITY = "proximity"


WEIGHTS: Mapping[Part, int] = MappingProxyType(
    {Part.STATS: 25, Part.LUA: 10, Part.ENDSTATS: 10, Part.GAMETIME: 5, Part.PROXIMITY: 5}
)
"""Percent per round. They add up to more than half a match, so that one part of the lesser kind may be missing."""


class MatchStatus(StrEnum):
    """`pending`: what is missing may still come."""

    COMPLETE = "complete"
    PENDING = "pending"
    INCOMPLETE = "incomplete"


def completeness_percent(first: Collection[Part], second: Collection[Part]) -> int:
    """What is known of both rounds, 0 to 100."""
    return min(_WHOLE_PERCENT, sum(WEIGHTS[part] for half in (first, second) for part in set(half)))


def match_status(first: Collection[Part], second: Collection[Part], played_at: datetime, now: datetime) -> MatchStatus:
    """Complete once the players' figures of both rounds are here; given up for incomplete after six hours."""
    if Part.STATS in first and Part.STATS in second:
        return MatchStatus.COMPLETE
    return MatchStatus.PENDING if now - played_at <= PENDING_FOR else MatchStatus.INCOMPLETE
