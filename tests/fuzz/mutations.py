"""Lawful bodies made unlawful. The same random numbers make the same body."""

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?")
_LONGEST_REPEAT = 4096
_DEEP = 200
LONGEST = 1 << 20

NUMBERS = (
    0,
    -1,
    1,
    2,
    3,
    64,
    2**31 - 1,
    2**31,
    2**53 + 1,
    2**63 - 1,
    2**63,
    -(2**63) - 1,
    10**30,
    1.5,
    -0.0,
    1e308,
    5e-324,
)
"""Where counters, instants and columns end."""

TEXTS = (
    "",
    " ",
    "\0",
    "\x1b[31m",
    "\ud800",
    "\udfff\ud800",
    "\ufeff",
    "\u202e\u200d",
    "Z\u0301" * 40,
    "^" * 70,
    "<img src=x onerror=alert(1)>",
    '"><script>',
    "'; DROP TABLE rounds; --",
    "{{7*7}}${7*7}%s%n",
    "../../etc/passwd",
    "javascript:alert(1)",
    "@everyone `x` ||y||",
    "WORLD",
    "OMNIBOT01",
    "x" * 65,
    "é" * 1025,
    "NaN",
    "12:60",
    "-1",
    "1e999",
    "9" * 400,
)
"""Texts that have broken something somewhere."""

TOKENS = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\\ud800", b"\\u0000", b"\\", b'"', b"{", b"}", b"[", b"]", b",",
    b"null", b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"\t", b"\r\n", b"\n", b" ", b"[" * 3000, b'{"a":' * 3000, b"`", b"~1",
)  # fmt: skip
"""Bytes that readers stumble over."""


def mutated(body: bytes, rng: Random) -> bytes:
    """The body after up to eight edits, often none but one; JSON is edited as a tree every other time."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        body = rng.choice(_EDITS)(body, rng)[:LONGEST]
    return body


def any_json(rng: Random, depth: int = 4) -> Any:
    """Some value. Its texts may hold what no database stores."""
    kind = rng.randrange(8 if depth else 5)
    if kind == 0:
        return rng.choice((None, True, False))
    if kind <= 2:
        return rng.choice(NUMBERS) if kind == 1 else rng.randrange(-5, 100_000)
    if kind <= 4:
        return rng.choice(TEXTS)
    if kind <= 6:
        return [any_json(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice(TEXTS): any_json(rng, depth - 1) for _ in range(rng.randrange(4))}


def _cut(body: bytes, rng: Random) -> bytes:
    return body[: rng.randrange(len(body) + 1)]


def _take_out(body: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(body) + 1)
    return body[:start] + body[start + rng.randrange(200) :]


def _put_in(body: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(body) + 1)
    return body[:at] + rng.choice(TOKENS) + body[at:]


def _say_again(body: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(body) + 1)
    piece = body[start : start + rng.randrange(_LONGEST_REPEAT)]
    return body[:start] + piece * rng.randrange(1, 4) + body[start:]


def _overwrite(body: bytes, rng: Random) -> bytes:
    written = bytearray(body)
    for _ in range(rng.randrange(1, 6)):
        if written:
            written[rng.randrange(len(written))] = rng.randrange(256)
    return bytes(written)


def _other_number(body: bytes, rng: Random) -> bytes:
    found = list(_NUMBER.finditer(body))
    if not found:
        return body
    number = rng.choice(found)
    return body[: number.start()] + str(rng.choice(NUMBERS)).encode() + body[number.end() :]


def _other_tree(body: bytes, rng: Random) -> bytes:
    """One value of the tree replaced, taken out, nested deeply, or said under another name."""
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        return _overwrite(body, rng)
    owner, key = _somewhere(tree, rng)
    if owner is None:
        return _as_bytes(any_json(rng))
    value = owner[key]
    edit = rng.randrange(6)
    if edit <= 2:
        owner[key] = any_json(rng)
    elif edit == 3:
        del owner[key]
    elif edit == 4:
        for _ in range(rng.choice((2, 20, _DEEP))):
            value = [value]
        owner[key] = value
    elif isinstance(owner, dict):
        owner[rng.choice(TEXTS)] = value
    else:
        owner.extend([value] * rng.choice((1, 70)))
    return _as_bytes(tree)


def _somewhere(tree: Any, rng: Random) -> tuple[Any, Any]:
    """A container of the tree and one of its keys."""
    owner, key = None, None
    while isinstance(tree, dict | list) and tree:
        owner = tree
        key = rng.choice(list(tree)) if isinstance(tree, dict) else rng.randrange(len(tree))
        tree = owner[key]
        if rng.random() < 0.3:
            break
    return owner, key


def _as_bytes(tree: Any) -> bytes:
    return json.dumps(tree).encode()


_EDITS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _cut,
    _take_out,
    _put_in,
    _say_again,
    _overwrite,
    _other_number,
    *[_other_tree] * 6,
)
