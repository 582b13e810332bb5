"""Who is in which team, and on which side a team was."""

import pytest

from shared.domain.teams import detect_teams
from shared.domain.vocabulary import ExitKind, MatchReason, RosterChange, Side, TeamSlot
from tests.played import ALLIES, AXIS, EVENING_UNIX, PEOPLE_A, PEOPLE_B, a_half

A, B = TeamSlot
SET = {"winner": ALLIES, "elapsed_ms": 456_000}


def rounds(*people):
    """Matches of one round each, by who was on Axis and who on Allies."""
    return [
        a_half(
            1,
            match=f"m1:srv1:supply:s{number}",
            began_unix=EVENING_UNIX + number * 2_000,
            axis=axis,
            allies=allies,
            **SET,
        )
        for number, (axis, allies) in enumerate(people)
    ]


def members(teams):
    return [tuple(guid.lower() for guid in teams.roster(slot)) for slot in TeamSlot]


def changes(teams):
    return [(one.change, one.name, one.team) for one in teams.substitutions]


def test_the_teams_are_those_of_the_earliest_first_round():
    assert members(detect_teams(rounds((PEOPLE_A, PEOPLE_B), (PEOPLE_B, PEOPLE_A)))) == [PEOPLE_A, PEOPLE_B]


def test_a_round_that_does_not_count_tells_of_no_team():
    """P21"""
    cut = a_half(
        1,
        match="m1:srv1:supply:x",
        began_unix=1,
        axis=PEOPLE_B,
        allies=PEOPLE_A,
        winner=AXIS,
        exit_kind=ExitKind.ABORTED,
    )
    assert members(detect_teams([cut, *rounds((PEOPLE_A, PEOPLE_B))])) == [PEOPLE_A, PEOPLE_B]


def test_a_first_round_with_an_empty_side_tells_of_no_teams():
    assert members(detect_teams(rounds((PEOPLE_B, ()), (PEOPLE_A, PEOPLE_B)))) == [PEOPLE_A, PEOPLE_B]


def test_a_newcomer_joins_those_he_plays_with_most_often():
    with_a = ((*PEOPLE_A, "x"), PEOPLE_B)
    with_b = (PEOPLE_A, (*PEOPLE_B, "x"))
    teams = detect_teams(rounds((PEOPLE_A, PEOPLE_B), with_b, with_a, with_a))
    assert teams.members["X"] is A
    assert (RosterChange.OTHER_TEAM, "x", A) in changes(teams)


def test_a_newcomer_who_plays_as_often_with_either_is_of_team_b():
    teams = detect_teams(rounds((PEOPLE_A, PEOPLE_B), ((*PEOPLE_A, "x"), PEOPLE_B), (PEOPLE_A, (*PEOPLE_B, "x"))))
    assert teams.members["X"] is B


def test_in_a_duel_a_newcomer_is_not_of_those_he_plays_against():
    teams = detect_teams(rounds((("a1",), ("b1",)), (("a1",), ("x",)), (("y",), ("x",))))
    assert (teams.members["X"], teams.members["Y"]) == (B, A)


def test_who_helps_out_the_others_stays_of_his_own_team():
    teams = detect_teams(rounds((PEOPLE_A, PEOPLE_B), (PEOPLE_A[:2], (*PEOPLE_B, PEOPLE_A[2]))))
    assert members(teams) == [PEOPLE_A, PEOPLE_B]
    assert changes(teams) == [(RosterChange.OTHER_TEAM, "a3", A)]


@pytest.mark.parametrize(
    ("axis", "allies", "side"),
    [
        (PEOPLE_A, PEOPLE_B, Side.AXIS),
        (PEOPLE_B, PEOPLE_A, Side.ALLIES),
        (("a1", "b1"), ("a2", "b2", "b3"), Side.AXIS),
        (("a1", "a2", "b1"), ("a3", "b2"), Side.AXIS),
        (("a1", "b1"), ("a2", "b2"), MatchReason.TEAMS_MIXED),
        (("a1", "a2", "b1", "b2"), ("a3", "b3"), MatchReason.TEAMS_MIXED),
        (("x1",), ("x2",), MatchReason.ROSTER_UNKNOWN),
        ((), (), MatchReason.ROSTER_UNKNOWN),
    ],
)
def test_a_team_is_where_most_of_it_is_else_opposite_to_the_other(axis, allies, side):
    """P50"""
    teams = detect_teams(rounds((PEOPLE_A, PEOPLE_B)))
    (one,) = rounds((axis, allies))
    assert teams.side_of_a(one) is side


def test_without_any_round_nobody_is_a_team():
    assert detect_teams([]).members == {}
