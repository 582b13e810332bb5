"""A disk that can be filled: a small file system where this user may mount one, else a bound on what a file may hold.

Both refuse to write what a report needs, and neither needs anything of the code under test.
"""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SIZE = "2m"
_SMALLEST_FILE_BYTES = 600


class SmallDisk:
    """`fill` and `empty` decide whether anything can be written."""

    def __init__(self, mounted_at: Path | None) -> None:
        self._mounted_at = mounted_at
        self._limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    @property
    def is_mounted(self) -> bool:
        """Whether it is a file system of its own, full for every process alike."""
        return self._mounted_at is not None

    def fill(self) -> None:
        """From now on no report can be written."""
        if self._mounted_at is None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (_SMALLEST_FILE_BYTES, self._limits[1]))
            return
        with (self._mounted_at / "ballast").open("ab", buffering=0) as ballast:
            for size in (65_536, 4_096, 512, 1):
                _write_until_full(ballast, bytes(size))

    def empty(self) -> None:
        """There is room again."""
        if self._mounted_at is None:
            resource.setrlimit(resource.RLIMIT_FSIZE, self._limits)
        else:
            (self._mounted_at / "ballast").unlink(missing_ok=True)

    def make_read_only(self, folder: Path) -> None:
        """From now on nothing can be written into this folder of the disk; where nothing is mounted, it is no folder."""
        if self._mounted_at is not None:
            assert _mount("-o", "remount,ro", str(self._mounted_at))
        else:
            folder.rename(folder.with_name(folder.name + ".aside"))
            folder.touch()

    def make_writable(self, folder: Path) -> None:
        """As before."""
        if self._mounted_at is not None:
            assert _mount("-o", "remount,rw", str(self._mounted_at))
        else:
            folder.unlink()
            folder.with_name(folder.name + ".aside").rename(folder)


@contextmanager
def small_disk(folder: Path, size: str = _SIZE) -> Iterator[SmallDisk]:
    """A disk of this size (as `mount` reads it) at this folder, which exists."""
    is_mounted = _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    disk = SmallDisk(folder if is_mounted else None)
    try:
        yield disk
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        else:
            disk.empty()


def _mount(*arguments: str) -> bool:
    try:
        return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def _write_until_full(file, block: bytes) -> None:
    try:
        while file.write(block) == len(block):
            pass
    except OSError:
        return
