"""The folders of the game server: looked into, read from, and held by one shipper at a time; nothing is written there."""

import contextlib
import fcntl
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from game_server.shipper.entry import Stamp
from game_server.shipper.errors import FolderTaken
from game_server.shipper.names import is_wanted


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file as it was seen. path: absolute; the checkpoint's key."""

    folder: "Folder"
    name: str
    path: str
    stamp: Stamp


class Folder:
    """One folder, wherever it comes from: it may be missing, go away and return as another one.

    The lock is on the folder itself, so that no second process ships it, whatever its settings; the kernel gives back
    what a dead holder held. `identity` tells it from a later one of the same path; None while there is none.
    `absence`: why it cannot be looked into now. `unlockable`: why its file system has no locks.
    """

    def __init__(self, path: Path, *, is_exclusive: bool) -> None:
        self.path = path
        self.absence: str | None = None
        self.unlockable: str | None = None
        self.identity: tuple[int, int] | None = None
        self._is_exclusive = is_exclusive
        self._descriptor = -1

    def hold(self) -> bool:
        """Take hold of the folder that is there now; False when there is none. Raises FolderTaken."""
        try:
            if self.identity is None or self.has_changed():
                self._take()
            self.absence = None
        except OSError as error:
            self.release()
            self.absence = error.strerror or str(error)
        return self.absence is None

    def has_changed(self) -> bool:
        """Is another folder there than the one held, none any more, or one at last?"""
        try:
            there = _identity(self.path.stat())
        except OSError:
            there = None
        return there != self.identity

    def release(self) -> None:
        """Let others in. Releasing twice is harmless."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self.identity = None

    def files(self, patterns: Sequence[str]) -> list[Found]:
        """The wanted regular files in it; links, pipes and folders are none. Raises OSError."""
        found = []
        with os.scandir(self._descriptor) as entries:
            for entry in entries:
                if is_wanted(entry.name, patterns):
                    with contextlib.suppress(FileNotFoundError):  # gone since it was listed
                        status = entry.stat(follow_symlinks=False)
                        if stat.S_ISREG(status.st_mode):
                            found.append(Found(self, entry.name, f"{self.path}/{entry.name}", _stamp(status)))
        return found

    def open(self, found: Found) -> BinaryIO | None:
        """The file's bytes; None when it is not the file that was found any more. Raises OSError."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe in its place must not block us
        try:
            file = os.fdopen(os.open(found.name, flags, dir_fd=self._descriptor), "rb", buffering=0)
        except FileNotFoundError:
            return None
        if _stamp(os.fstat(file.fileno())) != found.stamp:
            file.close()
            return None
        return file

    def _take(self) -> None:
        self.release()
        self._descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self.identity = _identity(os.fstat(self._descriptor))
        if not self._is_exclusive:
            return
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            self.absence = f"another roundwire-ship is at work in {self.path}"
            raise FolderTaken(self.absence) from None
        except OSError as error:  # some network file systems lock no folders; the state folder's lock remains
            self.unlockable = error.strerror


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _stamp(status: os.stat_result) -> Stamp:
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns)
