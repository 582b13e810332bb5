"""The one place of the shipper that asks what time it is; everything else takes `now` as an argument."""

import time


def unix_now() -> float:
    """Seconds since 1970, UTC: what is written down and compared after a restart."""
    return time.time()  # noqa: TID251


def steady_now() -> float:
    """Seconds of a clock that nobody sets: for waits within one process."""
    return time.monotonic()
