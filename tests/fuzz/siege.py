"""A service under a stream of requests of every sort, and afterwards: has it kept what it said, counted all, and not grown?"""

import http.client
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.stack import Stack
from tests.fuzz.published import ask_everything
from tests.fuzz.requests import Shots
from tests.fuzz.service import Service, fuzzed_service, samples
from tests.fuzz.stream import Answers, stream

CLIENTS = 8
PROCESSES = ("api", "worker")
MEBIBYTE = 1 << 20
ROOM_BYTES = 64 * MEBIBYTE
"""What allocators and caches may still take after the warm-up: large bodies come by chance, and pools keep what they took."""
LEAK_BYTES = 512
"""Per request beyond that room: a tenth of the smallest thing that a request leaves behind when it is leaked whole."""
_WARM_UP_SHARE = 0.2
_PIECE = 2_000
_SETTLE_SECONDS = 120.0


@dataclass(slots=True)
class Siege:
    """What came of it. Sizes in bytes of resident memory, by process: after the warm-up, at the end."""

    seed: int
    requests: int = 0
    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    sorts: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0

    @property
    def line(self) -> str:
        """Everything in one line."""
        counted = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        grown = ", ".join(
            f"{name} {self.before[name] // MEBIBYTE} -> {size // MEBIBYTE} MiB" for name, size in self.after.items()
        )
        return (
            f"{self.requests} requests in {self.seconds:.0f} s, seed {self.seed}: {counted}; memory: {grown}; "
            f"{self.acknowledged} bodies acknowledged; outcomes {self.outcomes}; {len(self.findings)} findings"
        )


def besiege(
    count: int, seed: int, logs: Path, *, published_examples: int, tell: Callable[[str], None] = lambda _: None
) -> Siege:
    """Send so many requests to a service of its own, and `tell` how far it has come.

    `published_examples`: random cases of each published operation, with every boundary of its schema, beside them.
    """
    siege = Siege(seed)
    with fuzzed_service(logs) as service:
        shots, began = Shots(service.token, samples(service.token)), time.monotonic()
        kept: set[str] = set()
        for first in range(0, count, _PIECE):
            piece = stream(service.stack.port, shots, min(_PIECE, count - first), seed + first, CLIENTS)
            kept |= piece.kept
            _note(siege, piece)
            if not siege.before and siege.requests >= count * _WARM_UP_SHARE:
                siege.before = _resident(service.stack)
            tell(siege.line)
        if published_examples:
            _ask_what_is_published(siege, service, published_examples)
        siege.seconds = time.monotonic() - began
        siege.after = _resident(service.stack)
        _check(siege, service, kept)
    return siege


def _note(siege: Siege, answers: Answers) -> None:
    siege.sorts += answers.statuses
    for (_, status), count in answers.statuses.items():
        siege.statuses[status] += count
        siege.requests += count
    siege.findings += answers.faults


def _ask_what_is_published(siege: Siege, service: Service, examples: int) -> None:
    for token in (service.token, None, "rw_wrong"):
        found = ask_everything(service, token=token, examples=examples, seed=siege.seed)
        siege.requests += found.cases
        siege.statuses.update({str(status): count for status, count in found.statuses.items()})
        siege.findings += found.breaches


def _check(siege: Siege, service: Service, kept: set[str]) -> None:
    stack = service.stack
    siege.findings += [f"died: {accident}" for accident in stack.accidents]
    for name, size in siege.before.items():
        if siege.after[name] > size + ROOM_BYTES + LEAK_BYTES * siege.requests:
            siege.findings.append(f"{name} grew from {size} to {siege.after[name]} bytes")
    stack.wait_until(lambda: stack.stored.waiting_in_spool() == 0, "the spool is drained", _SETTLE_SECONDS)
    siege.acknowledged = len(kept)
    stored = {sha for (sha,) in stack.stored.ask("SELECT DISTINCT content_sha256 FROM deliveries")}
    siege.findings += [f"acknowledged and not stored: {sha}" for sha in sorted(kept - stored)]
    counts = _counts(stack.port)
    siege.outcomes = counts["outcomes"]
    if counts["received"] != sum(counts["outcomes"].values()):
        siege.findings.append(f"{counts['received']} received, and {counts['outcomes']}")


def _counts(port: int) -> dict:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/diagnostics/deliveries?limit=1")
    told = json.loads(connection.getresponse().read())
    connection.close()
    return told


def _resident(stack: Stack) -> dict[str, int]:
    sizes = {}
    for name in PROCESSES:
        pages = int(Path(f"/proc/{stack.process_id(name)}/statm").read_text(encoding="ascii").split()[1])
        sizes[name] = pages * 4096
    return sizes
