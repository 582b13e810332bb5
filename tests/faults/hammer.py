"""Game servers that together send a steady number of reports a second, each over a connection of its own, none of them twice.

One thread and plain sockets: what sends must leave the machine to what is sent to.
"""

import selectors
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from tests.faults.reporters import ANSWER_WITHIN_SECONDS, report_body

PLAYERS = 2
MOST_UNANSWERED = 40
_PIECE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Sender:
    """A registered game server."""

    server_id: str
    token: str


@dataclass(slots=True)
class _Attempt:
    """A report on its way: what of it has still to be sent, and what was answered until now."""

    connection: socket.socket
    server_id: str
    due_at: float
    unsent: memoryview
    answer: bytes = b""


class Hammer:
    """Sends while its `with` block runs, up to `MOST_UNANSWERED` before the first of them is answered. `failures` are attempts
    without a 2xx, each as a line; nothing is tried again. `slowest_seconds` counts from when a report was due.
    """

    def __init__(self, port: int, senders: Sequence[Sender], per_second: float) -> None:
        self.sent = 0
        self.failures: list[str] = []
        self.slowest_seconds = 0.0
        self._address, self._senders, self._per_second = ("127.0.0.1", port), senders, per_second
        self._under_way = selectors.DefaultSelector()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        began = time.monotonic()
        while not self._ends.is_set():
            due_at = began + self.sent / self._per_second
            if due_at <= time.monotonic() and len(self._under_way.get_map()) < MOST_UNANSWERED:
                self._begin(due_at)
            else:
                self._go_on(min(0.1, max(0.01, due_at - time.monotonic())))
        while self._under_way.get_map():
            self._go_on(0.1)
        self._under_way.close()

    def _begin(self, due_at: float) -> None:
        number, which = divmod(self.sent, len(self._senders))
        sender = self._senders[which]
        connection = socket.socket()
        connection.settimeout(0)
        with suppress(BlockingIOError):
            connection.connect(self._address)
        attempt = _Attempt(connection, sender.server_id, due_at, memoryview(_request(sender, number)))
        self._under_way.register(connection, selectors.EVENT_WRITE, attempt)
        self.sent += 1

    def _go_on(self, seconds: float) -> None:
        """Take every connection on which something happens within this time one step further."""
        for key, events in self._under_way.select(seconds):
            try:
                if self._step(key.data, events):
                    self._end(key.data, _failure(key.data.answer))
            except OSError as error:
                self._end(key.data, repr(error))
        overdue = time.monotonic() - ANSWER_WITHIN_SECONDS
        for attempt in [key.data for key in self._under_way.get_map().values() if key.data.due_at < overdue]:
            self._end(attempt, "no answer")

    def _step(self, attempt: _Attempt, events: int) -> bool:
        """Send, or receive; whether that was the end of the answer. Raises OSError."""
        if events & selectors.EVENT_READ:
            piece = attempt.connection.recv(_PIECE_BYTES)
            attempt.answer += piece
            return not piece
        attempt.unsent = attempt.unsent[attempt.connection.send(attempt.unsent) :]
        if not attempt.unsent:
            self._under_way.modify(attempt.connection, selectors.EVENT_READ, attempt)
        return False

    def _end(self, attempt: _Attempt, failure: str | None) -> None:
        self._under_way.unregister(attempt.connection)
        attempt.connection.close()
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - attempt.due_at)
        if failure is not None:
            self.failures.append(f"{attempt.server_id}: {failure}")


def _request(sender: Sender, number: int) -> bytes:
    body = report_body(sender.server_id, number, players=PLAYERS)
    head = (
        f"POST /v1/rounds HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {sender.token}\r\nConnection: close\r\n"
    )
    return b"%bContent-Length: %d\r\n\r\n%b" % (head.encode(), len(body), body)


def _failure(answer: bytes) -> str | None:
    """What is wrong with an answer after which the connection was closed; None when it is whole, and says that it is kept."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, _, fields = head.partition(b"\r\n")
    lengths = [int(line[15:]) for line in fields.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    is_kept = status.startswith(b"HTTP/1.1 20") and lengths == [len(body)]
    return None if is_kept else f"{status.decode('latin-1')!r} and {len(body)} bytes of {lengths}"
