"""Durations as the engine and the senders of JSON write them, to exact milliseconds. What is written otherwise is unknown, never 0."""

import re
from decimal import Decimal

LONGEST_MS = 86_400_000
_SECOND_MS, _MINUTE_MS = 1_000, 60_000
_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])")
_NUMBER = re.compile(r"([0-9]{1,9})(\.[0-9]{0,12})?(?: *([a-z]+))?")
_MS_OF_UNIT = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), _SECOND_MS),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), _MINUTE_MS),
}


def duration_ms(text: str, ms_of_bare_number: int | None = None) -> int | None:
    """Milliseconds of `M:SS`, of a number, or of a number with its unit (`N sec`, `N min`); None when it is none of them.

    `ms_of_bare_number`: what a number without a unit counts, for a sender that writes units elsewhere. Without it the text
    is the engine's, which knows no units: what has a point is minutes, what has none seconds. Three parts are read by some
    as hours, by others as minutes: they are nothing here, and neither are signs and single digits after the colon.
    """
    if clock := _CLOCK.fullmatch(text):
        return _bounded(Decimal(int(clock[1]) * _MINUTE_MS + int(clock[2]) * _SECOND_MS))
    found = _NUMBER.fullmatch(text.lower())
    if found is None:
        return None
    whole, fraction, unit = found.groups()
    unit_ms: int | None
    if ms_of_bare_number is None:
        unit_ms = None if unit else _MINUTE_MS if fraction else _SECOND_MS
    else:
        unit_ms = _MS_OF_UNIT.get(unit) if unit else ms_of_bare_number
    return None if unit_ms is None else _bounded(Decimal(whole + (fraction or "")) * unit_ms)


def is_clock(text: str) -> bool:
    """Is it written as `M:SS`?"""
    return _CLOCK.fullmatch(text) is not None


def _bounded(milliseconds: Decimal) -> int | None:
    return round(milliseconds) if milliseconds <= LONGEST_MS else None
