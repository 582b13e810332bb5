"""Runs the service's processes under one roof: starts them, passes their words on, starts a dead one again, stops them all.

It knows no process by name and no rule of the game. One thread, no polling: it sleeps until something happens.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from shared.ops.child_process import start_child

SUPERVISOR = "supervisor"
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0
STOP_PATIENCE_SECONDS = 10.0
_LONGEST_LINE_BYTES = 64 * 1024
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, in which environment. `once`: it ends by itself and is not started again."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    once: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A process said (by exit status 78) that its settings are wrong; `sentence` is the last thing it said."""

    name: str
    sentence: str


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
class _Child:
    program: Program
    pause: Pause = field(default_factory=Pause)
    process: subprocess.Popen[bytes] | None = None
    output: int | None = None
    started_at: float = 0.0
    start_again_at: float | None = None
    unfinished_line: bytes = b""
    last_line: str = ""


class Supervisor:
    """A context in which programs run; leaving it stops them in reverse order. To be entered in the main thread only.

    `show(name, line)` is given every line a program writes (control characters escaped) and, under the name
    `supervisor`, what happens to the programs.
    """

    def __init__(self, show: Callable[[str, str], None]) -> None:
        self._show = show
        self._children: list[_Child] = []
        self._selector = selectors.DefaultSelector()
        self._asked_to_stop_at: float | None = None
        self._is_impatient = False
        self.refusal: Refusal | None = None

    def __enter__(self) -> Self:
        self._wake_reader, self._wake_writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._selector.register(self._wake_reader, selectors.EVENT_READ, None)
        self._previous_wakeup = signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)
        self._previous_handlers = {number: signal.signal(number, self._note_stop) for number in _STOP_SIGNALS}
        self._previous_handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _only_wake_up)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._stop_all()
        finally:
            for number, handler in self._previous_handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(self._previous_wakeup)
            self._selector.close()
            os.close(self._wake_reader)
            os.close(self._wake_writer)

    @property
    def must_end(self) -> bool:
        """Has somebody asked us to stop, or a process refused its settings?"""
        return self._asked_to_stop_at is not None or self.refusal is not None

    def start(self, program: Program) -> None:
        """Start a program, and from now on keep it running."""
        child = _Child(program)
        self._children.append(child)
        self._start(child)

    def step(self, timeout_seconds: float) -> None:
        """Sleep until something happens, at most this long, and deal with all that did."""
        now = time.monotonic()
        due_in = [child.start_again_at - now for child in self._children if child.start_again_at is not None]
        self._pass_time(max(0.0, min([timeout_seconds, *due_in])))
        for child in self._children:
            if child.process is not None and (status := child.process.poll()) is not None:
                self._bury(child, status)
            elif child.start_again_at is not None and time.monotonic() >= child.start_again_at and not self.must_end:
                self._start(child)

    def _pass_time(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if isinstance(key.data, _Child):
                self._forward(key.data)
            else:
                os.read(self._wake_reader, 4096)

    def _start(self, child: _Child) -> None:
        child.start_again_at = None
        child.started_at = time.monotonic()
        reader, writer = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(reader, False)
        try:
            child.process = start_child(child.program.argv, env=child.program.env, output=writer, cwd=Path.cwd())
        finally:
            os.close(writer)
        child.output = reader
        self._selector.register(reader, selectors.EVENT_READ, child)

    def _bury(self, child: _Child, status: int) -> None:
        self._forward(child)
        self._close_output(child)
        child.process = None
        name = child.program.name
        if status == os.EX_CONFIG:
            self.refusal = self.refusal or Refusal(name, child.last_line)
        elif self.must_end:
            return
        elif child.program.once:
            if status != 0:
                self._show(SUPERVISOR, f"{name} ended {_in_words(status)}")
        else:
            wait_seconds = child.pause.after(time.monotonic() - child.started_at)
            child.start_again_at = time.monotonic() + wait_seconds
            self._show(SUPERVISOR, f"{name} ended {_in_words(status)}; it is started again in {wait_seconds:.0f} s")

    def _forward(self, child: _Child) -> None:
        """Show the whole lines that can be read now; at the end of the stream, or when it gets too long, the rest too."""
        while child.output is not None:
            try:
                chunk = os.read(child.output, 65536)
            except BlockingIOError:
                break
            if not chunk:
                self._close_output(child)
                break
            *lines, child.unfinished_line = (child.unfinished_line + chunk).split(b"\n")
            if len(child.unfinished_line) > _LONGEST_LINE_BYTES:
                lines, child.unfinished_line = [*lines, child.unfinished_line], b""
            for line in lines:
                self._show_line(child, line)

    def _show_line(self, child: _Child, line: bytes) -> None:
        text = harmless(line.decode("utf-8", "backslashreplace").rstrip())
        if text:
            child.last_line = text
            self._show(child.program.name, text)

    def _close_output(self, child: _Child) -> None:
        if child.output is not None:
            self._selector.unregister(child.output)
            os.close(child.output)
            child.output = None
        self._show_line(child, child.unfinished_line)
        child.unfinished_line = b""

    def _stop_all(self) -> None:
        for child in reversed(self._children):
            child.start_again_at = None
            if child.process is None:
                continue
            child.process.send_signal(signal.SIGTERM)
            patience_ends = time.monotonic() + STOP_PATIENCE_SECONDS
            while child.process.poll() is None:
                if time.monotonic() > patience_ends or self._is_impatient:
                    os.killpg(child.process.pid, signal.SIGKILL)
                    child.process.wait()
                else:
                    self._pass_time(0.1)
            self._forward(child)
            self._close_output(child)
            child.process = None

    def _note_stop(self, number: int, _frame: FrameType | None) -> None:
        """The first signal stops everything in order. A later Ctrl-C hurries; two at once are one from two senders."""
        if self._asked_to_stop_at is None:
            self._asked_to_stop_at = time.monotonic()
        elif number == signal.SIGINT and time.monotonic() - self._asked_to_stop_at > 1:
            self._is_impatient = True


def harmless(text: str) -> str:
    """The same text with everything escaped that could move a terminal's cursor or forge a line."""
    return text if text.isprintable() else "".join(c if c.isprintable() or c == "\t" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _in_words(status: int) -> str:
    return f"by signal {signal.Signals(-status).name}" if status < 0 else f"with status {status}"


def _only_wake_up(_number: int, _frame: FrameType | None) -> None:
    """A child ended; the wake-up pipe has told the sleeping loop already."""
