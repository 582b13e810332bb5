"""The checkpoint seen from outside, while a shipper may be at work with it. Raises CheckpointUnusable when it cannot be read."""

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from game_server.shipper import rows
from game_server.shipper.checkpoint import LOCK_NAME
from game_server.shipper.entry import Entry
from game_server.shipper.errors import CheckpointUnusable

Answer = TypeVar("Answer")


def read_entries(state_dir: Path) -> dict[str, Entry]:
    """Everything known, by path; nothing where there is no checkpoint yet."""
    return _asked(state_dir, rows.entries) or {}


def read_wait(state_dir: Path) -> float | None:
    """Until when the service asked to wait, if it did."""
    return _asked(state_dir, rows.wait_until_unix)


def retry_refused(state_dir: Path) -> int:
    """Let all that was refused be sent again; how many files that is. A shipper at work finds them at its next look."""
    return _asked(state_dir, rows.retry_refused, mode="rw") or 0


def is_at_work(state_dir: Path) -> bool:
    """Does a living process hold this state folder?"""
    try:
        lock = os.open(state_dir / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _asked(state_dir: Path, question: Callable[[sqlite3.Connection], Answer], mode: str = "ro") -> Answer | None:
    path = state_dir / rows.FILE_NAME
    if not path.exists():
        return None
    address = f"{path.absolute().as_uri()}?mode={mode}"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=rows.BUSY_SECONDS)) as database, database:
            return question(database) if rows.are_there(database) else None
    except sqlite3.Error as error:
        raise CheckpointUnusable(f"the checkpoint {path} cannot be used: {error}") from error
