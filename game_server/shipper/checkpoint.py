"""What became of each file, in SQLite: a kill or a power cut costs at most sending one file again, which does no harm.

That is why commits are not forced to the disk one by one: what a power cut takes away is an acknowledgement, never a file.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from game_server.shipper import rows
from game_server.shipper.clock import steady_now
from game_server.shipper.entry import Entry
from game_server.shipper.errors import CheckpointUnusable, FolderTaken

LOCK_NAME = "lock"
_LOCK_PATIENCE_SECONDS = 0.5  # a predecessor on its way out, or somebody just looking


class Checkpoint:
    """The state folder's database, held by one process. Leaving the `with` block lets others in.

    Raises FolderTaken when another process holds it, CheckpointUnusable when it cannot be used. A damaged database is
    put aside, and `put_aside` names it: everything is then sent once more.
    """

    def __init__(self, state_dir: Path) -> None:
        self.put_aside: Path | None = None
        self._lock = _lock(state_dir)
        path = state_dir / rows.FILE_NAME
        self._known: dict[str, Entry] | None = None
        self._version: int | None = None
        try:
            self._database = self._open(path)
        except (sqlite3.Error, OSError) as error:
            os.close(self._lock)
            raise CheckpointUnusable(f"the checkpoint {path} cannot be used: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._database.close()
        os.close(self._lock)

    def entries(self) -> Mapping[str, Entry]:
        """Everything known, by path; read from the disk only when somebody else has written there."""
        if self._known is None or self.has_changed():
            self._version = rows.version(self._database)
            self._known = rows.entries(self._database)
        return self._known

    def has_changed(self) -> bool:
        """Has another process written something since `entries` was asked?"""
        return rows.version(self._database) != self._version

    def keep(self, entry: Entry) -> None:
        """Write down what became of one file; committed on return."""
        with self._database:
            rows.keep(self._database, entry)
        if self._known is not None:
            self._known[entry.path] = entry

    def wait_until_unix(self) -> float | None:
        """Until when the service asked us to wait, if it did."""
        return rows.wait_until_unix(self._database)

    def keep_wait(self, until_unix: float | None) -> None:
        """Write down until when the service asked us to wait; None: it is not asking any more."""
        with self._database:
            rows.keep_wait(self._database, until_unix)

    def _open(self, path: Path) -> sqlite3.Connection:
        try:
            return _connect(path)
        except sqlite3.OperationalError:  # no disk, no permission: nothing is wrong with what is written there
            raise
        except (sqlite3.DatabaseError, ValueError):
            self.put_aside = _put_aside(path)
            return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    """The database, made when missing, and read through once: damage shows itself now or, as a rule, never."""
    database = sqlite3.connect(path, timeout=rows.BUSY_SECONDS)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.executescript(rows.SCHEMA)
        rows.entries(database)
    except BaseException:
        database.close()
        raise
    return database


def _put_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return aside


def _lock(state_dir: Path) -> int:
    try:
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(state_dir / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CheckpointUnusable(f"the state folder {state_dir} cannot be used: {error.strerror}") from error
    patience_ends = steady_now() + _LOCK_PATIENCE_SECONDS
    while not _try_lock(lock):
        if steady_now() > patience_ends:
            os.close(lock)
            raise FolderTaken(f"another roundwire-ship is at work with the state folder {state_dir}")
        time.sleep(0.05)
    return lock


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
