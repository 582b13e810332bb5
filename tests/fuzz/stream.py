"""Sends many requests from several clients at once, and notes what no answer may be: a fault of ours, or none."""

import contextlib
import http.client
import random
import select
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

from tests.fuzz.requests import Shot, Shots

PATIENCE_SECONDS = 60.0
_SILENCE_SECONDS = 0.25
_LONGEST_REST_SECONDS = 2.0
_FIRST_FAULT = 500
_ACKNOWLEDGED = range(200, 300)
_KEPT_ALL_THE_SAME = b'"code":"not_json"'


@dataclass(slots=True)
class Answers:
    """What came back. `kept`: the SHA-256 of every body that was acknowledged, or refused as kept."""

    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)

    def take(self, other: "Answers") -> None:
        """Count another client's too."""
        self.statuses += other.statuses
        self.faults += other.faults
        self.kept |= other.kept


def stream(port: int, shots: Shots, count: int, seed: int, clients: int) -> Answers:
    """Send so many requests. Each is made of the seed and its number, so that one alone can be sent again."""
    together, lock = Answers(), threading.Lock()

    def send(first: int) -> None:
        answers = Answers()
        with _Client(port) as client:
            for number in range(first, count, clients):
                _send_one(client, shots.next(random.Random(f"{seed}/{number}")), f"{seed}/{number}", answers)
        with lock:
            together.take(answers)

    threads = [threading.Thread(target=send, args=(first,)) for first in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return together


def _send_one(client: "_Client", shot: Shot, name: str, answers: Answers) -> None:
    told = f"{name}: {shot.sort} {shot.method} {shot.path[:200]}"
    try:
        status, body = client.send_raw(shot.raw) if shot.raw is not None else client.send(shot)
    except TimeoutError:
        answers.faults.append(f"{told}: no answer within {PATIENCE_SECONDS:.0f} s")
        answers.statuses[shot.sort, "hang"] += 1
        return
    except (OSError, http.client.HTTPException) as error:
        answers.statuses[shot.sort, "none"] += 1
        if not shot.may_hang_up:
            answers.faults.append(f"{told}: {error!r}")
        return
    answers.statuses[shot.sort, "none" if status is None else str(status)] += 1
    if status is not None and status >= _FIRST_FAULT:
        answers.faults.append(f"{told}: {status} {body[:500]!r}")
    if shot.kept is not None and (status in _ACKNOWLEDGED or _KEPT_ALL_THE_SAME in body) and b'"dry_run"' not in body:
        answers.kept.add(sha256(shot.kept).hexdigest())


class _Client:
    """One connection, opened anew when it was closed, and before the service may close it for its long silence."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._used_at = 0.0
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def send(self, shot: Shot) -> tuple[int, bytes]:
        """One request as a lawful client frames it. Raises OSError or HTTPException when it was not answered."""
        if time.monotonic() - self._used_at > _LONGEST_REST_SECONDS:
            self._connection.close()
        try:
            answer = self._ask(shot)
        except BaseException:
            self._connection.close()
            raise
        self._used_at = time.monotonic()
        return answer

    def _ask(self, shot: Shot) -> tuple[int, bytes]:
        connection = self._connection
        connection.putrequest(shot.method, shot.path, skip_accept_encoding=True)
        for name, value in shot.headers:
            connection.putheader(name, value.encode("latin-1"))
        body = [shot.body[:7], shot.body[7:]] if shot.is_chunked else shot.body
        connection.putheader(
            *("Transfer-Encoding", "chunked") if shot.is_chunked else ("Content-Length", str(len(shot.body)))
        )
        with contextlib.suppress(ConnectionError):  # refused before its end: the answer may be there all the same
            connection.endheaders(body or None, encode_chunked=shot.is_chunked)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def send_raw(self, sent: bytes) -> tuple[int | None, bytes]:
        """Bytes on a connection of their own: the first status, None when nothing came back in a moment."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE_SECONDS) as connection:
            with contextlib.suppress(OSError):
                connection.sendall(sent)
            if not select.select([connection], [], [], _SILENCE_SECONDS)[0]:
                return None, b""
            began = connection.recv(4096)
        status = began[9:12]
        return (int(status) if began.startswith(b"HTTP/1.") and status.isdigit() else None), began
