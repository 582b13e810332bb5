"""The API is replaced again and again under a steady load: is anybody refused, cut off or answered with an error?"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.e2e.service_process import CHECKOUT, ServiceProcess
from tests.faults.findings import Findings
from tests.faults.hammer import Hammer, Sender

RESTARTS = "restarts"
SENDERS = 20
PER_SECOND = 100.0
_GENEROUS = {"ROUNDWIRE_ROUNDS_PER_MINUTE": "1000000", "ROUNDWIRE_ROUNDS_BURST": "1000000"}
_KEPT = "SELECT count(*), count(DISTINCT (server_id, content_sha256)) FROM deliveries"


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. `per_second`: reports that were really sent."""

    restarts: int
    sent: int
    per_second: float
    slowest_seconds: float
    seconds: float
    findings: Findings

    @property
    def line(self) -> str:
        """All of it in one line."""
        return (
            f"{RESTARTS}: {self.restarts} restarts, {self.sent} reports ({self.per_second:.0f} a second), "
            f"{len(self.findings.wrong)} failed, lost {len(self.findings.lost)}, doubled {len(self.findings.doubled)}, "
            f"slowest answer {self.slowest_seconds * 1000:.0f} ms, {self.seconds:.0f} s"
        )


def restart_again_and_again(restarts: int) -> Report:
    """Replace the API so often under load, look."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="roundwire-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        with ServiceProcess(data, **_GENEROUS) as service:
            service.wait_for_line("  stop")
            senders = [Sender(name, _roundwire(data, "server", "add", name)) for name in _names()]
            with Hammer(service.port, senders, PER_SECOND) as hammer:
                hammering_began = time.monotonic()
                for _ in range(restarts):
                    _roundwire(data, "restart-api")
                hammered_seconds = time.monotonic() - hammering_began
            findings = _look(data, hammer)
    return Report(
        restarts,
        hammer.sent,
        hammer.sent / hammered_seconds,
        hammer.slowest_seconds,
        time.monotonic() - began,
        findings,
    )


def _look(data: Path, hammer: Hammer) -> Findings:
    findings = Findings(wrong=hammer.failures)
    with psycopg.connect((data / "postgres-url").read_text().strip()) as connection:
        kept, different = connection.execute(_KEPT).fetchone() or (0, 0)
    acknowledged = hammer.sent - len(hammer.failures)
    findings.lost += ["a report that was acknowledged"] * (acknowledged - different)
    findings.doubled += ["a report"] * (kept - different)
    return findings


def _names() -> list[str]:
    return [f"srv{number:02d}" for number in range(SENDERS)]


def _roundwire(data: Path, *words: str) -> str:
    """What a command answers, on the last line of its output."""
    command = [sys.executable, "-m", "ingest_api.cli.main", *words]
    environment = {"PATH": os.environ["PATH"], "ROUNDWIRE_DATA": str(data)}
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]
