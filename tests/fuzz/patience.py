"""An end to whatever would never end: processor time, which neighbours on the machine do not use up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


class Endless(AssertionError):
    """Something takes more time than any work of its size is worth."""


@contextmanager
def at_most_cpu_seconds(seconds: float) -> Iterator[None]:
    """Raises Endless when the block has used up so much processor time. For the main thread, one at a time."""

    def stop(*_: object) -> NoReturn:
        raise Endless(f"more than {seconds} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
