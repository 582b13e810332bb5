"""What is bound to which round, checked: `roundwire audit linkage`, `backfill links`, and diagnostics."""

import json
from datetime import UTC

import pytest
from sqlalchemy import text

from ingest_api.cli import backfill_links
from ingest_api.services.assign_sessions import SessionAssignment
from ingest_api.services.complete_matches import tell_completeness
from ingest_api.services.relink import relink_all
from ingest_api.services.score_sessions import ScoreKeeping
from tests.integration.telling import R1, R2, Teller, Voice

OK, FOUND = 0, 1
LATE = Voice(R1["endstats"].kind, R1["endstats"].body, R1["endstats"].filename.replace("235514", "235814"))


@pytest.fixture
def told(engine):
    server = Teller(engine).new_server()
    server.tell(R1["report"], R2["report"], R1["stats"], R2["stats"])
    return server


def do(told, statement):
    with told.engine.begin() as connection:
        connection.execute(text(statement))


def audit(run, *words):
    status, out, _ = run("audit", "linkage", "--json", *words)
    return status, json.loads(out)


@pytest.mark.usefixtures("told")
def test_what_is_bound_rightly_breaks_no_rule(run):
    status, found = audit(run, "--fail-on-breach")
    assert (status, found["ok"], found["breaches"]) == (OK, True, {})
    assert (found["metrics"]["lua_rows"], found["metrics"]["unlinked_ratio"]) == (2, 0)


def test_nothing_to_link_is_no_ratio(run):
    """P73"""
    assert audit(run)[1]["metrics"]["unlinked_ratio"] is None


@pytest.mark.parametrize(
    ("statement", "breach"),
    [
        ("UPDATE lua_round_teams SET round_id = NULL, match_id = NULL WHERE round_number = 1", "unlinked_ratio"),
        (
            "UPDATE lua_round_teams SET round_start_unix = round_start_unix - 300, round_end_unix = round_end_unix - 300",
            "lua_row_of_another_start",
        ),
        ("UPDATE lua_round_teams SET map_name = 'radar'", "map_mismatch"),
        ("UPDATE lua_round_teams SET round_number = 3 - round_number", "round_number_mismatch"),
        ("UPDATE rounds SET map_name = 'radar' WHERE round_number = 2", "match_halves_on_different_maps"),
    ],
)
def test_each_broken_rule_is_named_and_decides_the_status_only_when_asked(run, told, statement, breach):
    do(told, statement)
    assert breach in audit(run)[1]["breaches"]
    assert [audit(run)[0], audit(run, "--fail-on-breach")[0]] == [OK, FOUND]


def test_a_file_whose_round_nobody_told_of_for_ten_minutes_is_named_with_its_word(run, told):
    told.tell(LATE)
    (alone,) = audit(run)[1]["seen_alone"]
    assert (alone["incident"], alone["filename"]) == ("round_seen_only_by_filename_trigger", LATE.filename)


def test_diagnostics_tell_the_same_over_http(door):
    server = Teller(door.engine).new_server("other")
    server.tell(R1["report"], LATE)
    answer = door.client.get("/diagnostics/round-linkage").json()
    assert (answer["ok"], answer["breaches"], answer["errors"]) == (True, {}, [])
    assert answer["waiting"] == {"all_candidates_outside_window": 1}
    assert [one["incident"] for one in answer["seen_alone"]] == ["round_seen_only_by_filename_trigger"]


def test_a_match_says_how_complete_it_is(told):
    """P69"""
    told.tell(R1["endstats"], R1["gametime"], R1["proximity"])
    SessionAssignment(told.engine, UTC).assign(told.now)
    ScoreKeeping(told.engine).keep(told.now)
    assert tell_completeness(told.engine, told.now) == 1
    assert told.rows("SELECT completeness_pct, status FROM matches") == [{"completeness_pct": 90, "status": "complete"}]
    assert tell_completeness(told.engine, told.now) == 0


def test_a_backfill_of_links_counts_what_it_scanned_updated_and_left_and_does_it_once(told):
    told.tell(LATE)
    do(told, "UPDATE rounds SET round_end_unix = round_end_unix + 180 WHERE round_number = 1")
    found = [
        backfill_links.summary(list(relink_all(told.engine, told.now, is_applied=is_applied)), is_applied=is_applied)
        for is_applied in (False, True, True)
    ]
    assert [(one["scanned"], one["updated"], one["still_unlinked"]) for one in found] == [
        (1, 1, {}),
        (1, 1, {}),
        (0, 0, {}),
    ]
