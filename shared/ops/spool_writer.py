"""Appending to the spool: what `append` returned from is on the disk, whatever dies next.

Each writer has segments of its own, and holds a lock on the one it writes to; whoever reads sees by the lock that more may
come. Records that wait for the disk at the same time share one write and one fsync.
"""

import contextlib
import fcntl
import os
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.domain.errors import NothingDurable
from shared.domain.spool_record import MARK_BYTES, SpoolHead, framed, segment_head

SEGMENT_BYTES = 4 * 1024 * 1024
SUFFIX = ".spool"
_IDLE_SECONDS = 1.0
_MOST_RECORDS = 500  # in one write, each in two pieces; the kernel takes at most 1,024


@dataclass(slots=True)
class _Waiting:
    """A record on its way to the disk. `failure` is why it did not get there."""

    head: SpoolHead
    body: bytes
    is_done: bool = False
    failure: NothingDurable | None = None


@dataclass(slots=True)
class _Segment:
    """The segment being written. `end_at`: behind the last whole record."""

    file: int
    path: Path
    mark: bytes
    end_at: int


class SpoolWriter:
    """One process's hand on one class of records in the spool folder. Any thread may append.

    `largest_bytes` bounds all segments of the class together, those of other processes too, except for what several of them
    write at the same instant. `is_durable` False: a record survives the death of the process, not that of the machine.
    """

    def __init__(self, folder: Path, name: str, largest_bytes: int, *, is_durable: bool = True) -> None:
        self._folder, self._name = folder, name
        self._largest_bytes, self._is_durable = largest_bytes, is_durable
        self._queue: list[_Waiting] = []
        self._queueing, self._disk = threading.Lock(), threading.Lock()
        self._segment: _Segment | None = None
        self._wrote_at = 0.0

    def append(self, head: SpoolHead, body: bytes = b"") -> None:
        """Keep a record. Raises NothingDurable when the bound is reached or the disk refuses."""
        waiting = _Waiting(head, body)
        with self._queueing:
            self._queue.append(waiting)
        with self._disk:
            while not waiting.is_done:
                self._write_some()
        if waiting.failure is not None:
            raise waiting.failure

    def close_when_idle(self) -> None:
        """Leave the segment to whoever empties it, once nothing has come for a while."""
        with self._disk:
            if time.monotonic() >= self._wrote_at + _IDLE_SECONDS:
                self._close()

    def close(self) -> None:
        """Leave the segment to whoever empties it. A later record begins another one."""
        with self._disk:
            self._close()

    def _write_some(self) -> None:
        """What has waited longest, in the order it came. The caller has the disk to itself."""
        with self._queueing:
            batch, self._queue = self._queue[:_MOST_RECORDS], self._queue[_MOST_RECORDS:]
        try:
            segment = self._open_segment()
            room_bytes = self._largest_bytes - self.kept_bytes()
            pieces: list[bytes] = []
            for one in batch:
                frame = framed(segment.mark, one.head, one.body)
                if sum(map(len, frame)) > room_bytes:
                    one.failure = NothingDurable("the spool is full")
                    continue
                room_bytes -= sum(map(len, frame))
                pieces += frame
            if pieces:
                self._write(segment, pieces)
        except OSError as error:
            self._close()
            for one in batch:
                one.failure = NothingDurable(f"the spool cannot be written: {error.strerror}")
        for one in batch:
            one.is_done = True

    def _write(self, segment: _Segment, pieces: Sequence[bytes]) -> None:
        """All of it, or nothing that a reader would find."""
        try:
            end_at = segment.end_at + _write_whole(segment.file, pieces, segment.end_at)
            if self._is_durable:
                os.fdatasync(segment.file)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(segment.file, segment.end_at)
            raise
        segment.end_at = end_at
        self._wrote_at = time.monotonic()
        if end_at >= SEGMENT_BYTES:
            self._close()

    def _open_segment(self) -> _Segment:
        if self._segment is None:
            self._segment = self._new_segment()
        return self._segment

    def _new_segment(self) -> _Segment:
        """Locked before anybody else can see it, so that nobody takes it for one that is finished."""
        path = self._folder / f"{self._name}-{secrets.token_hex(8)}{SUFFIX}"
        hidden = path.with_suffix(".new")
        mark = secrets.token_bytes(MARK_BYTES)
        file = os.open(hidden, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            head = segment_head(mark)
            _write_whole(file, [head], 0)
            hidden.rename(path)
            _sync_folder(self._folder)
        except OSError:
            os.close(file)
            hidden.unlink(missing_ok=True)
            raise
        return _Segment(file, path, mark, len(head))

    def _close(self) -> None:
        if self._segment is not None:
            os.close(self._segment.file)
            self._segment = None

    def kept_bytes(self) -> int:
        """What all segments of the class take on the disk. Raises OSError."""
        return sum(size_bytes for _path, size_bytes in segments(self._folder, self._name))


def segments(folder: Path, name: str) -> list[tuple[Path, int]]:
    """Every segment of a class and its size in bytes, by name. Raises OSError when the folder cannot be read."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(f"{name}-") and entry.name.endswith(SUFFIX):
                with contextlib.suppress(FileNotFoundError):  # emptied meanwhile
                    found.append((Path(entry.path), entry.stat().st_size))
    return sorted(found)


def _write_whole(file: int, pieces: Sequence[bytes], at: int) -> int:
    """Write until everything is written; returns how many bytes that were."""
    whole = sum(map(len, pieces))
    written = os.pwritev(file, pieces, at)
    if written < whole:
        left = memoryview(b"".join(pieces))
        while written < whole:
            written += os.pwrite(file, left[written:], at + written)
    return whole


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
