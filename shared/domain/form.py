"""How a player's damage per minute went over a session: even, rising, fading, or all over the place. Pure."""

import statistics
from collections.abc import Sequence
from enum import StrEnum

_FEWEST_ROUNDS = 4
_VOLATILE_SHARE = 0.4
_TREND = 1.15


class Form(StrEnum):
    """The first that holds, in this order."""

    VOLATILE = "volatile"
    RISING = "rising"
    FADING = "fading"
    STEADY = "steady"


def form(per_round: Sequence[float | None]) -> Form | None:
    """The form over rounds in the order they were played; a round he missed is None. With fewer than four there is none."""
    played = [one for one in per_round if one is not None]
    if len(played) < _FEWEST_ROUNDS:
        return None
    if statistics.pstdev(played) / max(1.0, statistics.fmean(played)) > _VOLATILE_SHARE:
        return Form.VOLATILE
    middle = len(played) // 2
    before, after = statistics.fmean(played[:middle]), statistics.fmean(played[middle:])
    if after > _TREND * before:
        return Form.RISING
    return Form.FADING if before > _TREND * after else Form.STEADY


def peak(per_round: Sequence[float | None]) -> int | None:
    """Which round was his best, by its place in the list; the first of equals, None when he played none."""
    played = [(value, -place) for place, value in enumerate(per_round) if value is not None]
    return -max(played)[1] if played else None
