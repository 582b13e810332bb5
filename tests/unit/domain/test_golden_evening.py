"""The evening of 2026-02-02, which its players counted 7:4 and an older pipeline showed as 11:11. The times are invented."""

import random

import pytest

from shared.domain.attribution import KnownMap
from shared.domain.session_score import score_session
from shared.domain.vocabulary import Confidence, ExitKind, Side, TeamSlot, Verdict
from tests.golden_evening import EVENING
from tests.played import ALLIES, AXIS, EVENING_UNIX, a_match, clock_ms

TEAM_A, TEAM_B = ("vid", "SuperBoyy", "vektor"), ("bronze", "endekk", "oly")
PEOPLE_R1 = {"axis": TEAM_A, "allies": TEAM_B}
PEOPLE_R2 = {"axis": TEAM_B, "allies": TEAM_A}


def as_told_by_headers(limit, first, second):
    """Winner and defender of both rounds; the defender is Axis in all of them, as the files of that evening say."""
    to_beat = first or limit
    one = {"limit_ms": clock_ms(limit)} | _attack(first)
    two = {"limit_ms": clock_ms(to_beat)} | _attack(second)
    return one | PEOPLE_R1, two | PEOPLE_R2


def _attack(time):
    if time is None:
        return {"winner": AXIS, "exit_kind": ExitKind.TIMELIMIT}
    return {"winner": ALLIES, "elapsed_ms": clock_ms(time)}


def as_told_by_clocks(limit, first, second):
    """Neither winner nor defender, only limits and the header's clocks, which are the targets and no durations."""
    untold = {"winner": None, "defender": None, "exit_kind": ExitKind.UNKNOWN, "has_exit_line": False}
    to_beat = first or limit
    one = untold | {"limit_ms": clock_ms(limit), "header_clock_ms": clock_ms(to_beat)}
    two = untold | {"limit_ms": clock_ms(to_beat), "header_clock_ms": clock_ms(second or to_beat)}
    return one | PEOPLE_R1, two | PEOPLE_R2


def as_told_by_clocks_alone(limit, first, second):
    one, two = as_told_by_clocks(limit, first, second)
    return one | {"limit_ms": None}, two | {"limit_ms": None}


def evening(tell):
    rounds = []
    for number, (map_name, play_number, limit, first, second, _winner) in enumerate(EVENING):
        one, two = tell(limit, first, second)
        began_unix = EVENING_UNIX + number * 2_000
        rounds += a_match(one, two, map_name=map_name, play_number=play_number, began_unix=began_unix)
    return rounds


def test_the_evening_was_7_to_4():
    """P17"""
    score = score_session(evening(as_told_by_headers))
    assert (score.map_wins, score.points, score.draws) == ((4, 7), (8, 14), 0)
    assert score.confidence is Confidence.VERIFIED_HEADER
    assert score.winner is TeamSlot.B


def test_every_map_of_the_evening_went_to_who_won_it():
    score = score_session(evening(as_told_by_headers))
    assert [(one.map_name, one.verdict) for one in score.maps] == [(row[0], Verdict(row[5])) for row in EVENING]


@pytest.mark.parametrize("tell", [as_told_by_clocks, as_told_by_clocks_alone])
def test_the_evening_is_the_same_from_the_clocks_in_the_headers(tell):
    """22 of 22 rounds without winner and defender: the map's own defender, and the targets, tell it all."""
    known = {row[0]: KnownMap(defender=Side.AXIS) for row in EVENING}
    score = score_session(evening(tell), known)
    assert (score.map_wins, score.points) == ((4, 7), (8, 14))
    assert {one.confidence for one in score.maps} == {Confidence.TIME_FALLBACK}


def test_the_evening_is_the_same_in_whatever_order_its_rounds_become_known():
    rounds = evening(as_told_by_headers)
    in_order = score_session(rounds)
    random.Random(7).shuffle(rounds)
    assert score_session(rounds) == in_order
