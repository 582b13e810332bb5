"""Game servers that together send a steady number of reports a second, each over a connection of its own, none of them twice."""

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.reporters import post, report_body


@dataclass(frozen=True, slots=True)
class Sender:
    """A registered game server."""

    server_id: str
    token: str


class Hammer:
    """Sends while its `with` block runs. `failures` are attempts without a 2xx, each as a line; nothing is tried again."""

    def __init__(self, port: int, senders: Sequence[Sender], per_second: float) -> None:
        self.sent = 0
        self.failures: list[str] = []
        self.slowest_seconds = 0.0
        self._port, self._every_seconds = port, len(senders) / per_second
        self._ends, self._lock = threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._send, args=(sender,)) for sender in senders]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def _send(self, sender: Sender) -> None:
        number, due_at = 0, time.monotonic()
        while not self._ends.wait(max(0.0, due_at - time.monotonic())):
            body, began = report_body(sender.server_id, number), time.monotonic()
            failure = _failure(self._port, sender, body)
            with self._lock:
                self.sent += 1
                self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - began)
                self.failures += [failure] if failure else []
            number, due_at = number + 1, due_at + self._every_seconds


def _failure(port: int, sender: Sender, body: bytes) -> str | None:
    try:
        status, receipt = post(port, sender.token, body)
    except (OSError, http.client.HTTPException) as error:
        return f"{sender.server_id}: {error!r}"
    return None if 200 <= status < 300 else f"{sender.server_id}: {status} {receipt.get('code')}"
