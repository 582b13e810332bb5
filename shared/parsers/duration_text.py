"""Durations as senders of JSON write them, to exact milliseconds. What is written otherwise is unknown, never 0."""

import re
from decimal import Decimal

from shared.parsers import clock_text

LONGEST_MS = 86_400_000
_NUMBER_WITH_UNIT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{0,12})?) *([a-z]*)")
_MS_OF_UNIT = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1_000),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60_000),
}


def duration_ms(text: str, ms_of_bare_number: int) -> int | None:
    """`N sec`, `N min` with or without decimals, `M:SS`, or a bare number of the unit given; None when it is none of them."""
    if clock_text.is_clock(text):
        return _bounded(Decimal(clock_text.seconds_of(text) or 0) * 1_000)
    found = _NUMBER_WITH_UNIT.fullmatch(text.lower())
    unit_ms = _MS_OF_UNIT.get(found[2], None if found[2] else ms_of_bare_number) if found else None
    return _bounded(Decimal(found[1]) * unit_ms) if found and unit_ms else None


def _bounded(milliseconds: Decimal) -> int | None:
    return round(milliseconds) if milliseconds <= LONGEST_MS else None
