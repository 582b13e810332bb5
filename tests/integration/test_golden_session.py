"""The golden evening over the real door, into the tables, and out again: 7:4, never 11:11."""

import random

import pytest

from tests.golden_evening import EVENING
from tests.integration.scored import a_match_of, only_scoring, scorings, settle
from tests.played import clock_ms

APART_SECONDS = 2_400
UNTOLD = {"winner_team": None, "defender_team": None}


def evening(**changes):
    reports = []
    for number, (map_name, _play, limit, first, second, _winner) in enumerate(EVENING):
        match = a_match_of(
            number,
            map_name=map_name,
            limit_ms=clock_ms(limit),
            r1_ms=first and clock_ms(first),
            r2_ms=second and clock_ms(second),
            every_seconds=APART_SECONDS,
        )
        reports += [report | changes for report in match]
    return reports


def played(door, reports, seed=2):
    random.Random(seed).shuffle(reports)
    for report in reports:
        assert door.post(report).status_code == 201
    settle(door)
    return only_scoring(door)


def test_the_evening_is_stored_as_7_to_4(door):
    """P16, P17: it goes on after midnight."""
    scoring = played(door, evening())
    assert (scoring["map_wins_a"], scoring["map_wins_b"], scoring["draws"]) == (4, 7, 0)
    assert (scoring["points_a"], scoring["points_b"], scoring["winning_team"]) == (8, 14, 2)
    assert (scoring["score"], scoring["confidence"]) == ("4:7", "verified_header")
    assert [(one["map_name"], one["play_number"], one["verdict"]) for one in scoring["maps"]] == [
        (row[0], row[1], row[5]) for row in EVENING
    ]


def test_without_any_side_the_evening_is_the_same_where_the_maps_are_known(door):
    """P47: two of its maps are in no table, and nobody saw them defended."""
    scoring = played(door, evening(**UNTOLD))
    unknown = {"etl_sp_delivery", "et_brewdog"}
    assert [(one["verdict"], one["confidence"]) for one in scoring["maps"]] == [
        ("none", "ambiguous") if row[0] in unknown else (row[5], "time_fallback") for row in EVENING
    ]
    assert {one["reason"] for one in scoring["maps"] if not one["counted"]} == {"defender_unknown"}


def test_two_servers_at_the_same_time_are_two_evenings(door):
    """P54"""
    other = door.register("srv2")
    for report in evening()[:4]:
        door.post(report)
        door.post(report | {"winner_team": report["defender_team"]}, token=other)
    settle(door)
    first, second = scorings(door).values()
    assert {first["score"], second["score"]} == {"1:1", "0:0"}
    assert {one["server_id"] for one in door.rows("SELECT server_id FROM matches")} == {"srv1", "srv2"}


@pytest.mark.parametrize("made", [{"is_bot": True}, {"side": 3}])
def test_rounds_of_bots_and_of_nobody_are_part_of_no_score(door, made):
    """P41, P76"""
    reports = evening()[:2]
    for report in reports:
        door.post(report | {"players": [player | made for player in report["players"]]})
    settle(door)
    assert all(scoring["maps"] == [] for scoring in scorings(door).values())
    assert door.count("rounds") == 2
