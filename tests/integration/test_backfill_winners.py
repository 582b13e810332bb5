"""`roundwire backfill winners`, and what a round is concluded to be that was told without its sides."""

import json

import pytest

from tests.factories import a_report, a_second_report
from tests.integration.scored import a_match_of, only_scoring, settle

OK, FOUND = 0, 1
UNTOLD = {"winner_team": None, "defender_team": None}
SIDES = (
    "SELECT round_number, winner_team, defender_team, sides_source, score_confidence FROM rounds ORDER BY round_number"
)
TOLD_NOTHING = "UPDATE rounds SET winner_team = NULL, defender_team = NULL, score_confidence = 'missing', round_stopwatch_state = NULL"


def sides(door):
    return [tuple(row.values()) for row in door.rows(SIDES)]


def backfill(run, *words):
    status, out, _err = run("backfill", "winners", "--json", *words)
    return status, json.loads(out)


def test_a_round_without_sides_is_concluded_from_the_map_and_from_r2s_limit(door):
    """P47"""
    first, second = a_match_of(0)
    door.post(first | UNTOLD)
    door.post(second | UNTOLD)
    assert sides(door) == [(1, 2, 1, "known_map", "time_fallback"), (2, 2, 1, "known_map", "time_fallback")]
    settle(door)
    scoring = only_scoring(door)
    assert (scoring["score"], scoring["confidence"]) == ("1:0", "time_fallback")


def test_a_round_without_its_winner_is_concluded_from_whether_the_attackers_succeeded(door):
    """Case 12."""
    first, second = a_match_of(0)
    for report in (first | {"winner_team": None}, second | {"winner_team": None}):
        door.post(report)
    assert sides(door) == [(1, 2, 1, "outcome", "time_fallback"), (2, 2, 1, "outcome", "time_fallback")]


def test_a_round_of_which_nothing_is_known_keeps_its_sides_unknown(door):
    """P52"""
    door.post(a_report(map_name="nowhere", **UNTOLD, elapsed_ms=None, limit_ms=None, next_limit_ms=None))
    assert [row[1:3] for row in sides(door)] == [(None, None)]


@pytest.fixture
def forgotten(door):
    """A match whose sides an older version did not know what to do with."""
    for report in a_match_of(0):
        door.post(report)
    door.do(TOLD_NOTHING)
    return door


def test_by_default_it_is_only_said_what_would_be_written(forgotten, run):
    before = sides(forgotten)
    status, told = backfill(run)
    assert (status, told["is_applied"], told["scanned"], told["changed"]) == (OK, False, 2, 2)
    assert sides(forgotten) == before


@pytest.mark.usefixtures("forgotten")
def test_once_applied_there_is_nothing_left_to_do(run):
    status, told = backfill(run, "--apply")
    assert (status, told["changed"], told["unrecoverable"]) == (OK, 2, {})
    assert [(one["before"]["winner_team"], one["after"]["winner_team"]) for one in told["rounds"]] == [
        (None, 2),
        (None, 2),
    ]
    assert backfill(run, "--apply")[1]["scanned"] == 0


def test_what_cannot_be_settled_is_listed_with_why(door, run):
    door.post(a_report(map_name="nowhere", **UNTOLD, elapsed_ms=None, limit_ms=None, next_limit_ms=None))
    door.post(a_second_report(map_name="supply", **UNTOLD, elapsed_ms=None, limit_ms=None, r1=None))
    status, told = backfill(run, "--apply")
    assert (status, told["changed"]) == (FOUND, 0)
    assert told["unrecoverable"] == {"defender_unknown": 1, "outcome_unknown": 1}


def test_a_round_that_was_broken_off_has_no_winner_to_be_found(door, run):
    door.post(a_report(**UNTOLD, exit_kind="aborted", exit_line=None, end_reason_raw="map_restart"))
    assert backfill(run) == (OK, {"is_applied": False, "scanned": 0, "changed": 0, "unrecoverable": {}, "rounds": []})


def test_evidence_stays_as_it_came(forgotten, run):
    before = forgotten.rows("SELECT id, body, received_at FROM deliveries ORDER BY id")
    backfill(run, "--apply")
    assert forgotten.rows("SELECT id, body, received_at FROM deliveries ORDER BY id") == before


def test_for_people_each_round_is_told_before_and_after(forgotten, run):
    _status, out, _err = run("backfill", "winners", "--dry-run")
    assert "? won, ? defended, missing" in out
    assert "Allies won, Axis defended, verified_header" in out
    assert out.splitlines()[-1] == (
        "2 rounds without winner or defender: 2 would be written (--apply does it); still unknown: none."
    )
    assert len(sides(forgotten)) == 2
