"""The service's door for files, `PUT /v1/files/{filename}`, on a loopback socket: strict about requests, faulty on demand.

A request that breaks a rule of HTTP or of the door is kept in `violations` and answered 400. What is taken is remembered by
name and content: the first time 201, the same again 200.
"""

import hashlib
import json
import socket
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

TOKEN = "token-Of.This~Server_1234"
_GZIP = 16 + zlib.MAX_WBITS
_PLAIN_TARGET = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%")
_LARGEST_BYTES = 512 * 1024 * 1024
_BLOCK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Upload:
    """One whole request. `body` inflated; `sent_bytes` on the wire; `number` counts requests from 1."""

    number: int
    name: str
    body: bytes
    sent_bytes: int
    headers: dict[str, str]


@dataclass(frozen=True)
class Fault:
    """Instead of the true answer. status 0: cut without one. cut: half of the answer. keep: is the file kept all the same?"""

    status: int
    body: bytes = b'{"code":"told"}'
    headers: dict[str, str] = field(default_factory=dict)
    wait_seconds: float = 0.0
    is_cut: bool = False
    is_kept: bool = False


class Violation(Exception):
    """The request breaks a rule."""


class Early(Exception):
    """The head of a request is enough to answer it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class FileDoor:
    """Runs from construction to `close`. `choose(upload)` may answer a Fault; None: the true answer.

    `early_status`, while it is set, is answered before a body is read, and what still comes is let pass unread.
    """

    def __init__(self, choose: Callable[[Upload], Fault | None] = lambda _upload: None, port: int = 0) -> None:
        self.choose = choose
        self.early_status: int | None = None
        self.uploads: list[Upload] = []
        self.kept: list[tuple[str, bytes]] = []
        self.acknowledged: list[str] = []
        self.violations: list[str] = []
        self.requests = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def names(self) -> list[str]:
        """Names of all uploads, in their order."""
        return [upload.name for upload in self.uploads]

    def close(self) -> None:
        self._stopped.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._accepting.join()
        self._socket.close()
        with self._lock:
            for connection in self._connections:
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self._stopped.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.add(connection)
        try:
            with connection.makefile("rb") as stream:
                while self._answer_one(connection, stream):
                    pass
        except OSError:  # the shipper was killed in the middle
            pass
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()

    def _answer_one(self, connection: socket.socket, stream: BinaryIO) -> bool:
        """Whether the connection goes on."""
        try:
            upload = self._read(stream)
        except Violation as violation:
            self.violations.append(str(violation))
            connection.sendall(_rendered(400, b'{"code":"violation"}', {"Connection": "close"}))
            return False
        except Early as early:
            connection.sendall(_rendered(early.status, b'{"code":"early"}', {"Connection": "close"}))
            connection.shutdown(socket.SHUT_WR)
            while stream.read(_BLOCK_BYTES):
                pass
            return False
        if upload is None:
            return False
        self.uploads.append(upload)
        fault = self.choose(upload)
        if fault is None:
            status, body = self._keep(upload)
            connection.sendall(_rendered(status, body, {}))
            self.acknowledged.append(upload.name)
            return True
        return self._misbehave(connection, upload, fault)

    def _misbehave(self, connection: socket.socket, upload: Upload, fault: Fault) -> bool:
        if fault.is_kept:
            self._keep(upload)
        self._stopped.wait(fault.wait_seconds)
        if fault.status == 0 or self._stopped.is_set():
            return False
        answer = _rendered(fault.status, fault.body, fault.headers)
        connection.sendall(answer[: len(answer) - len(fault.body) // 2 - 1] if fault.is_cut else answer)
        return not fault.is_cut

    def _keep(self, upload: Upload) -> tuple[int, bytes]:
        with self._lock:
            is_known = (upload.name, upload.body) in self.kept
            self.kept += [] if is_known else [(upload.name, upload.body)]
        outcome = "duplicate" if is_known else "accepted"
        answer = {"outcome": outcome, "content_sha256": hashlib.sha256(upload.body).hexdigest()}
        return 200 if is_known else 201, json.dumps(answer).encode()

    def _read(self, stream: BinaryIO) -> Upload | None:
        """The next request; None when the other side is gone, before or in the middle of it."""
        line = stream.readline()
        if not line.endswith(b"\r\n"):
            return None
        method, target, version = line.split()
        if (method, version) != (b"PUT", b"HTTP/1.1"):
            raise Violation(f"not a PUT: {line!r}")
        headers = _headers(stream)
        self.requests += 1
        if self.early_status is not None:
            raise Early(self.early_status)
        sent = _body(stream, headers)
        if sent is None:
            return None
        body = sent
        if "content-encoding" in headers:
            _require(headers["content-encoding"] == "gzip", "unknown encoding")
            body = _inflated(sent)
        _require(headers.get("authorization") == f"Bearer {TOKEN}", f"token: {headers.get('authorization')!r}")
        return Upload(len(self.uploads) + 1, _name(target), body, len(sent), headers)


def _name(target: bytes) -> str:
    prefix, _, name = target.rpartition(b"/")
    _require(prefix == b"/v1/files", f"path {target!r}")
    _require(set(name) <= _PLAIN_TARGET, f"unquoted bytes in {target!r}")
    plain = unquote_to_bytes(name).decode()
    _require(plain.isprintable() and not set(plain) & set("/\\") and 0 < len(plain) <= 255, f"name {plain!r}")
    return plain


def _headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    while line := stream.readline().rstrip(b"\r\n"):
        name, colon, value = line.decode("ascii").partition(":")
        _require(bool(colon) and name.lower() not in headers, f"header {line!r}")
        headers[name.lower()] = value.strip()
    return headers


def _body(stream: BinaryIO, headers: dict[str, str]) -> bytes | None:
    """None when the other side went away in the middle."""
    _require(("content-length" in headers) != ("transfer-encoding" in headers), "a length or chunks, one of them")
    if "content-length" in headers:
        length = int(headers["content-length"])
        body = stream.read(length)
        return body if len(body) == length else None
    _require(headers["transfer-encoding"] == "chunked", "unknown transfer encoding")
    blocks = []
    while True:
        head = stream.readline()
        if not head.endswith(b"\r\n"):
            return None
        block = stream.read(int(head, 16) + 2)
        if not block.endswith(b"\r\n"):
            return None
        if len(block) == 2:
            return b"".join(blocks)
        blocks.append(block[:-2])


def _inflated(sent: bytes) -> bytes:
    inflate = zlib.decompressobj(_GZIP)
    body = inflate.decompress(sent, _LARGEST_BYTES)
    _require(inflate.eof and not inflate.unused_data, "gzip without its end, or something behind it")
    return body


def _require(truth: bool, rule: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not truth:
        raise Violation(rule)


def _rendered(status: int, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} Told",
        f"Content-Length: {len(body)}",
        *(f"{k}: {v}" for k, v in headers.items()),
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body
