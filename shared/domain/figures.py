"""How single figures are written for people, on cards and pages alike: clocks, ratios, percentages; a dash for what no source told us."""

UNAVAILABLE = "\N{EN DASH}"
UNKNOWN = "unknown"


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
