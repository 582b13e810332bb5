"""What one supervised program fills: with a process, or a pause; a successor getting ready; predecessors on their way out."""

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from shared.ops.supervised import Program, SupervisedProcess

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0
STOP_PATIENCE_SECONDS = 10.0
SUCCESSION_SECONDS = 60.0


@dataclass(slots=True)
class Pause:
    """How long to wait before the next try: doubled after each quick failure, short again after a steady run."""

    seconds: float = FIRST_PAUSE_SECONDS

    def after(self, lived_seconds: float) -> float:
        """Seconds to wait now, given how long the last try lived."""
        if lived_seconds >= STEADY_AFTER_SECONDS:
            self.seconds = FIRST_PAUSE_SECONDS
        wait, self.seconds = self.seconds, min(self.seconds * 2, LONGEST_PAUSE_SECONDS)
        return wait


@dataclass(slots=True)
class Post:
    """One program's post. `launch` starts a process of it; `holder` is the one that counts.

    `failed_successions`: successors given up so far.
    """

    program: Program
    launch: Callable[[Program], SupervisedProcess]
    pause: Pause = field(default_factory=Pause)
    holder: SupervisedProcess | None = None
    successor: SupervisedProcess | None = None
    start_again_at: float | None = None
    failed_successions: int = 0
    _leaving: list[tuple[SupervisedProcess, float]] = field(default_factory=list)

    def fill(self) -> None:
        """Start a process now."""
        self.start_again_at, self.holder = None, self.launch(self.program)

    def prepare_successor(self) -> None:
        """Start a second process, unless one is getting ready or there is none to succeed."""
        if self.successor is None and self.holder is not None:
            self.successor = self.launch(self.program)

    def vacate(self) -> None:
        """The holder is dead: who was to succeed it does so at once, ready or not."""
        self.holder, self.successor = self.successor, None

    def processes(self) -> list[SupervisedProcess]:
        """All that may live, the youngest first."""
        return [one for one in (self.successor, self.holder, *(old for old, _ in self._leaving)) if one is not None]

    def deadlines(self) -> Iterator[float]:
        """When something is to be done though nothing happens, by the monotonic clock."""
        if self.start_again_at is not None:
            yield self.start_again_at
        if self.successor is not None:
            yield self.successor.started_at + SUCCESSION_SECONDS
        yield from (killed_at for _, killed_at in self._leaving)

    def see_to_succession(self) -> str | None:
        """Let a ready successor take over, give up one that does not get ready. A sentence when either happened."""
        successor = self.successor
        if successor is None:
            return None
        if time.monotonic() > successor.started_at + SUCCESSION_SECONDS:
            successor.kill()
        if (status := successor.ended_with()) is not None:
            self.successor = None
            self.failed_successions += 1
            return f"the new {self.program.name} ended {in_words(status)} before it was ready; the old one goes on"
        if not successor.is_ready:
            return None
        if self.holder is not None:
            self.holder.ask_to_stop()
            self._leaving.append((self.holder, time.monotonic() + STOP_PATIENCE_SECONDS))
        self.holder, self.successor = successor, None
        return f"{self.program.name} was replaced"

    def see_off(self) -> None:
        """Forget predecessors that have left; kill those that stay too long."""
        for process, killed_at in self._leaving:
            if time.monotonic() > killed_at:
                process.kill()
        self._leaving = [(process, killed_at) for process, killed_at in self._leaving if process.ended_with() is None]


def in_words(status: int) -> str:
    """An exit status as the end of a sentence."""
    return f"by signal {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
