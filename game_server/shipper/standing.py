"""Where a file stands: what its stamp and the checkpoint say is to be done with it. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from game_server.shipper.entry import Entry, FileOutcome, Stamp
from game_server.shipper.names import Unsendable, upload_name
from game_server.shipper.verdict import is_due


class Standing(StrEnum):
    """What is to be done with a file."""

    NEW = "new"  # send it
    DUE = "due"  # send it again
    REWRITTEN = "rewritten"  # it was settled once, but may hold something else now: send it if it does
    WAITING = "waiting"  # send it again, later
    TAKEN = "taken"
    REFUSED = "refused"
    EMPTY = "empty"  # nothing to send yet
    TOO_LARGE = "too_large"
    UNSENDABLE = "unsendable"  # a name no service takes


TO_SEND = frozenset({Standing.NEW, Standing.DUE, Standing.REWRITTEN})
SETTLED = frozenset({Standing.TAKEN, Standing.REFUSED})
REFUSED_HERE = frozenset({Standing.TOO_LARGE, Standing.UNSENDABLE})


def standing(name: str, stamp: Stamp, entry: Entry | None, now_unix: float, largest_bytes: int) -> Standing:
    """Where the file stands. `entry`: what the checkpoint knows of it; `name`: as the file system gave it."""
    try:
        upload_name(name)
    except Unsendable:
        return Standing.UNSENDABLE
    if not stamp.size_bytes:
        return Standing.EMPTY
    if stamp.size_bytes > largest_bytes:
        return Standing.TOO_LARGE
    return Standing.NEW if entry is None else _known(stamp, entry, now_unix)


def _known(stamp: Stamp, entry: Entry, now_unix: float) -> Standing:
    if entry.outcome is FileOutcome.WAITING:
        is_time = stamp != entry.stamp or is_due(entry.next_attempt_unix, now_unix)
        return Standing.DUE if is_time else Standing.WAITING
    if stamp != entry.stamp:
        return Standing.REWRITTEN
    return Standing.TAKEN if entry.outcome is FileOutcome.TAKEN else Standing.REFUSED


class Settling:
    """Which files have stopped changing: those that looked the same for so long under our own eyes, by a steady clock."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._seen: dict[str, tuple[Stamp, float]] = {}

    def settled(self, files: Iterable[tuple[str, Stamp]], now_seconds: float) -> set[str]:
        """The paths, out of these, that have settled. Files that are not asked for any more are forgotten."""
        seen = {}
        for path, stamp in files:
            before = self._seen.get(path)
            seen[path] = before if before is not None and before[0] == stamp else (stamp, now_seconds)
        self._seen = seen
        return {path for path, (_, since_seconds) in seen.items() if now_seconds - since_seconds >= self._seconds}

    def next_in_seconds(self, now_seconds: float) -> float | None:
        """When the next one settles, if it is left alone; None when none is awaited."""
        waits = (since + self._seconds - now_seconds for _, since in self._seen.values())
        return min((wait for wait in waits if wait > 0), default=None)
