"""Which instants a source may have measured: a clock that was never set, or runs years ahead, says nothing. Pure."""

from datetime import datetime

EARLIEST_UNIX = 1_577_836_800  # 2020-01-01
LATEST_AHEAD_SECONDS = 86_400


def plausible(at_unix: int | None, now: datetime) -> int | None:
    """The instant itself, or None when nothing was measured then. `now`: when the delivery arrived."""
    if at_unix is None or not EARLIEST_UNIX <= at_unix <= now.timestamp() + LATEST_AHEAD_SECONDS:
        return None
    return at_unix
