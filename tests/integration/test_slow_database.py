"""A database that does not answer is not waited for without end, and what it may have done meanwhile counts once."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from ingest_api.services import reception
from shared.db.engine import open_engine
from shared.db.patience import be_patient
from tests.factories import a_report
from tests.integration.ingesting import opened_door
from tests.integration.test_draining import drain
from tests.integration.test_spooling import known_to, spooled


@pytest.fixture
def impatient(database_url):
    engine = open_engine(database_url, "tests", pool_size=1)
    be_patient(engine, 0.3)
    yield engine
    engine.dispose()


def test_a_statement_that_takes_too_long_is_given_up_and_its_connection_with_it(impatient):
    with impatient.connect() as connection, pytest.raises(OperationalError) as failure:
        connection.execute(text("SELECT pg_sleep(60)"))
    assert failure.value.connection_invalidated
    with impatient.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def test_who_has_used_up_the_patience_is_not_waited_for_again(impatient):
    with impatient.connect() as connection:
        connection.connection.driver_connection.seconds_left = -2
        with pytest.raises(OperationalError, match="too long"):
            connection.execute(text("SELECT 1"))


def test_every_use_begins_with_all_of_the_patience(impatient):
    with impatient.connect() as connection:
        connection.connection.driver_connection.seconds_left = 0.1
    with impatient.connect() as connection:
        assert connection.connection.driver_connection.seconds_left == 0.3


def test_while_the_database_is_known_to_be_away_no_connection_is_tried(database_url):
    engine = open_engine(database_url, "tests", pool_size=1)
    is_away = [True]
    be_patient(engine, 5, lambda: is_away[0])
    with pytest.raises(OperationalError, match="known to be away"):
        engine.connect()
    is_away[0] = False
    engine.connect().close()
    engine.dispose()


def test_what_the_database_is_too_slow_for_is_spooled_and_comes_home_once(engine, database_url, monkeypatch):
    monkeypatch.setattr(reception, "PATIENCE_SECONDS", 0.5)
    with opened_door(engine, database_url) as door:
        known_to(door)
        with engine.connect() as holder:
            holder.execute(text("LOCK TABLE deliveries"))
            answer = door.post(a_report())
            holder.rollback()
        assert (answer.status_code, answer.json()["outcome"]) == (202, "spooled")
        assert [head.may_be_stored for head in spooled(door)] == [True]
        drain(engine, door.data)
        while spooled(door) and not door.count("drained_records"):
            drain(engine, door.data)
        assert (door.count("deliveries"), door.outcomes()) == (1, {"spooled": 1})
