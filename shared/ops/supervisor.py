"""Runs the service's processes under one roof: starts them, passes their words on, starts a dead one again, replaces one
by a successor without a gap, stops them all.

It knows no process by name and no rule of the game. One thread, no polling: it sleeps until something happens.
"""

import os
import selectors
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Self

from shared.ops.post import STOP_PATIENCE_SECONDS, Post, in_words
from shared.ops.supervised import Program, SupervisedProcess

SUPERVISOR = "supervisor"
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A process said (by exit status 78) that its settings are wrong; `sentence` is the last thing it said."""

    name: str
    sentence: str


class Supervisor:
    """A context in which programs run; leaving it stops them in reverse order. To be entered in the main thread only.

    `show(name, line)` is given every line a program writes (control characters escaped) and, under the name
    `supervisor`, what happens to the programs.
    """

    def __init__(self, show: Callable[[str, str], None]) -> None:
        self._show = show
        self._posts: dict[str, Post] = {}
        self._selector = selectors.DefaultSelector()
        self._asked_to_stop_at: float | None = None
        self._is_impatient = False
        self.refusal: Refusal | None = None

    def __enter__(self) -> Self:
        self._wake_reader, self._wake_writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._selector.register(self._wake_reader, selectors.EVENT_READ, lambda: os.read(self._wake_reader, 4096))
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
        """Start a program, and from now on keep it running. Of one name there is one."""
        post = self._posts[program.name] = Post(program, self._launch)
        post.fill()

    def replace(self, name: str) -> None:
        """Start a second process of a program that tells when it is ready; the first is stopped then, and not before.

        One that does not get ready is given up, and the first goes on. While one is getting ready, no other is started.
        """
        self._posts[name].prepare_successor()

    def is_ready(self, name: str) -> bool:
        """Has the process of this program told that it is ready?"""
        holder = self._posts[name].holder
        return holder is not None and holder.is_ready

    def pid(self, name: str) -> int | None:
        """The id of the process that holds this program's post; None while there is none."""
        holder = self._posts[name].holder
        return None if holder is None else holder.pid

    def failed_successions(self, name: str) -> int:
        """How many successors of this program were given up."""
        return self._posts[name].failed_successions

    def step(self, timeout_seconds: float) -> None:
        """Sleep until something happens, at most this long, and deal with all that did."""
        now = time.monotonic()
        due_in = [deadline - now for post in self._posts.values() for deadline in post.deadlines()]
        self._pass_time(max(0.0, min([timeout_seconds, *due_in])))
        for post in self._posts.values():
            post.see_off()
            if happened := post.see_to_succession():
                self._show(SUPERVISOR, happened)
            if post.holder is not None and (status := post.holder.ended_with()) is not None:
                self._bury(post, post.holder, status)
            elif post.start_again_at is not None and time.monotonic() >= post.start_again_at and not self.must_end:
                post.fill()

    def _launch(self, program: Program) -> SupervisedProcess:
        return SupervisedProcess(program, self._selector, self._show)

    def _pass_time(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            key.data()

    def _bury(self, post: Post, process: SupervisedProcess, status: int) -> None:
        post.vacate()
        name = post.program.name
        if status == os.EX_CONFIG:
            self.refusal = self.refusal or Refusal(name, process.last_line)
        elif self.must_end:
            return
        elif post.program.once:
            if status != 0:
                self._show(SUPERVISOR, f"{name} ended {in_words(status)}")
        elif post.holder is None:
            wait_seconds = post.pause.after(process.lived_seconds)
            post.start_again_at = time.monotonic() + wait_seconds
            self._show(SUPERVISOR, f"{name} ended {in_words(status)}; it is started again in {wait_seconds:.0f} s")

    def _stop_all(self) -> None:
        for post in reversed(self._posts.values()):
            post.start_again_at = None
            processes = post.processes()
            for process in processes:
                process.ask_to_stop()
            patience_ends = time.monotonic() + STOP_PATIENCE_SECONDS
            while any(process.ended_with() is None for process in processes):
                self._pass_time(0.1)
                if time.monotonic() > patience_ends or self._is_impatient:
                    for process in processes:
                        process.kill()

    def _note_stop(self, number: int, _frame: FrameType | None) -> None:
        """The first signal stops everything in order. A later Ctrl-C hurries; two at once are one from two senders."""
        if self._asked_to_stop_at is None:
            self._asked_to_stop_at = time.monotonic()
        elif number == signal.SIGINT and time.monotonic() - self._asked_to_stop_at > 1:
            self._is_impatient = True


def _only_wake_up(_number: int, _frame: FrameType | None) -> None:
    """A child ended; the wake-up pipe has told the sleeping loop already."""
