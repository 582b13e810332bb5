"""What the shipper says while it works: one line an event, on stderr, and one moving line of progress at a terminal."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

from game_server.shipper.clock import unix_now


class Console:
    """`2026-11-21T19:12:00Z uploaded file=a.txt status=201`. Once nobody reads it any more, it goes on in silence."""

    def __init__(self, stream: TextIO, now_unix: Callable[[], float] = unix_now) -> None:
        self._stream = stream
        self._now_unix = now_unix
        self._moving = ""
        self._is_open = True
        self.is_terminal = stream.isatty()

    def event(self, event: str, **facts: object) -> None:
        """One line: a constant event name, then the facts that are known."""
        told = (f"{name}={shown(fact)}" for name, fact in facts.items() if fact is not None)
        moment = datetime.fromtimestamp(self._now_unix(), UTC)
        self._write(f"{self._wiped()}{' '.join([f'{moment:%Y-%m-%dT%H:%M:%SZ}', event, *told])}\n{self._moving}")

    def move(self, text: str) -> None:
        """Replace the moving line; only for a terminal. An empty text takes it away."""
        wiped, self._moving = self._wiped(), text
        self._write(f"{wiped}{text}")

    def _wiped(self) -> str:
        return "\r" + " " * len(self._moving) + "\r" if self._moving else ""

    def _write(self, text: str) -> None:
        if self._is_open:
            try:
                self._stream.write(text)
                self._stream.flush()
            except OSError:  # the reader has left, or the disk its output goes to is full
                self._is_open = False


def shown(fact: object) -> str:
    """A fact for one line: plain words as they are, anything else in quotes, with odd bytes escaped."""
    text = f"{fact:.1f}" if isinstance(fact, float) else str(fact)
    is_plain = text.isascii() and text.isprintable() and text and not set(text) & set(" \"'=\\")
    return text if is_plain else json.dumps(text)
