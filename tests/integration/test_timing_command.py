"""`roundwire timing`: what sources say of times, joined by round_id alone."""

import csv
import json

import pytest
from sqlalchemy import text

from ingest_api.services.assign_sessions import SessionAssignment
from shared.db.timing import round_times
from shared.domain.round_times import NO_LUA_DATA
from tests.integration.session_rounds import NOW, UTC
from tests.integration.telling import R1, R2, Teller, told_by_reporter

OK, FOUND, FAILED = 0, 1, 2


@pytest.fixture
def teller(engine):
    return Teller(engine)


def ids_of(told):
    return [row["id"] for row in told.rows("SELECT id FROM rounds WHERE server_id = :server_id ORDER BY round_number")]


def times_of(engine, *round_ids):
    with engine.connect() as connection:
        return round_times(connection, round_ids).rounds


def assign(engine):
    assignment = SessionAssignment(engine, UTC)
    while assignment.assign(NOW):
        pass


def answer(run, *words):
    status, out, _ = run("timing", *words, "--json")
    return status, json.loads(out)


def test_a_round_is_told_by_lua_and_by_its_file(run, teller):
    told = teller.new_server()
    told.tell(R1["report"], R1["stats"])
    (round_id,) = ids_of(told)
    status, found = answer(run, "round", round_id)

    assert (status, found["timing"]["lua_data"], found["timing"]["stats_source"]) == (OK, None, "field9")
    assert found["timing"]["quantities"]["duration"] == {"value": 247.05, "source": "lua", "divergence": "aligned"}
    assert found["view"]["title"] == "TIMING DEBUG: etl_frostbite R1"
    assert [part["name"] for part in found["view"]["parts"]] == ["Round", "Stats File", "Lua", "File Stamp", "Analysis"]


def test_what_holds_in_a_view_is_what_was_judged(engine, teller):
    told = teller.new_server()
    told.tell(*R1.values(), *R2.values())
    for one in times_of(engine, *ids_of(told)):
        held = one.timing().duration
        assert (held.value, held.source) == (one.duration_ms / 1000, one.duration_source)


def test_a_round_is_found_by_its_fingerprint_and_shown_to_people(run, teller):
    told = teller.new_server()
    told.tell(R1["report"])
    (row,) = told.rows("SELECT round_fingerprint FROM rounds WHERE server_id = :server_id")
    status, out, _ = run("timing", "round", row["round_fingerprint"])

    assert status == OK
    assert "TIMING DEBUG: etl_frostbite R1" in out
    assert "no stats file yet to compare with" in out


@pytest.mark.parametrize(
    "words", [("round", "9999"), ("round", "rf1:1:x"), ("session", "77"), ("session", "2020-01-01")]
)
def test_what_does_not_exist_is_said_in_one_sentence(run, words):
    status, _, said = run("timing", *words)

    assert (status, len(said.splitlines())) == (FAILED, 1)


def test_lua_data_of_another_round_is_never_this_rounds(engine, teller):
    """P10, P35: no match, no nearness in time."""
    told = teller.new_server()
    told.tell(R1["stats"], R2["report"])
    first, second = times_of(engine, *ids_of(told))

    assert (first.lua, first.lua_state) == (None, NO_LUA_DATA)
    assert second.lua is not None


def test_lua_data_that_waits_for_this_round_is_offered_with_its_reason(engine, teller):
    """P10"""
    told = teller.new_server()
    told.tell(R1["stats"])
    with engine.begin() as connection:
        connection.execute(
            text("""
            INSERT INTO lua_round_teams (delivery_id, round_number, map_name, source, round_start_unix, link_reason, captured_at)
            SELECT d.id, 1, 'etl_frostbite', 'stats_ready', 1770159309 - 1200, 'ambiguous_tie', d.received_at
            FROM deliveries d LIMIT 1""")
        )
    (one,) = times_of(engine, *ids_of(told))

    assert one.lua_state == "LUA DATA NOT LINKED (ambiguous_tie)"
    assert (one.unlinked.apart_seconds, one.unlinked.link_grade) == (1200, "medium")


def test_a_session_lists_every_round_with_its_mark(run, engine, teller, tmp_path):
    told = teller.new_server()
    told.tell(R1["report"], R1["stats"], R2["stats"])
    assign(engine)
    (session,) = told.rows("SELECT DISTINCT gaming_session_id AS id FROM rounds WHERE server_id = :server_id")
    status, found = answer(run, "session", session["id"], "--csv", tmp_path / "rows.csv")

    assert status == OK
    assert [(row["round_number"], row["lua"], row["mark"]) for row in found["rounds"]] == [
        (1, "linked", "≈"),
        (2, NO_LUA_DATA, "⚠"),
    ]
    assert (found["summary"]["rounds_with_lua"], found["summary"]["rounds"]) == (1, 2)
    with (tmp_path / "rows.csv").open() as written:
        assert [row["mark"] for row in csv.DictReader(written)] == ["≈", "⚠"]


def test_old_and_new_dead_time_are_the_files_and_luas_whoever_counts_the_player(engine, teller):
    told = teller.new_server()
    told.tell(R1["report"], R1["stats"])
    (one,) = times_of(engine, *ids_of(told))
    alone = teller.new_server("alone")
    alone.tell(R1["stats"])
    (by_file,) = times_of(engine, *ids_of(alone))
    old = {player.guid: player.dead_ms for player in by_file.players}

    assert {player.guid: player.dead_ms for player in one.players} == old
    assert {player.lua_dead_ms for player in one.players} == {56_000}


def test_the_gate_is_met_while_every_round_has_spawn_statistics(run, teller, tmp_path):
    teller.new_server().tell(R1["report"], R1["stats"], R2["report"], R2["stats"])
    status, found = answer(run, "shadow", "--csv", tmp_path / "shadow.csv")

    assert (status, found["is_met"], found["coverage_pct"]) == (OK, True, 100.0)
    assert len(found["top"]) == 4
    with (tmp_path / "shadow.csv").open() as written:
        assert len(list(csv.DictReader(written))) == 4


def test_the_gate_is_not_met_when_rounds_lack_them_and_says_which(run, teller):
    covered, bare = teller.new_server(), teller.new_server()
    covered.tell(R1["report"], R1["stats"])
    bare.tell(R1["stats"])
    status, found = answer(run, "shadow", "--gate", "80")

    assert (status, found["is_met"], found["uncovered"]) == (FOUND, False, ids_of(bare))
    assert found["reasons"] == {"lua_missing_for_round": 2}
    assert answer(run, "shadow", "--server", "srv1")[0] == OK


def test_rounds_before_an_instant_are_left_out_of_the_comparison(run, teller):
    teller.new_server().tell(told_by_reporter(1))

    assert answer(run, "shadow", "--since", "2026-02-04T12:00")[1]["rounds"] == 0


def test_people_read_the_gate_in_words(run, teller):
    teller.new_server().tell(R1["report"], R1["stats"])
    status, out, _ = run("timing", "shadow")

    assert status == OK
    assert "1 round, 1 with spawn statistics: 100.0 %." in out
    assert "The gate of 80 % is met" in out
