"""The engine's clock texts: `M:SS`, decimal minutes, bare seconds."""

import re

_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])")
_MINUTES = re.compile(r"[0-9]{1,4}\.[0-9]{1,9}")
_SECONDS = re.compile(r"[0-9]{1,6}")


def seconds_of(text: str) -> float | None:
    """Seconds of `M:SS`, of decimal minutes (anything with a point) or of a bare number of seconds; None for all else.

    Three parts are read by some as hours, by others as minutes: they are nothing here. So are signs and single digits
    after the colon.
    """
    if found := _CLOCK.fullmatch(text):
        return int(found[1]) * 60 + int(found[2])
    if _MINUTES.fullmatch(text):
        return float(text) * 60
    return int(text) if _SECONDS.fullmatch(text) else None


def is_clock(text: str) -> bool:
    """Is it written as `M:SS`?"""
    return _CLOCK.fullmatch(text) is not None
