"""Requests of every sort that a service open to the world may get. The same random numbers make the same request."""

import gzip
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

from tests.fuzz.malformed import malformed
from tests.fuzz.mutations import NUMBERS, TEXTS, mutated
from tests.fuzz.service import Sample

_LARGEST_SMALL_BYTES = 1 << 20
_LARGEST_FILE_BYTES = 32 << 20
_METHODS = ("GET", "GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW")
_ENCODINGS = ("gzip", "GZIP", "x-gzip", "identity", "br", "deflate", "gzip, gzip", "", "\xff", "zstd")
_CONTENT_TYPES = (
    "application/json",
    "text/plain",
    "application/json; charset=utf-16",
    "multipart/form-data; boundary=x",
    "\xe9",
    "",
)
_READS = (
    "/api/rounds", "/api/rounds/{}", "/api/rounds/{}/why", "/api/matches/{}", "/api/sessions", "/api/sessions/{}",
    "/api/sessions/{}/scoring", "/api/sessions/{}/timing", "/api/sessions/{}/graphs", "/api/leaderboards/{}", "/api/players/{}",
    "/api/incidents/{}", "/{}", "/sessions", "/sessions/{}", "/rounds/{}", "/static/{}", "/", "/preview", "/livez", "/readyz",
    "/health", "/openapi.json", "/v1/schemas/round_report.json", "/api/v2/stats/etl/matches/stats/version",
    "/api/v2/stats/etl/match-manager/{}/{}", "/api/v2/stats/etl/players/by-guid",
)  # fmt: skip
_ADMINISTRATION = (
    "/metrics", "/diagnostics/lua-webhook", "/diagnostics/round-linkage", "/diagnostics/time-audit", "/diagnostics/side-audit",
    "/diagnostics/deliveries", "/diagnostics/deliveries/{}", "/diagnostics/deliveries/{}/raw", "/diagnostics/quarantine",
    "/diagnostics/quarantine/{}/requeue", "/diagnostics/{}",
)  # fmt: skip
_KNOWN = (
    "1",
    "2",
    "3",
    "kills",
    "dpm",
    "2026-02-03",
    "446AFE35",
    "house.css",
    "rf1:1:db2204ef6309689614766d2a36ddcabe",
)
_PARAMETERS = (
    "limit", "cursor", "map", "server", "session", "status", "since", "until", "least_rounds", "before", "reason", "verbose", "wait",
    "dry_run",
)  # fmt: skip
_HEADERS = (
    ("If-None-Match", "*"), ("If-None-Match", '"'), ("Accept", "application/openmetrics-text"), ("Accept", "\xff;q=x"),
    ("Range", "bytes=0-1"), ("X-Forwarded-For", "127.0.0.1"), ("Forwarded", "for=x"), ("Cookie", "a=b" * 500), ("Origin", "null"),
    ("Sec-Fetch-Site", "cross-site"), ("Accept-Encoding", "gzip, br"), ("Idempotency-Key", '"k"'), ("Idempotency-Key", "\xe9" * 300),
    ("webhook-id", "m"), ("webhook-timestamp", "x"), ("webhook-signature", "v1,x"), ("Expect", "100-continue"), ("Expect", "200-ok"),
    ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Content-Range", "bytes 0-1/2"), ("Authorization", "Basic \xff"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shot:
    """One request. `kept`: the bytes that must be stored if it is acknowledged; None when that says nothing of bytes.

    `raw`: to be written to the connection as it is. `may_hang_up`: where silence is an answer.
    """

    method: str = "GET"
    path: str = "/"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_chunked: bool = False
    kept: bytes | None = None
    raw: bytes | None = None
    may_hang_up: bool = False
    sort: str = "read"


@dataclass(frozen=True, slots=True)
class Shots:
    """Makes requests to a service whose game server has this token."""

    token: str
    lawful: Sequence[Sample]

    def next(self, rng: Random) -> Shot:
        """The next request."""
        (make,) = rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
        return make(self, rng)

    def delivery(self, rng: Random) -> Shot:
        """A lawful body of some door, mostly damaged, mostly sent as senders do."""
        sample = rng.choice(self.lawful)
        body = sample.body if rng.random() < 0.2 else mutated(sample.body, rng)
        headers = [] if sample.is_chat else [("Authorization", f"Bearer {self._token(rng)}")]
        sent, encoding = _encoded(body, rng)
        headers += [("Content-Encoding", encoding)] if encoding is not None else []
        headers += [("Content-Type", rng.choice(_CONTENT_TYPES))] if rng.random() < 0.5 else []
        headers += [rng.choice(_HEADERS)] if rng.random() < 0.2 else []
        path = sample.path + (f"?{_query(rng)}" if rng.random() < 0.1 else "")
        return Shot(
            sample.method,
            path,
            tuple(headers),
            sent,
            is_chunked=rng.random() < 0.2,
            kept=None if "/v1/hello" in path else body,
            may_hang_up=sample.is_chat,
            sort="delivery",
        )

    def oddity(self, rng: Random) -> Shot:
        """A door asked for something that no sender asks, or with far too much."""
        sample = rng.choice(self.lawful)
        path = _filled(
            rng.choice(
                ("/v1/files/{}", "/api/webhooks/{}/{}", "/api/v10/webhooks/{}/{}", "/api/webhooks/{}", sample.path)
            ),
            rng,
        )
        body = rng.choice(
            (b"", b"\0" * 70_000, bytes(_LARGEST_SMALL_BYTES + 1), gzip.compress(bytes(_LARGEST_FILE_BYTES + 1)))
        )
        headers = (
            ("Authorization", f"Bearer {self._token(rng)}"),
            ("Content-Encoding", rng.choice(("gzip", "identity"))),
        )
        return Shot(rng.choice(("POST", "PUT")), path, headers, body, may_hang_up="webhooks" in path, sort="oddity")

    def read(self, rng: Random) -> Shot:
        """Anything of what is read."""
        return self._asked(_READS, "read", rng)

    def administer(self, rng: Random) -> Shot:
        """Anything of what only operators see; `requeue` judges anew."""
        return self._asked(_ADMINISTRATION, "administer", rng)

    def malformed(self, rng: Random) -> Shot:
        """Bytes that are hardly HTTP."""
        sample = rng.choice(self.lawful)
        raw = malformed(sample.method, sample.path, self.token, sample.body, rng)
        return Shot(raw=raw, may_hang_up=True, sort="malformed")

    def _asked(self, paths: Sequence[str], sort: str, rng: Random) -> Shot:
        path = _filled(rng.choice(paths), rng) + (f"?{_query(rng)}" if rng.random() < 0.5 else "")
        method = "POST" if path.endswith("/requeue") and rng.random() < 0.7 else rng.choice(_METHODS)
        headers = tuple(rng.choice(_HEADERS) for _ in range(rng.choice((0, 0, 1, 3))))
        if "Authorization" not in dict(headers) and rng.random() < 0.3:
            headers += (("Authorization", f"Bearer {self._token(rng)}"),)
        return Shot(method, path, headers, b"{}" if method in ("POST", "PUT", "PATCH") else b"", sort=sort)

    def _token(self, rng: Random) -> str:
        return self.token if rng.random() < 0.9 else rng.choice(("", "rw_wrong", "\xff", "x" * 5000, self.token[:-1]))


def _encoded(body: bytes, rng: Random) -> tuple[bytes, str | None]:
    """The body as it is sent, and what it claims to be."""
    choice = rng.random()
    if choice < 0.6:
        return body, None
    packed = gzip.compress(body, 1, mtime=0)
    if choice < 0.8:
        return packed, "gzip"
    return rng.choice(
        (
            (gzip.compress(body[:100], mtime=0) + gzip.compress(body[100:], mtime=0), "gzip"),
            (mutated(packed, rng), "gzip"),
            (packed[:-4], "gzip"),
            (packed + b"\0", "gzip"),
            (zlib.compress(body), "gzip"),
            (body, rng.choice(_ENCODINGS)),
        )
    )


def _filled(path: str, rng: Random) -> str:
    while "{}" in path:
        word = rng.choice((*_KNOWN, *TEXTS, *map(str, NUMBERS)))
        path = path.replace("{}", quote(word.encode("utf-8", "surrogatepass"), safe=rng.choice(("", ":/"))), 1)
    return path


def _query(rng: Random) -> str:
    asked = []
    for _ in range(rng.randrange(1, 5)):
        value = rng.choice((*_KNOWN, *TEXTS, *map(str, NUMBERS), "true", "1770159025.1"))
        asked.append(f"{rng.choice(_PARAMETERS)}={quote(value.encode('utf-8', 'surrogatepass'))}")
    return "&".join(asked)


_WEIGHTS: dict[Callable[[Shots, Random], Shot], int] = {
    Shots.delivery: 50,
    Shots.read: 27,
    Shots.administer: 10,
    Shots.malformed: 12,
    Shots.oddity: 1,
}
