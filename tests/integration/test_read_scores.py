"""Scores over HTTP: the same numbers wherever they are asked for, each with its confidence."""

import json

import pytest

from shared.db.session_scores import SessionScores
from tests.integration.scored_evening import EVENING, play_evening
from tests.integration.session_rounds import assigned


def got(door, path):
    answer = door.client.get(path)
    assert answer.status_code == 200
    return answer.json()


def every_score(told, path=""):
    """Every object in an answer that holds a score."""
    if isinstance(told, dict):
        if {"winner_team", "rule", "map_wins_a", "scores", "round_stopwatch_state"} & set(told):
            yield path, told
        for key, value in told.items():
            yield from every_score(value, f"{path}/{key}")
    elif isinstance(told, list):
        for place, value in enumerate(told):
            yield from every_score(value, f"{path}/{place}")


def test_a_session_tells_its_score_with_its_confidence(door):
    play_evening(door)
    scoring = got(door, f"/api/sessions/{EVENING}")["scoring"]
    assert (scoring["score"], scoring["points_a"], scoring["points_b"]) == ("1:1", 2, 2)
    assert (scoring["confidence"], scoring["winning_team"], scoring["counted_maps"]) == ("verified_header", 0, 2)


def test_a_session_tells_each_match_with_its_rounds_attempts_included(door):
    first, second, attempt, third, fourth = play_evening(door)
    matches = got(door, f"/api/sessions/{EVENING}")["matches"]
    assert [(one["map_name"], one["verdict"]) for one in matches] == [("supply", "A"), ("radar", "B")]
    rounds = [[(row["round_id"], row["round_status"]) for row in one["rounds"]] for one in matches]
    assert rounds[0] == [(first, "completed"), (second, "completed")]
    assert rounds[1][-2:] == [(third, "completed"), (fourth, "completed")]
    others = got(door, f"/api/sessions/{EVENING}")["other_rounds"]
    assert attempt in {row["round_id"] for row in others} | {row[0] for row in rounds[1]}


def test_a_session_counts_what_counts_and_names_what_does_not(door):
    play_evening(door)
    told = got(door, f"/api/sessions/{EVENING}")
    assert (told["total_rounds"], told["rounds_not_counted"], told["maps_played"]) == (4, 1, 2)
    assert told["map_counts"] == {"supply": 1, "radar": 1}


def test_everybody_stands_on_the_leaderboard_with_his_team(door):
    play_evening(door)
    told = got(door, f"/api/sessions/{EVENING}")
    assert told["player_count"] == 4
    assert sorted(one["team"] for one in told["leaderboard"]) == ["A", "A", "B", "B"]
    assert {one["kills"] for one in told["leaderboard"]} == {40}


def test_list_session_page_and_command_line_tell_the_score_that_is_stored(door, run):
    """P43: one function worked it out, and nobody adds anything up again."""
    play_evening(door)
    listed = got(door, "/api/sessions")["sessions"][0]
    scoring = got(door, f"/api/sessions/{EVENING}")["scoring"]
    with door.engine.connect() as connection:
        stored = SessionScores(connection).scoring(listed["session_id"])
    keys = ["map_wins_a", "map_wins_b", "points_a", "points_b", "draws", "confidence", "winning_team"]
    assert [listed[key] for key in keys] == [scoring[key] for key in keys] == [stored[key] for key in keys]
    assert (listed["scores"], listed["team_1_name"]) == (scoring["score"], scoring["team_a"])
    _status, said, _errors = run("session", "show", EVENING, "--json")
    commanded = json.loads(said)["scoring"]
    assert [commanded[key] for key in keys] == [scoring[key] for key in keys]
    html = door.client.get(f"/sessions/{EVENING}").text
    assert f'{scoring["map_wins_a"]}<span aria-hidden="true">:</span>{scoring["map_wins_b"]}</p>' in html


def test_the_debug_list_says_how_each_verdict_was_reached(door):
    play_evening(door)
    maps = got(door, f"/api/sessions/{EVENING}/scoring")["maps"]
    assert [(one["map_name"], one["rule"], one["confidence"], one["counted"]) for one in maps] == [
        ("supply", "header", "verified_header", True),
        ("radar", "header", "verified_header", True),
    ]
    assert all(one["note"] for one in maps)


def test_a_session_that_is_not_scored_yet_says_so_and_shows_no_score(door):
    assigned(door, 0)
    told = got(door, f"/api/sessions/{EVENING}")
    assert told["scoring"] == {"available": False, "reason": "not_scored_yet", "confidence": "missing"}
    assert len(told["other_rounds"]) == 1


def test_a_match_tells_its_verdict_and_all_of_its_rounds(door):
    first, second, *_ = play_evening(door)
    match_id = got(door, f"/api/rounds/{first}")["match_id"]
    told = got(door, f"/api/matches/{match_id}")
    assert (told["verdict"], told["rule"], told["confidence"], told["map_wins"], told["points"]) == (
        "A",
        "header",
        "verified_header",
        [1, 0],
        [2, 0],
    )
    assert [one["round_id"] for one in told["rounds"]] == [first, second]
    assert [team["team"] for team in told["teams"]] == ["A", "B"]


def test_a_match_that_is_not_scored_yet_shows_its_rounds_and_no_score(door):
    (round_id,) = assigned(door, 0)
    match_id = got(door, f"/api/rounds/{round_id}")["match_id"]
    told = got(door, f"/api/matches/{match_id}")
    assert (told["verdict"], told["reason"], told["confidence"], told["points"]) == (
        "none",
        "not_scored_yet",
        "missing",
        None,
    )


@pytest.mark.parametrize("name", ["m1:srv1:supply:s1", "x", "a/b/c"])
def test_a_match_nobody_played_is_not_found(door, name):
    answer = door.client.get(f"/api/matches/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_no_score_stands_anywhere_without_its_confidence(door):
    first, *_ = play_evening(door)
    match_id = got(door, f"/api/rounds/{first}")["match_id"]
    guid = got(door, f"/api/rounds/{first}")["players"][0]["guid"]
    paths = [
        "/api/rounds",
        f"/api/rounds/{first}",
        f"/api/rounds/{first}/why",
        f"/api/matches/{match_id}",
        "/api/sessions",
        f"/api/sessions/{EVENING}",
        f"/api/sessions/{EVENING}/scoring",
        f"/api/players/{guid}",
    ]
    found = [(path + where, told) for path in paths for where, told in every_score(got(door, path))]
    assert len(found) > len(paths)
    assert [where for where, told in found if not told.get("confidence")] == []


def test_a_part_of_a_session_that_cannot_be_read_is_null_and_named(door):
    play_evening(door)
    door.do("ALTER TABLE session_teams RENAME TO elsewhere")
    told = got(door, f"/api/sessions/{EVENING}")
    assert (told["teams"], told["status"]) == (None, "warning")
    assert told["errors"] == [{"section": "teams", "code": "section_failed"}]
    assert told["scoring"]["score"] == "1:1"


def test_a_sessions_times_are_told_round_by_round_with_their_sources(door):
    play_evening(door)
    told = got(door, f"/api/sessions/{EVENING}/timing")
    first = told["rounds"][0]
    assert (first["map_name"], first["duration_source"], first["link_status"]) == ("supply", "lua", "linked")
    assert first["round_fingerprint"]
    assert told["summary"]["rounds_with_lua"] == told["summary"]["rounds"]


def test_a_rounds_times_are_resolved_with_source_and_divergence(door):
    first, *_ = play_evening(door)
    timing = got(door, f"/api/rounds/{first}")["timing"]
    assert (timing["actual_duration_seconds"], timing["duration_source"]) == (456.0, "lua")
    assert timing["quantities"]["duration"] == {"value": 456.0, "source": "lua", "divergence": "single"}
    assert (timing["lua_data"], timing["link_status"]) == (None, "linked")
