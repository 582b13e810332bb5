"""The names players went by: of rounds that count, once for each, and gone with them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from ingest_api.services.gather_names import NameGathering
from tests.factories import a_player
from tests.integration.telling import (
    KAAMOS,
    MIDNIGHT,
    NORDIK,
    R1,
    R1_END,
    R1_START,
    R2,
    R2_START,
    Teller,
    told_by_reporter,
)

NAMES = "SELECT guid, alias, first_seen, last_seen, times_seen FROM player_aliases ORDER BY guid, alias"


@pytest.fixture
def told(engine):
    return Teller(engine).new_server()


@pytest.fixture
def names(engine):
    return NameGathering(engine)


def at(unix):
    return datetime.fromtimestamp(unix, UTC)


def known(told):
    return [tuple(row.values()) for row in told.rows(NAMES)]


def test_a_name_is_known_with_when_it_was_seen_and_in_how_many_rounds(told, names):
    told.tell(R1["report"], R2["report"])
    names.gather(MIDNIGHT)
    assert known(told) == [
        (KAAMOS[:8], "Kaamos", at(R1_START), at(R2_START), 2),
        (NORDIK[:8], "Nordik", at(R1_START), at(R2_START), 2),
    ]


def test_in_whatever_order_and_however_often_rounds_come_the_names_are_the_same(told, names, engine):
    told.tell(R1["report"], R2["report"], *R1.values(), *R2.values())
    names.gather(MIDNIGHT)
    once = known(told)
    told.tell(*reversed(R2.values()), *reversed(R1.values()))
    NameGathering(engine).gather(MIDNIGHT)
    assert known(told) == once
    assert {row[4] for row in once} == {2}


def test_a_second_name_of_a_player_is_a_name_of_his_too(told, names):
    renamed = [a_player(0, 2, guid=NORDIK, name="^1Other"), a_player(1, 1, guid=KAAMOS, name="Kaamos")]
    times = {"round_start_unix": R2_START, "elapsed_ms": 247_050, "limit_ms": 247_050, "next_limit_ms": None}
    told.tell(R1["report"], told_by_reporter(2, players=renamed, winner_team=1, exit_kind="timelimit", **times))
    names.gather(MIDNIGHT)
    assert [row[:2] for row in known(told)] == [
        (KAAMOS[:8], "Kaamos"),
        (NORDIK[:8], "Nordik"),
        (NORDIK[:8], "Other"),
    ]


def test_of_a_round_that_does_not_count_no_names_are_known(told, names):
    told.tell(
        told_by_reporter(1, round_start_unix=R1_START, round_end_unix=R1_END, elapsed_ms=20_000, exit_kind="aborted")
    )
    assert [row["is_valid"] for row in told.rows("SELECT is_valid FROM rounds")] == [False]
    names.gather(MIDNIGHT)
    assert known(told) == []


def test_names_are_looked_at_again_only_when_players_were_written_and_a_minute_has_passed(told, names):
    told.tell(R1["report"])
    looks = [names.gather(MIDNIGHT + timedelta(seconds=seconds)) for seconds in (0, 59, 60)]
    told.tell(R2["report"])
    looks += [names.gather(MIDNIGHT + timedelta(seconds=seconds)) for seconds in (61, 122)]
    assert looks == [2, 0, 0, 2, 0]


def test_names_of_a_round_that_is_gone_go_within_the_hour(told, names, engine):
    told.tell(R1["report"])
    names.gather(MIDNIGHT)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM player_comprehensive_stats"))
    assert names.gather(MIDNIGHT + timedelta(hours=1)) == 2
    assert known(told) == []
