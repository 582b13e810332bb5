"""Reading the spool: segments are read while others write to them, and removed once nobody does and all of it is elsewhere."""

import fcntl
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from shared.domain.spool_record import Entry, SpoolHead, entries, first_record_at, mark_of
from shared.ops.spool_writer import segments

_FIND_BYTES = 1 << 20


class SegmentFile:
    """A segment on the disk, read piece by piece. `size_bytes` is that of the moment of opening."""

    def __init__(self, file: int) -> None:
        self._file = file
        self.size_bytes = os.fstat(file).st_size
        self.begins_at = min(self.size_bytes, first_record_at())

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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record in the spool and where it lies. `size_bytes`: of the whole record."""

    head: SpoolHead
    path: Path
    size_bytes: int
    entry: Entry


@dataclass(slots=True)
class _Looked:
    """What is known of one segment, and how long it was when it was looked at."""

    size_bytes: int = 0
    read_up_to: int | None = None
    found: list[Waiting] = field(default_factory=list)


class Contents:
    """The heads of all records in the spool; each is read once, by whichever thread asks first."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._folder, self._names = folder, names
        self._looked: dict[Path, _Looked] = {}
        self._reading = threading.Lock()

    def read(self) -> Mapping[Path, Sequence[Waiting]]:
        """Every segment with its records in the order of writing. Raises OSError when the folder cannot be read."""
        with self._reading:
            sizes = dict(one for name in self._names for one in segments(self._folder, name))
            self._looked = {path: self._look(path, size_bytes) for path, size_bytes in sizes.items()}
            return {path: tuple(looked.found) for path, looked in self._looked.items()}

    def _look(self, path: Path, size_bytes: int) -> _Looked:
        looked = self._looked.get(path, _Looked())
        if looked.size_bytes == size_bytes:
            return looked
        if size_bytes < (looked.read_up_to or 0):  # cut off: what was told there was never acknowledged
            looked = _Looked()
        looked.size_bytes = size_bytes
        try:
            with opened(path) as segment:
                for entry in segment.entries(looked.read_up_to):
                    looked.found.append(Waiting(entry.head, path, entry.ends_at - entry.begins_at, entry))
                    looked.read_up_to = entry.ends_at
        except FileNotFoundError:  # emptied meanwhile
            return _Looked()
        return looked
