"""Bytes on a connection that are hardly HTTP, or are meant to be taken for other HTTP than they are."""

from collections.abc import Callable
from random import Random

from tests.fuzz.mutations import mutated


def malformed(method: str, path: str, token: str, body: bytes, rng: Random) -> bytes:
    """A lawful request, spoilt in one of the ways known."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return rng.choice(_WAYS)(head.encode(), body, rng)


def _without(head: bytes, name: bytes) -> bytes:
    return b"\r\n".join(line for line in head.split(b"\r\n")[:-2] if not line.startswith(name)) + b"\r\n\r\n"


def _also(head: bytes, line: bytes) -> bytes:
    return head[:-2] + line + b"\r\n\r\n"


_WAYS: tuple[Callable[[bytes, bytes, Random], bytes], ...] = (
    lambda head, body, rng: mutated(head, rng) + body,
    lambda head, body, rng: mutated(head + body, rng)[: 1 << 18],
    lambda _head, _body, rng: rng.randbytes(rng.randrange(1, 2000)),
    lambda head, body, _: head.replace(b"\r\n", b"\n") + body,
    lambda head, body, _: head.replace(b"HTTP/1.1", b"HTTP/9.9") + body,
    lambda head, body, _: head.replace(b"HTTP/1.1", b"HTTP/1.0") + body,
    lambda head, body, _: _without(head, b"Host") + body,
    lambda head, body, _: _also(head, b"Content-Length: 1") + body,
    lambda head, body, _: _also(head, b"Transfer-Encoding: chunked") + body,
    lambda head, body, _: _also(_without(head, b"Content-Length"), b"Content-Length: -5") + body,
    lambda head, body, _: _also(_without(head, b"Content-Length"), b"Content-Length: 5e3") + body,
    lambda head, body, _: _also(_without(head, b"Content-Length"), b"Transfer-Encoding: gzip, chunked") + body,
    lambda head, _, rng: _also(_without(head, b"Content-Length"), b"Transfer-Encoding: chunked") + _bad_chunks(rng),
    lambda head, body, _: _also(head, b"X: " + b"y" * 70_000) + body,
    lambda head, body, _: _also(head, b"X: a\0b") + body,
    lambda head, body, _: _also(head, b" folded: line") + body,
    lambda head, body, _: _also(head, b"Expect: 100-continue") + body,
    lambda head, body, _: head + body[: len(body) // 2],
    lambda head, body, _: (head + body) * 3,
    lambda *_: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    lambda *_: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),
    lambda *_: b"GET /api/rounds/%00%ff%2e%2e%2f HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    lambda *_: b"GET /api/rounds?\xff\xfe=\x80 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    lambda *_: b"GET http://[::1/x HTTP/1.1\r\nHost: x\r\n\r\n",
    lambda *_: b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    lambda *_: b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    lambda *_: b"GET /" + b"a" * 66_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    lambda *_: (
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n"
    ),
)


def _bad_chunks(rng: Random) -> bytes:
    return rng.choice(
        (
            b"zz\r\nabc\r\n0\r\n\r\n",
            b"ffffffffffffffffff\r\nabc",
            b"-1\r\n\r\n",
            b"3;" + b"x" * 5000 + b"\r\nabc\r\n0\r\n\r\n",
            b"3\r\nabcdef\r\n0\r\n\r\n",
            b"3\r\nabc\r\n0\r\nHost: evil\r\nX: y\r\n\r\n",
            b"3\r\nabc",
        )
    )
