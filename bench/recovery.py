"""How long the worker takes to bring home what was spooled while the database was away."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, pool, text

from bench.databases import ON_DISK
from bench.figures import Figure, Target
from bench.ground import SEEDED_ROUNDS, Ground
from bench.processes import cpu_seconds
from bench.reports import SERVERS, Reports, server_id
from bench.service import worker
from ingest_api.services.spool import DELIVERIES, Spool
from shared.db.engine import sqlalchemy_url
from shared.domain.spool_record import SpoolHead
from shared.domain.vocabulary import Kind, Outcome
from shared.ops.child_process import processes_in
from shared.ops.clock import utc_now
from shared.ops.spool_writer import segments

SPOOLED = 10_000
_NO_ID_YET = ""
_BOUND_BYTES = 1 << 30
_PATIENCE_SECONDS = 600
_SENDERS = 32
_MS_PER_SECOND = 1000
_BROUGHT = text("SELECT count(*) FROM drained_records WHERE outcome = 'accepted'")


def recovery(ground: Ground) -> list[Figure]:
    """From the start of the worker until everything is durable in the database and the spool is empty."""
    with ground.fresh_database() as url, TemporaryDirectory(prefix="roundwire-", dir=ON_DISK) as data:
        spool = Spool(Path(data), _BOUND_BYTES)
        _fill(spool, ground.since_unix)
        postgres = processes_in(ground.databases.cluster, "postgres")
        began, postgres_before = time.monotonic(), cpu_seconds(postgres)
        with worker(url, data) as pid:
            while segments(spool.folder, DELIVERIES):
                if time.monotonic() > began + _PATIENCE_SECONDS:
                    raise TimeoutError("the spool was not emptied")
                time.sleep(0.1)
            seconds, own_seconds = time.monotonic() - began, cpu_seconds([pid])
            postgres_seconds = cpu_seconds(processes_in(ground.databases.cluster, "postgres")) - postgres_before
        _check(url)
    return [
        Figure(f"{SPOOLED} spooled rounds brought home", seconds, "s", target=Target(60)),
        Figure("  processor time, worker", own_seconds * _MS_PER_SECOND / SPOOLED, "ms/round"),
        Figure("  processor time, Postgres", postgres_seconds * _MS_PER_SECOND / SPOOLED, "ms/round"),
    ]


def _fill(spool: Spool, since_unix: int) -> None:
    spool.prepare()
    reports, came_at = Reports(since_unix), utc_now()

    def keep(number: int) -> None:
        head = SpoolHead(
            _NO_ID_YET,
            came_at + timedelta(milliseconds=number),
            Outcome.SPOOLED,
            answer_code=202,
            server_id=server_id(number % SERVERS),
            kind=Kind.ROUND_REPORT,
            headers={},
        )
        spool.keep(head, reports.body(number))

    with ThreadPoolExecutor(_SENDERS) as senders:  # who comes at the same time shares a sync
        list(senders.map(keep, range(SEEDED_ROUNDS, SEEDED_ROUNDS + SPOOLED)))
    spool.close()


def _check(url: str) -> None:
    engine = create_engine(sqlalchemy_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        brought = connection.scalar(_BROUGHT)
    engine.dispose()
    if brought != SPOOLED:
        raise RuntimeError(f"{brought} of {SPOOLED} were brought home as new rounds")
