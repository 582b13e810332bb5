"""A round as the API tells it: by any of its names, unknown as null, sides also in words."""

import json
from pathlib import Path

import pytest

from tests.factories import R1_END, R1_START, a_player, a_report, a_second_report

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "round_report.json"
KEYS = """
    round_id round_fingerprint fingerprint_tier aliases match_id gaming_session_id server_id map_name play_number
    round_number round_start_unix round_end_unix actual_duration_seconds limit_seconds total_pause_seconds winner_team
    defender_team winner_label defender_label end_reason exit_kind end_reason_raw display_outcome round_stopwatch_state
    time_to_beat_seconds next_timelimit_minutes next_timelimit_seconds confidence round_status is_valid invalid_reason
    ingest_state link_status timing players awards sources
""".split()


def test_an_answer_leads_to_its_round(door):
    answer = door.post(a_report())
    found = door.client.get("/api" + answer.headers["location"])
    assert (found.status_code, found.json()["round_id"]) == (200, answer.json()["round_id"])


def test_a_round_is_found_by_every_name_it_has(door):
    told = door.client.get("/api" + door.post(a_report()).headers["location"]).json()
    names = [*told["aliases"], str(told["round_id"])]
    assert len(names) > 2
    assert [door.client.get(f"/api/rounds/{name}").json() for name in names] == [told] * len(names)


def test_a_round_is_told_with_every_key(door):
    told = door.client.get("/api" + door.post(a_report()).headers["location"]).json()
    assert set(KEYS) <= set(told)


def test_a_round_is_told_as_it_was_judged(door):
    told = door.client.get("/api" + door.post(a_report()).headers["location"]).json()
    assert (told["map_name"], told["round_number"], told["server_id"]) == ("supply", 1, "srv1")
    assert (told["round_start_unix"], told["round_end_unix"]) == (R1_START, R1_END)
    assert (told["actual_duration_seconds"], told["limit_seconds"]) == (456.0, 720.0)
    assert (told["winner_team"], told["winner_label"]) == (2, "Allies")
    assert (told["defender_team"], told["defender_label"]) == (1, "Axis")
    assert (told["display_outcome"], told["round_stopwatch_state"]) == ("TIME_SET", "TIME_SET")
    assert (told["confidence"], told["is_valid"]) == ("verified_header", True)


def test_what_no_source_told_is_null(door):
    untold = {"map_name": "nowhere", "winner_team": 0, "defender_team": None, "limit_ms": None, "next_limit_ms": None}
    told = door.client.get("/api" + door.post(a_report(**untold)).headers["location"]).json()
    assert (told["winner_team"], told["winner_label"], told["defender_label"]) == (None, None, None)
    assert (told["gaming_session_id"], told["awards"], told["timing"]["header_clock_seconds"]) == (None, None, None)


def test_players_are_told_by_side_and_kills(door):
    players = [a_player(0), a_player(1), a_player(2, name="^1<img onerror=x>")]
    told = door.client.get("/api" + door.post(a_report(players=players)).headers["location"]).json()
    assert [player["side_label"] for player in told["players"]] == ["Axis", "Axis", "Allies"]
    hostile = next(player for player in told["players"] if player["raw_name"] == "^1<img onerror=x>")
    assert (hostile["name"], hostile["kills"], hostile["headshots"]) == ("<img onerror=x>", 10, None)


def test_every_event_that_told_of_it_is_a_source(door):
    door.post(a_report())
    answer = door.post(a_report(sequence=2, weather="fog"))
    told = door.client.get("/api" + answer.headers["location"]).json()
    assert [source["source"] for source in told["sources"]] == ["stats_ready", "stats_ready"]
    assert [source["is_believed"] for source in told["sources"]] == [False, True]


def test_both_halves_bear_their_matchs_name(door):
    halves = [door.post(a_report()), door.post(a_second_report())]
    told = [door.client.get("/api" + half.headers["location"]).json()["match_id"] for half in halves]
    assert told[0] == told[1]


@pytest.mark.parametrize("name", ["rf1:1:nobody", "999999", "9" * 40, "²", "a%00b", "x" * 5_000, "%F0%9F%92%A9"])
def test_a_name_nobody_has_is_not_found(door, name):
    answer = door.client.get(f"/api/rounds/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_who_has_it_already_is_not_sent_it_again(door):
    where = "/api" + door.post(a_report()).headers["location"]
    etag = door.client.get(where).headers["etag"]
    assert door.client.get(where, headers={"If-None-Match": etag}).status_code == 304


def test_the_published_schema_is_the_contracts(door):
    answer = door.client.get("/v1/schemas/round_report.json")
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json() == json.loads(SCHEMA.read_text(encoding="utf-8"))
