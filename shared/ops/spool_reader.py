"""Reading the spool: segments are read while others write to them, and removed once nobody does and all of it is elsewhere."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.domain.spool_record import Entry, entries, mark_of

_FIND_BYTES = 1 << 20


class SegmentFile:
    """A segment on the disk, read piece by piece. `size_bytes` is that of the moment of opening."""

    def __init__(self, file: int) -> None:
        self._file = file
        self.size_bytes = os.fstat(file).st_size

    def read(self, at: int, length: int) -> bytes:
        """So many bytes from there on, fewer at the end."""
        piece = os.pread(self._file, length, at)
        if len(piece) == length or not piece:
            return piece
        pieces = [piece]
        while piece:
            at, length = at + len(piece), length - len(piece)
            pieces.append(piece := os.pread(self._file, length, at))
        return b"".join(pieces)

    def find(self, mark: bytes, at: int) -> int | None:
        """Where these bytes come next, from there on."""
        while at < self.size_bytes:
            found = self.read(at, _FIND_BYTES + len(mark) - 1).find(mark)
            if found >= 0:
                return at + found
            at += _FIND_BYTES
        return None

    def entries(self, begin_at: int | None = None) -> Iterator[Entry]:
        """Every whole record from there on; none while the segment is hardly begun."""
        mark = mark_of(self)
        return iter(()) if mark is None else entries(self, mark, begin_at)

    def is_finished(self) -> bool:
        """Whether nobody writes to it any more. From then on it is locked for whoever asked, until it is closed."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def opened(path: Path) -> Iterator[SegmentFile]:
    """A segment for reading. Raises FileNotFoundError when it was emptied meanwhile."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield SegmentFile(file)
    finally:
        os.close(file)
