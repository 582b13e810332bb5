"""Being asked to stop: by SIGTERM or SIGINT, between two files. A second signal ends the process at once."""

import contextlib
import os
import select
import signal
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """Waits that end early when somebody asks to stop. `is_set` is what watchfiles asks as well."""

    def __init__(self) -> None:
        self._is_asked = False
        self._reader, self._writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def is_set(self) -> bool:
        """Was it asked for?"""
        return self._is_asked

    def ask(self) -> None:
        """Ask. Safe in a signal handler: it takes no lock."""
        self._is_asked = True
        with contextlib.suppress(BlockingIOError):
            os.write(self._writer, b"!")

    def wait(self, seconds: float) -> None:
        """Sleep that long, or until somebody asks."""
        if not self._is_asked:
            select.select([self._reader], [], [], max(seconds, 0.0))

    def heed_signals(self) -> None:
        """From now on SIGTERM and SIGINT ask; the second one is as deadly as ever."""
        for number in _SIGNALS:
            signal.signal(number, self._asked_by)

    def _asked_by(self, _number: int, _frame: FrameType | None) -> None:
        self.ask()
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
