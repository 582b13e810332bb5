"""How far a long backlog is: a moving line at a terminal, a plain line every ten seconds elsewhere."""

from collections.abc import Callable

from game_server.shipper.clock import steady_now
from game_server.shipper.console import Console

FEWEST_FILES = 20
_MOVE_EVERY_SECONDS, _TELL_EVERY_SECONDS = 0.2, 10.0


class Progress:
    """Told of each file worked off, out of `total`. A short backlog has no progress: `is_long` says which this is."""

    def __init__(self, console: Console, total: int, now_seconds: Callable[[], float] = steady_now) -> None:
        self.is_long = total >= FEWEST_FILES
        self._console = console
        self._total = total
        self._now_seconds = now_seconds
        self._done = 0
        self._bytes = 0
        self._began_seconds = self._told_seconds = now_seconds()
        if self.is_long:
            console.event("backlog", files=total)

    def step(self, size_bytes: int) -> None:
        """One file more."""
        self._done += 1
        self._bytes += size_bytes
        now = self._now_seconds()
        every = _MOVE_EVERY_SECONDS if self._console.is_terminal else _TELL_EVERY_SECONDS
        if self.is_long and now - self._told_seconds >= every:
            self._told_seconds = now
            self._tell(now)

    def finish(self) -> None:
        """No more for now."""
        if self.is_long:
            self._console.move("")
            seconds = self._now_seconds() - self._began_seconds
            self._console.event("worked_off", files=self._done, of=self._total, mib=self._mib, seconds=seconds)

    @property
    def _mib(self) -> float:
        return self._bytes / 1024 / 1024

    def _tell(self, now_seconds: float) -> None:
        per_second = self._done / max(now_seconds - self._began_seconds, 0.001)
        left_seconds = round((self._total - self._done) / per_second)
        if self._console.is_terminal:
            share = 100 * self._done // self._total
            self._console.move(
                f"{self._done} of {self._total} files, {share} %, {self._mib:.1f} MiB,"
                f" {per_second:.0f} a second, about {left_seconds} s left"
            )
        else:
            facts = {"files": self._done, "of": self._total, "mib": self._mib, "files_per_second": per_second}
            self._console.event("progress", **facts, seconds_left=left_seconds)
