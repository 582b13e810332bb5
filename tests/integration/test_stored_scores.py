"""Scores as they are stored: worked out anew by any new evidence, the same whatever the order, one failing alone."""

import random

import pytest

from shared.db.scores import Scores
from shared.domain.match_score import score_match
from shared.domain.session_result import result_of
from shared.domain.session_score import score_session
from shared.domain.team_names import team_labels
from tests.factories import a_player
from tests.integration.scored import SWAPPED, a_match_of, only_scoring, settle
from tests.integration.session_rounds import NOW

SUPPLY = a_match_of(0)
RADAR = a_match_of(1, map_name="radar", r2_ms=None)


def test_an_evening_that_was_played_has_its_score(door):
    """P17"""
    for report in (*SUPPLY, *RADAR):
        door.post(report)
    settle(door)
    scoring = only_scoring(door)
    assert (scoring["score"], scoring["points_a"], scoring["points_b"]) == ("1:1", 2, 2)
    assert (scoring["confidence"], scoring["counted_maps"], scoring["warnings"]) == ("verified_header", 2, [])
    assert [entry["note"] for entry in scoring["maps"]] == [
        "R2 attackers 6:31 beat 7:36",
        "R2 attackers did not beat 7:36",
    ]


def test_a_match_that_lacks_its_r2_is_listed_and_scored_once_that_comes(door):
    """Case 14."""
    door.post(SUPPLY[0])
    settle(door)
    scoring = only_scoring(door)
    assert (scoring["available"], scoring["score"], scoring["confidence"]) == (False, None, "missing")
    assert [entry["reason"] for entry in scoring["maps"]] == ["r1_only"]
    door.post(SUPPLY[1])
    settle(door)
    assert only_scoring(door)["score"] == "1:0"


@pytest.mark.parametrize("seed", range(4))
def test_in_whatever_order_an_evening_arrives_it_has_one_score(door, seed):
    """P14, P26"""
    evening = [
        report for n in range(4) for report in a_match_of(n, map_name=f"map{n % 3}", r2_ms=[None, 391_250][n % 2])
    ]
    random.Random(seed).shuffle(evening)
    for report in evening:
        door.post(report)
        if seed % 2:
            settle(door)
    settle(door)
    scoring = only_scoring(door)
    assert (scoring["score"], [entry["map_name"] for entry in scoring["maps"]]) == (
        "2:2",
        ["map0", "map1", "map2", "map0"],
    )
    assert [entry["play_number"] for entry in scoring["maps"]] == [1, 1, 1, 2]


def test_nothing_is_due_once_everything_is_scored(door):
    for report in SUPPLY:
        door.post(report)
    settle(door)
    assert door.count("scores_due") == 0
    before = door.rows("SELECT * FROM matches") + door.rows("SELECT * FROM session_results")
    door.do("INSERT INTO scores_due (gaming_session_id) SELECT id FROM gaming_sessions")
    settle(door)
    assert door.rows("SELECT * FROM matches") + door.rows("SELECT * FROM session_results") == before


def test_the_teams_of_an_evening_are_stored_with_their_people(door):
    for report in SUPPLY:
        door.post(report)
    settle(door)
    teams = door.rows("SELECT * FROM session_teams ORDER BY team_slot")
    assert [(team["team_slot"], sorted(team["player_names"])) for team in teams] == [
        ("A", ["player0", "player2", "player4"]),
        ("B", ["player1", "player3", "player5"]),
    ]


def test_where_teams_did_not_swap_the_map_is_ambiguous_and_warned_of(door):
    """Case 21, P50."""
    first, second = SUPPLY
    door.post(first)
    door.post(second | {"players": first["players"]})
    settle(door)
    scoring = only_scoring(door)
    assert (scoring["available"], scoring["reason"]) == (False, "no_counted_maps")
    assert [(one["confidence"], one["reason"]) for one in scoring["warnings"]] == [("ambiguous", "no_swap")]


def test_the_score_follows_a_round_whose_people_become_known_later(door):
    first, second = SUPPLY
    for report in (first, second | {"players": [a_player(slot) for slot in range(6)], "sequence": 2}):
        door.post(report)
    settle(door)
    assert only_scoring(door)["available"] is False
    door.post(second | {"players": SWAPPED, "sequence": 3})
    settle(door)
    assert only_scoring(door)["score"] == "1:0"


def test_a_match_that_cannot_be_worked_out_is_missing_and_leaves_the_others_scored(door):
    """P18"""
    for report in (*SUPPLY, *RADAR):
        door.post(report)
    settle(door)

    def stumbling(match, teams, known):
        if match.map_name == "radar":
            raise ZeroDivisionError
        return score_match(match, teams, known)

    with door.engine.begin() as connection:
        grounds = Scores(connection).grounds(1)
        score = score_session(grounds.rounds, scorer=stumbling)
        labels = team_labels(score.teams)
        assert Scores(connection).write(grounds, score, result_of(score, labels), labels, NOW)
    scoring = only_scoring(door)
    assert [(one["map_name"], one["reason"]) for one in scoring["maps"]] == [
        ("supply", None),
        ("radar", "scoring_error"),
    ]
    assert (scoring["score"], list(score.failures)) == ("1:0", [scoring["maps"][1]["match_id"]])


def test_a_score_whose_grounds_changed_meanwhile_is_not_written(door):
    for report in SUPPLY:
        door.post(report)
    settle(door)
    with door.engine.connect() as connection:
        grounds = Scores(connection).grounds(1)
    score = score_session(grounds.rounds)
    labels = team_labels(score.teams)
    door.do("UPDATE rounds SET winner_team = 1, round_stopwatch_state = 'FULL_HOLD' WHERE round_number = 2")
    with door.engine.begin() as connection:
        assert not Scores(connection).write(grounds, score, result_of(score, labels), labels, NOW)


def test_when_sessions_become_one_there_is_one_score(door):
    far = a_match_of(4, map_name="radar", r2_ms=None)
    for report in (*SUPPLY, *far):
        door.post(report)
    settle(door)
    assert door.count("session_results") == 2
    for report in a_match_of(2, map_name="oasis"):
        door.post(report)
    settle(door)
    assert door.count("session_results") == 1
    assert only_scoring(door)["score"] == "2:1"
    assert {row["gaming_session_id"] for row in door.rows("SELECT gaming_session_id FROM matches")} == {
        row["gaming_session_id"] for row in door.rows("SELECT gaming_session_id FROM session_results")
    }


def test_what_is_wiped_of_scores_comes_back_from_the_evidence(door, run):
    """P14"""
    for report in (*SUPPLY, *RADAR):
        door.post(report)
    settle(door)
    kept = "SELECT to_jsonb(r) - 'id' AS row FROM {} r ORDER BY 1"
    stored = [door.rows(kept.format(table)) for table in ("session_results", "session_teams")]
    matches = door.rows("SELECT to_jsonb(m) - 'updated_at' AS row FROM matches m ORDER BY match_id")
    for table in ("matches", "session_results", "session_teams"):
        door.do(f"DELETE FROM {table}")
    assert run("replay")[0] == 0
    settle(door)
    assert [door.rows(kept.format(table)) for table in ("session_results", "session_teams")] == stored
    assert door.rows("SELECT to_jsonb(m) - 'updated_at' AS row FROM matches m ORDER BY match_id") == matches


def test_a_match_whose_r1_is_lost_is_scored_by_the_limit_that_its_map_is_known_for(door):
    """Case 29."""
    first, second = a_match_of(0, map_name="te_escape2", r2_ms=None)
    door.post(second | {"r1": None})
    settle(door)
    (entry,) = only_scoring(door)["maps"]
    assert (entry["rule"], entry["verdict"], entry["confidence"]) == ("r1_from_limit", "B", "time_fallback")
    door.post(first)
    settle(door)
    (entry,) = only_scoring(door)["maps"]
    assert (entry["rule"], entry["verdict"], entry["confidence"]) == ("header", "B", "verified_header")
