"""How single figures are written for people, on cards and pages alike: clocks, ratios, percentages; a dash for what no source told us."""

from datetime import date

UNAVAILABLE = "\N{EN DASH}"
UNKNOWN = "unknown"
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clock(seconds: float | None, missing: str = UNKNOWN) -> str:
    """M:SS of the whole seconds elapsed."""
    if seconds is None:
        return missing
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def signed_clock(seconds: float) -> str:
    """M:SS with its sign."""
    return f"{'-' if seconds < 0 else '+'}{clock(abs(seconds))}"


def whole(number: float | None) -> str:
    """A whole number."""
    return UNAVAILABLE if number is None else f"{number:.0f}"


def ratio(number: float | None) -> str:
    """Two decimals."""
    return UNAVAILABLE if number is None else f"{number:.2f}"


def percent(number: float | None, decimals: int = 0) -> str:
    """A percentage."""
    return UNAVAILABLE if number is None else f"{number:.{decimals}f}%"


def plural(count: int, word: str) -> str:
    """The count with its word."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def ago(seconds: float) -> str:
    """How long ago, in its largest unit; what lies ahead of our clock is now."""
    return "now" if seconds < 1 else f"{length(seconds)} ago"


def length(seconds: float) -> str:
    """A span in its largest unit: `12 s`, `5 min`, `3 h`, `2 days`."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    if whole < 2 * _DAY:
        return f"{whole // _HOUR} h"
    return plural(whole // _DAY, "day")


def long_date(day: date) -> str:
    """`Tue 3 Feb 2026`, whatever the locale."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"
