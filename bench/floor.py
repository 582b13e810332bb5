"""The floor: the rows of a judged round written again and again by a bare psycopg loop that judges nothing.

`python -m bench.floor` reads a pickled job on stdin and writes the result as JSON on stdout; it is a process of its own,
as the service is. One transaction a round, one prepared INSERT a table; ids come from the database, as they must.
"""

import json
import pickle
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from bench.processes import cpu_seconds
from bench.rows import Fresh, StoredRound
from shared.ops.child_process import processes_in

CHECKOUT = Path(__file__).parents[1]
_NUMBERS_PER_CONNECTION = 10_000_000
_WARM_UP_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Job:
    """What to write where, for how long, over how many connections at once."""

    database_url: str
    cluster: Path
    rounds: Sequence[StoredRound]
    seconds: float
    connections: int


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a job. `latencies_ms`: of each round, from its first statement to its commit. Processor time: the
    loop's own, and Postgres' meanwhile.
    """

    seconds: float
    latencies_ms: list[float]
    own_cpu_seconds: float
    postgres_cpu_seconds: float

    @property
    def count(self) -> int:
        """How many rounds were written."""
        return len(self.latencies_ms)

    @property
    def per_second(self) -> float:
        """The sustained rate."""
        return self.count / self.seconds


def write(job: Job) -> Written:
    """Do a job in a process of its own."""
    argv = [sys.executable, "-m", "bench.floor"]
    answer = subprocess.run(argv, cwd=CHECKOUT, input=pickle.dumps(job), stdout=subprocess.PIPE, check=True)
    return Written(**json.loads(answer.stdout))


def _run(job: Job) -> Written:
    with ExitStack() as stack, ThreadPoolExecutor(job.connections) as pool:
        writers = [_Writer(stack.enter_context(_connect(job)), job.rounds, n) for n in range(job.connections)]
        list(pool.map(_Writer.warm_up, writers))
        postgres = processes_in(job.cluster, "postgres")
        began, own_cpu, postgres_cpu = time.monotonic(), time.process_time(), cpu_seconds(postgres)
        latencies_ms = list(pool.map(lambda writer: writer.write_until(began + job.seconds), writers))
        return Written(
            time.monotonic() - began,
            [latency for mine in latencies_ms for latency in mine],
            time.process_time() - own_cpu,
            cpu_seconds(postgres) - postgres_cpu,
        )


def _connect(job: Job) -> psycopg.Connection[tuple[int]]:
    return psycopg.connect(job.database_url, cursor_factory=psycopg.RawCursor)


@dataclass(slots=True)
class _Writer:
    """One connection's share of the work."""

    connection: psycopg.Connection[tuple[int]]
    rounds: Sequence[StoredRound]
    writer: int
    written: int = 0

    def warm_up(self) -> None:
        """Prepare every statement and let Postgres settle on its plans."""
        for _ in range(_WARM_UP_ROUNDS):
            self._write_next()

    def write_until(self, ends: float) -> list[float]:
        """Write round after round until then (monotonic seconds); how long each took, in milliseconds."""
        latencies_ms = []
        while (began := time.monotonic()) < ends:
            self._write_next()
            latencies_ms.append((time.monotonic() - began) * 1000)
        return latencies_ms

    def _write_next(self) -> None:
        number = self.writer * _NUMBERS_PER_CONNECTION + self.written
        ids: dict[Fresh, int] = {}
        with self.connection.cursor() as cursor:
            for statement in self.rounds[(self.writer + self.written) % len(self.rounds)]:
                cursor.execute(statement.sql, statement.parameters(ids, number), prepare=True)
                if statement.returns is not None:
                    ((ids[statement.returns],),) = cursor.fetchall()
        self.connection.commit()
        self.written += 1


if __name__ == "__main__":
    print(json.dumps(asdict(_run(pickle.load(sys.stdin.buffer)))))
