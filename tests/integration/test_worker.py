"""The worker's loop on a real database: one at a time, and patient with what a predecessor has left behind."""

import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from ingest_api.services.judging import Rules
from ingest_api.worker import run
from shared.db.engine import open_engine
from tests.factories import a_report
from tests.integration.outage import cut_off

PATIENCE_SECONDS = 20.0
_HOLDERS = """
    SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database
    WHERE locktype = 'advisory' AND granted AND datname = current_database()
"""


class Worker(threading.Thread):
    """The loop on a thread of its own, with connections of its own."""

    def __init__(self, database_url, patience_seconds=PATIENCE_SECONDS):
        super().__init__()
        self.stop, self.status, self._patience_seconds = threading.Event(), None, patience_seconds
        self.engine = open_engine(database_url, "worker", pool_size=2)

    def run(self):
        self.status = run(self.engine, Rules(), self.stop, self._patience_seconds)
        self.engine.dispose()

    def end(self):
        self.stop.set()
        self.join()
        return self.status


@contextmanager
def working(database_url, **options):
    worker = Worker(database_url, **options)
    worker.start()
    yield worker
    worker.end()


def holders(engine):
    with engine.connect() as connection:
        return list(connection.execute(text(_HOLDERS)).scalars())


def wait_until(condition):
    patience_ends = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < patience_ends, "it never came to pass"
        time.sleep(0.02)


@pytest.fixture
def predecessor(database_url, engine):
    """A worker that is at work."""
    with working(database_url) as worker:
        wait_until(lambda: holders(engine))
        yield worker


@pytest.mark.usefixtures("predecessor")
def test_a_second_worker_refuses_to_start(database_url, capsys):
    with working(database_url, patience_seconds=0.0) as second:
        second.join(PATIENCE_SECONDS)

    assert second.status == 78
    assert capsys.readouterr().err.endswith("roundwire: Another worker is at work on this database.\n")


def test_a_worker_waits_for_a_lock_that_a_dead_one_still_holds(database_url, engine, predecessor):
    before = holders(engine)
    with working(database_url):
        time.sleep(0.5)
        predecessor.end()

        wait_until(lambda: holders(engine) not in ([], before))


@pytest.mark.usefixtures("predecessor")
def test_a_worker_that_waits_for_the_lock_can_be_stopped(database_url):
    with working(database_url) as second:
        time.sleep(0.5)

        assert second.end() == 0


def test_a_worker_outlives_a_database_that_throws_everybody_out(postgres_url, engine, predecessor):
    cut_off(postgres_url, engine)
    time.sleep(0.5)

    assert predecessor.end() == 0


@pytest.mark.usefixtures("predecessor")
def test_a_worker_puts_every_round_into_its_session(door):
    answer = door.post(a_report())

    wait_until(lambda: door.round(answer)["gaming_session_id"] is not None)
    assert door.round(answer)["play_number"] == 1
