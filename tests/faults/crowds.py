"""Many at once: clients that never come to an end, and the same delivery from everywhere in the same instant."""

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.faults.reporters import post

SLOW_CLIENTS = 60
COPIES = 20


@contextmanager
def slow_clients(port: int, token: str) -> Iterator[None]:
    """Connections that say nothing, half a head, or half a body, and stay."""
    head = (
        f"POST /v1/rounds HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 9000\r\n\r\n".encode()
    )
    sayings = (b"", head[:40], head + b'{"schema_version": 1,')
    with ExitStack() as open_ones:
        for number in range(SLOW_CLIENTS):
            with contextlib.suppress(OSError):  # nobody lets them in: that is no trouble of theirs
                client = open_ones.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
                client.sendall(sayings[number % len(sayings)])
        yield


def storm(port: int, token: str, body: bytes) -> None:
    """The same bytes so many times at once."""
    together = threading.Barrier(COPIES)

    def send() -> None:
        together.wait()
        with contextlib.suppress(OSError, http.client.HTTPException):
            post(port, token, body)

    threads = [threading.Thread(target=send) for _ in range(COPIES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
