"""One supervised process: its words as lines, whether it said that it is ready, and its end."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.ops.child_process import start_child
from shared.ops.readiness import ReadyEar

_LONGEST_LINE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, in which environment. `once`: it ends by itself and is not started again.

    `inherits`: file descriptors that it is given under the same numbers. `tells_when_ready`: it says so as `tell_ready` does.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    once: bool = False
    inherits: Sequence[int] = ()
    tells_when_ready: bool = False


class SupervisedProcess:
    """A running program. `selector` is given callables that deal with what the process says; `show` is given its lines.

    `is_ready` stays False for a program that never tells.
    """

    def __init__(self, program: Program, selector: selectors.BaseSelector, show: Callable[[str, str], None]) -> None:
        self.program = program
        self.started_at = time.monotonic()
        self.last_line = ""
        self.is_ready = False
        self._selector, self._show = selector, show
        self._unfinished_line = b""
        self._ear = ReadyEar() if program.tells_when_ready else None
        reader, writer = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(reader, False)
        try:
            self._process = self._start(writer)
        finally:
            os.close(writer)
        self._output: int | None = reader
        selector.register(reader, selectors.EVENT_READ, self._forward)
        if self._ear is not None:
            selector.register(self._ear, selectors.EVENT_READ, self._listen)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def lived_seconds(self) -> float:
        """Since it was started."""
        return time.monotonic() - self.started_at

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL, to everything it started too; returns when it is dead. Of a dead one nothing is asked."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def ended_with(self) -> int | None:
        """Its exit status once it has one, negative for a signal; all it said has been shown then."""
        status = self._process.poll()
        if status is not None:
            self._forward()
            self._close_output()
            self._close_ear()
        return status

    def _start(self, writer: int) -> subprocess.Popen[bytes]:
        env = self.program.env if self._ear is None else {**self.program.env, **self._ear.environment}
        return start_child(self.program.argv, env=env, output=writer, cwd=Path.cwd(), inherits=self.program.inherits)

    def _listen(self) -> None:
        if self._ear is not None and self._ear.hears(self.pid):
            self.is_ready = True
            self._close_ear()

    def _close_ear(self) -> None:
        if self._ear is not None:
            self._selector.unregister(self._ear)
            self._ear.close()
            self._ear = None

    def _forward(self) -> None:
        """Show the whole lines that can be read now; at the end of the stream, or when it gets too long, the rest too."""
        while self._output is not None:
            try:
                chunk = os.read(self._output, 65536)
            except BlockingIOError:
                break
            if not chunk:
                self._close_output()
                break
            *lines, self._unfinished_line = (self._unfinished_line + chunk).split(b"\n")
            if len(self._unfinished_line) > _LONGEST_LINE_BYTES:
                lines, self._unfinished_line = [*lines, self._unfinished_line], b""
            for line in lines:
                self._show_line(line)

    def _show_line(self, line: bytes) -> None:
        text = harmless(line.decode("utf-8", "backslashreplace").rstrip())
        if text:
            self.last_line = text
            self._show(self.program.name, text)

    def _close_output(self) -> None:
        if self._output is not None:
            self._selector.unregister(self._output)
            os.close(self._output)
            self._output = None
        self._show_line(self._unfinished_line)
        self._unfinished_line = b""


def harmless(text: str) -> str:
    """The same text with everything escaped that could move a terminal's cursor or forge a line."""
    return text if text.isprintable() else "".join(c if c.isprintable() or c == "\t" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
