"""A small scripted HTTP service on loopback: answers each request as told, and keeps what it got."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """status 0: the connection is cut without an answer, or after `raw`, whatever that is. wait_seconds: before it."""

    status: int
    body: bytes = b'{"outcome":"accepted"}'
    headers: dict[str, str] = field(default_factory=dict)
    wait_seconds: float = 0.0
    raw: bytes = b""


class ScriptedService:
    """`choose(request)` decides each answer; requests to /v1/hello get 200 and are kept apart."""

    def __init__(self, choose: Callable[[Got], Answer]) -> None:
        self.choose = choose
        self.got: list[Got] = []
        self.hellos: list[Got] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._stopped = threading.Event()
        self._serving: set[threading.Thread] = set()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._stopped.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._accepting.join()
        self._socket.close()
        for thread in list(self._serving):
            thread.join()

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Got]:
        """The reports that came, as soon as there are `count` of them."""
        give_up = time.monotonic() + seconds
        while len(self.got) < count and time.monotonic() < give_up:
            time.sleep(0.01)
        assert len(self.got) >= count, f"{len(self.got)} of {count} requests came"
        return self.got

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self._stopped.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._serving.add(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            self._answer(connection)
        except (BrokenPipeError, ConnectionResetError):
            return  # whoever asked was killed meanwhile
        finally:
            self._serving.discard(threading.current_thread())

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            head = stream.readline().split()
            headers = {}
            while line := stream.readline().strip():
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            request = Got(head[1].decode(), headers, stream.read(int(headers.get("content-length", "0"))))
            if request.path == "/v1/hello":
                self.hellos.append(request)
                answer = Answer(200)
            else:
                self.got.append(request)
                answer = self.choose(request)
            self._stopped.wait(answer.wait_seconds)
            if not self._stopped.is_set():
                connection.sendall(_rendered(answer) if answer.status else answer.raw)


def _rendered(answer: Answer) -> bytes:
    headers = {"Content-Length": str(len(answer.body)), "Connection": "close", **answer.headers}
    lines = [f"HTTP/1.1 {answer.status} Told", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + answer.body
