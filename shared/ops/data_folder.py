"""The data folder: made, written to, and used by one process at a time. The kernel gives the lock of a dead holder back."""

import contextlib
import fcntl
import os
import time
from pathlib import Path

from shared.ops.errors import DataFolderInUseError, DataFolderUnusableError

LOCK_FILE = "lock"
_LOCK_PATIENCE_SECONDS = 0.5  # a predecessor on its way out, or somebody just looking


class FolderLock:
    """Holds `<folder>/lock` from construction to `release`; the file names the holder's process id.

    Raises DataFolderInUseError when another process holds it, DataFolderUnusableError when it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._file = _open(folder)
        if not _locked_in_time(self._file):
            holder = os.pread(self._file, 32, 0).decode("ascii", "replace").strip() or "unknown"
            self.release()
            raise DataFolderInUseError(f"The data folder {folder} is in use by process {holder}.")
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let others in. Releasing twice is harmless."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def is_locked(folder: Path) -> bool:
    """Does a living process hold the lock of this folder? Raises DataFolderUnusableError when we may not look."""
    if not folder.is_dir():
        return False
    file = _open(folder)
    try:
        return not _try_lock(file)
    finally:
        os.close(file)


def make_data_folder(folder: Path) -> Path:
    """The folder with links resolved, made when missing; an existing one keeps its permissions.

    A new one lets other accounts pass through it only where we must run Postgres under another account, that is, as root.
    """
    try:
        resolved = folder.resolve()
        if not resolved.is_dir():
            resolved.mkdir(parents=True)
            resolved.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except (OSError, RuntimeError) as error:
        raise DataFolderUnusableError(f"The data folder {folder} cannot be made: {_reason(error)}.") from error
    return resolved


def write_private(file: Path, content: str) -> None:
    """Replace `file` by `content` at once, readable by its owner only."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")  # several processes may write the same file
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)


def _open(folder: Path) -> int:
    try:
        return os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DataFolderUnusableError(f"The data folder {folder} is not writable: {_reason(error)}.") from error


def _locked_in_time(file: int) -> bool:
    patience_ends = time.monotonic() + _LOCK_PATIENCE_SECONDS
    while not _try_lock(file):
        if time.monotonic() > patience_ends:
            return False
        time.sleep(0.05)
    return True


def _try_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
