"""A sender that costs next to nothing: one thread, plain sockets, the answer's status and time and no more.

`python -m bench.load` reads a job as JSON on stdin and writes the result as JSON on stdout; it is a process of its own so
that what it does is not counted to what it measures.
"""

import json
import resource
import select
import socket
import subprocess
import sys
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.reports import SERVERS, Reports, server_id

CHECKOUT = Path(__file__).parents[1]
_ANSWER_WITHIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Job:
    """What to send. `per_second` None: every connection sends again as soon as it is answered."""

    port: int
    tokens: dict[str, str]
    since_unix: int
    first_number: int
    seconds: float
    connections: int = 32
    per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a job. Times belong to reports `first_number`, `first_number` + 1, …; latency counts from when the
    report was due, so that a slow answer is not excused by its being waited for.
    """

    seconds: float
    statuses: dict[str, int]
    latencies_ms: list[float]
    due_at_unix: list[float]
    own_cpu_seconds: float

    @property
    def count(self) -> int:
        """How many reports were answered."""
        return len(self.latencies_ms)

    @property
    def per_second(self) -> float:
        """The sustained rate."""
        return self.count / self.seconds


def send(job: Job) -> Sent:
    """Do a job in a process of its own. Raises RuntimeError when a report was not taken as a new round."""
    answer = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=CHECKOUT,
        input=json.dumps(asdict(job)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    sent = Sent(**json.loads(answer.stdout))
    if set(sent.statuses) != {"201"}:
        raise RuntimeError(f"not every report was taken as a new round: {sent.statuses}")
    return sent


class _Sender:
    def __init__(self, job: Job) -> None:
        self._job = job
        self._reports = Reports(job.since_unix)
        self._heads = [
            f"POST /v1/rounds HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {job.tokens[server_id(number)]}\r\n"
            f"Content-Type: application/json\r\nContent-Length: ".encode()
            for number in range(SERVERS)
        ]
        self._sockets = [socket.create_connection(("127.0.0.1", job.port)) for _ in range(job.connections)]
        self._under_way: dict[int, tuple[int, float]] = {}  # by file descriptor: index of the report, when it was due
        self._latencies_ms: dict[int, float] = {}
        self._due_at: dict[int, float] = {}
        self._statuses: Counter[str] = Counter()

    def run(self) -> Sent:
        """Send until the time is over, and wait for what is under way."""
        by_descriptor = {one.fileno(): one for one in self._sockets}
        poll = select.epoll()
        for descriptor in by_descriptor:
            poll.register(descriptor, select.EPOLLIN)
        free = deque(self._sockets)
        began, began_unix, index = time.monotonic(), time.time(), 0  # noqa: TID251  matched with another process's times
        last_answer = began
        while True:
            now = time.monotonic()
            while free and (due := self._due(index, began, now)) is not None:
                self._send(free.popleft(), index, due)
                index += 1
            if not self._under_way and now >= began + self._job.seconds:
                break
            if now > last_answer + _ANSWER_WITHIN_SECONDS:
                raise TimeoutError("no answer came any more")
            for descriptor, _ in poll.poll(self._wait_seconds(index, began, now, can_send=bool(free))):
                self._take_answer(by_descriptor[descriptor])
                free.append(by_descriptor[descriptor])
                last_answer = time.monotonic()
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return Sent(
            last_answer - began,
            dict(self._statuses),
            [self._latencies_ms[number] for number in range(index)],
            [began_unix + self._due_at[number] - began for number in range(index)],
            usage.ru_utime + usage.ru_stime,
        )

    def _due(self, index: int, began: float, now: float) -> float | None:
        """When the next report is due, if that is not after now."""
        if self._job.per_second is None:
            return now if now < began + self._job.seconds else None
        due = began + index / self._job.per_second
        return due if due <= now and due < began + self._job.seconds else None

    def _wait_seconds(self, index: int, began: float, now: float, *, can_send: bool) -> float:
        if self._job.per_second is None or not can_send:
            return 1.0
        return max(0.0, min(1.0, began + index / self._job.per_second - now))

    def _send(self, connection: socket.socket, index: int, due: float) -> None:
        number = self._job.first_number + index
        body = self._reports.body(number)
        self._due_at[index] = due
        self._under_way[connection.fileno()] = (index, due)
        connection.sendall(b"%b%d\r\n\r\n%b" % (self._heads[number % SERVERS], len(body), body))

    def _take_answer(self, connection: socket.socket) -> None:
        answer = connection.recv(65536)
        while not _is_whole(answer):
            chunk = connection.recv(65536)
            if not chunk:
                raise ConnectionError("the service closed a connection in the middle of an answer")
            answer += chunk
        index, due = self._under_way.pop(connection.fileno())
        self._latencies_ms[index] = (time.monotonic() - due) * 1000
        self._statuses[answer[9:12].decode()] += 1


def _is_whole(answer: bytes) -> bool:
    head, blank, body = answer.partition(b"\r\n\r\n")
    if not blank:
        return False
    length = head.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]
    return len(body) >= int(length)


if __name__ == "__main__":
    print(json.dumps(asdict(_Sender(Job(**json.load(sys.stdin))).run())))
