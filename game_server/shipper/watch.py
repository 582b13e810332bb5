"""Waiting for something to happen in the folders. Only a hint: the folders are looked through now and then all the same."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from game_server.shipper.clock import steady_now
from game_server.shipper.console import Console
from game_server.shipper.folders import Folder
from game_server.shipper.names import is_wanted
from game_server.shipper.settings import Settings
from game_server.shipper.stopping import Stopping

try:
    from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError
except ImportError:  # the package is welcome, not needed
    RustNotify = None  # type: ignore[assignment, misc]

    class WatchfilesRustInternalError(RuntimeError):  # type: ignore[no-redef]
        """Stands in for what the missing package would raise."""


if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify as Notify

LOOK_EVERY_SECONDS = 60.0  # although nothing was noticed: what other hosts write, and too much at once, nobody notices
_GATHER_MS, _STEP_MS = 1000, 200


class Watch:
    """Sleeps until a wanted file changes, something else is news, somebody asks to stop, or the time is over.

    Without the kernel's notices (switched off, not installed, limits reached) it says so once and only sleeps.
    """

    def __init__(self, settings: Settings, console: Console, stopping: Stopping) -> None:
        self._settings = settings
        self._console = console
        self._stopping = stopping
        self._notify: Notify | None = None
        self._followed: list[tuple[Path, tuple[int, int]]] = []
        self._is_hopeless = False
        if not settings.watch:
            self._only_poll("watch = off")
        elif RustNotify is None:
            self._only_poll("watchfiles is not installed")

    @property
    def longest_seconds(self) -> float:
        """After how long to look although nothing was noticed."""
        return self._settings.poll_seconds if self._notify is None else LOOK_EVERY_SECONDS

    def follow(self, folders: Iterable[Folder]) -> None:
        """From now on notice what happens in those of these folders that are there."""
        there = [(folder.path, folder.identity) for folder in folders if folder.identity is not None]
        if self._is_hopeless or there == self._followed:
            return
        self._followed = there
        if self._notify is not None:
            self._notify.close()
            self._notify = None
        try:
            if there and RustNotify is not None:
                paths = [str(path) for path, _ in there]
                self._notify = RustNotify(
                    paths,
                    debug=False,
                    force_polling=False,
                    poll_delay_ms=0,
                    recursive=False,
                    ignore_permission_denied=True,
                )
        except FileNotFoundError:  # gone again: the next look finds out
            self._followed = []
        except (OSError, WatchfilesRustInternalError) as error:
            self._only_poll(str(error))

    def wait(self, seconds: float, is_news: Callable[[], bool]) -> None:
        """Wait that long at most; `is_news` is asked every `poll_seconds`."""
        if self._notify is None:
            self._stopping.wait(seconds)
            return
        ends_seconds = steady_now() + seconds
        while (left := ends_seconds - steady_now()) > 0 and not self._stopping.is_set():
            wait_ms = max(round(min(left, self._settings.poll_seconds) * 1000), 1)
            changes = self._notify.watch(_GATHER_MS, _STEP_MS, wait_ms, self._stopping)
            if isinstance(changes, set) and self._is_of_interest(path for _, path in changes):
                return
            if is_news():
                return

    def _is_of_interest(self, paths: Iterable[str]) -> bool:
        """A wanted file, or one of the folders themselves."""
        followed = {str(path) for path, _ in self._followed}
        return any(path in followed or is_wanted(Path(path).name, self._settings.include) for path in paths)

    def _only_poll(self, reason: str) -> None:
        self._is_hopeless = True
        self._console.event("polling", every_seconds=self._settings.poll_seconds, reason=reason)
