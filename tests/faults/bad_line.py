"""The line between game servers and the service: it refuses, dawdles, cuts, and answers for the service, on demand."""

import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from random import Random

_LONGEST_PAUSE_SECONDS = 1.0
_ANSWER_WITHIN_SECONDS = 25.0
_GARBAGE = (b"\x00\xff\xfe", b"SSH-2.0-x\r\n", b"<html>no</html>", b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1 20")


class Mood(StrEnum):
    """What happens to one connection."""

    FINE = "passed on"
    SLOW = "slow"
    REFUSED = "refused"
    FAILED = "answered 500, 502, 503 or 429"
    GARBAGE = "answered with garbage"
    HALF_ASKED = "cut in the request"
    UNANSWERED = "cut before the answer"
    HALF_ANSWERED = "cut in the answer"
    HUNG = "held without an answer"


class BadLine:
    """Listens on `port` and passes on to the service's port, in a mood while `is_bad`; `moods` counts them.

    `choice`: the moods it may be in; one that stands there more often, it is in more often.
    """

    def __init__(self, service_port: int, rng: Random, choice: Sequence[Mood] = tuple(Mood)) -> None:
        self.is_bad = True
        self.moods: Counter[Mood] = Counter()
        self._service_port, self._rng, self._lock = service_port, rng, threading.Lock()
        self._choice = choice
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Nothing is accepted any more."""
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            mood = self._rng.choice(self._choice) if self.is_bad else Mood.FINE
            share, pause_seconds = self._rng.random(), self._rng.uniform(0, _LONGEST_PAUSE_SECONDS)
            self.moods[mood] += 1
        connection.settimeout(_ANSWER_WITHIN_SECONDS)
        with connection:
            try:
                self._carry(connection, mood, share, pause_seconds)
            except OSError:
                return  # one of the two ends is gone: that is what this line is for

    def _carry(self, connection: socket.socket, mood: Mood, share: float, pause_seconds: float) -> None:
        if mood is Mood.REFUSED:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        request = _read_request(connection)
        if mood in {Mood.SLOW, Mood.HUNG}:
            time.sleep(pause_seconds)
        if mood is Mood.FAILED:
            connection.sendall(_failure(share))
        elif mood is Mood.GARBAGE:
            connection.sendall(_GARBAGE[int(share * len(_GARBAGE))])
        elif mood is Mood.HALF_ASKED:
            self._ask(request[: int(share * len(request))], is_whole=False)
        elif mood is not Mood.HUNG:
            answer = self._ask(request, is_whole=True)
            sent = {Mood.UNANSWERED: 0, Mood.HALF_ANSWERED: int(share * len(answer))}.get(mood, len(answer))
            connection.sendall(answer[:sent])

    def _ask(self, request: bytes, *, is_whole: bool) -> bytes:
        """What the service answers to these bytes; nothing when they are not the whole request."""
        with socket.create_connection(("127.0.0.1", self._service_port), timeout=_ANSWER_WITHIN_SECONDS) as service:
            service.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
            answer = b""
            while is_whole and (more := service.recv(65_536)):
                answer += more
            return answer


def _read_request(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as stream:
        head, length = b"", 0
        while (line := stream.readline()) not in {b"\r\n", b""}:
            head += line
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return head + b"\r\n" + stream.read(length)


def _failure(share: float) -> bytes:
    status = ("500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "429 Too Many Requests")
    return f"HTTP/1.1 {status[int(share * 4)]}\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
