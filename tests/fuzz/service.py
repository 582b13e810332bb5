"""The whole service as processes, no rate in the way, with an evening's deliveries of every kind already in it."""

import gzip
import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.faults.stack import Stack, running_stack

GOLDEN = Path(__file__).parents[1] / "golden"
SENDERS = GOLDEN / "senders"
SERVER = "srv1"
_MANY = "100000000"
_NO_RATES = {
    "ROUNDWIRE_ROUNDS_PER_MINUTE": _MANY,
    "ROUNDWIRE_ROUNDS_BURST": _MANY,
    "ROUNDWIRE_NOTICES_PER_MINUTE": _MANY,
    "ROUNDWIRE_FILES_PER_MINUTE": _MANY,
    "ROUNDWIRE_READS_PER_MINUTE": _MANY,
    "ROUNDWIRE_FAILURES_PER_MINUTE": _MANY,
    "ROUNDWIRE_UNKNOWN_PER_MINUTE": _MANY,
    "ROUND_STATS_AUTOPOST_ENABLED": "false",
    "ROUNDWIRE_LOG_LEVEL": "error",
}
_SUITE = "/api/v2/stats/etl/matches"


@dataclass(frozen=True, slots=True)
class Service:
    """A running service and the token of the one game server it knows."""

    stack: Stack
    token: str

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.stack.port}"


@dataclass(frozen=True, slots=True)
class Sample:
    """One lawful delivery: how it is sent, and what."""

    method: str
    path: str
    body: bytes
    is_chat: bool = False


def samples(token: str) -> list[Sample]:
    """A delivery of every kind there is, as real senders write them."""
    webhook = f"/api/webhooks/{SERVER}/{token}"
    reports = [
        Sample("POST", "/v1/rounds", (GOLDEN / "round_report" / name).read_bytes()) for name in ("r1.json", "r2.json")
    ]
    chat = [
        Sample("POST", webhook, file.read_bytes(), is_chat=True)
        for file in sorted((SENDERS / "stats_message").glob("*.[jb]*"))
    ]
    notices = [
        Sample("POST", "/v1/filename-triggers", file.read_bytes())
        for file in sorted((SENDERS / "filename_notice").glob("*.json"))
    ]
    suite = [Sample("POST", f"{_SUITE}/stats/submit", (SENDERS / "suite" / "r1-minimal.json").read_bytes())]
    hello = [
        Sample(
            "POST", "/v1/hello", b'{"instance": "27960", "sender_version": "1.0.0", "spool": {"files": 0, "bytes": 0}}'
        )
    ]
    files = [Sample("PUT", f"/v1/files/{quote(file.name)}", file.read_bytes()) for file in sorted(_files())]
    return [*reports, *chat, *notices, *suite, *hello, *files]


def _files() -> Iterator[Path]:
    for folder in ("demo_analysis", "endstats", "gametime", "proximity"):
        yield from (one for one in (SENDERS / folder).rglob("*.*") if one.is_file() and "expected" not in str(one))
    yield from (one for one in (GOLDEN / "stats_file").rglob("*.txt") if one.is_file())


def send(port: int, token: str, sample: Sample, *, packed: bool = False) -> int:
    """Send one delivery over a connection of its own; answers the status."""
    headers = {"Content-Encoding": "gzip"} if packed else {}
    if not sample.is_chat:
        headers["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(sample.method, sample.path, gzip.compress(sample.body) if packed else sample.body, headers)
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    return answer.status


@contextmanager
def fuzzed_service(logs: Path, settings: Mapping[str, str] | None = None) -> Iterator[Service]:
    """The processes, and one delivery of each kind taken by them. `settings`: further ones, by name in the environment."""
    with running_stack(logs, settings={**_NO_RATES, **(settings or {})}) as stack:
        token = stack.register(SERVER)
        for sample in samples(token):
            status = send(stack.port, token, sample)
            if not 200 <= status < 300:
                raise AssertionError(f"{sample.method} {sample.path} was answered {status}")
        yield Service(stack, token)
