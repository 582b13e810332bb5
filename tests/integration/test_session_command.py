"""`roundwire session`: evenings, their scores and their teams."""

import json

import pytest

from tests.integration.scored import a_match_of, scorings, settle

SUPPLY = a_match_of(0)
RADAR = a_match_of(1, map_name="radar", r2_ms=None)
OK, FAILED = 0, 2


@pytest.fixture
def evening(door):
    for report in (*SUPPLY, *RADAR):
        door.post(report)
    settle(door)
    return door


def asked(run, *words):
    status, out, _err = run("session", *words, "--json")
    return status, json.loads(out)


@pytest.mark.usefixtures("evening")
def test_the_evenings_are_listed_with_their_scores_and_how_sure_these_are(run):
    status, (one,) = asked(run, "list")
    assert (status, one["score"], one["points"], one["confidence"], one["maps"]) == (
        OK,
        "1:1",
        "2\N{EN DASH}2",
        "verified_header",
        "2/2",
    )


def test_an_evening_by_its_date_shows_what_everything_else_shows(evening, run):
    """P43"""
    status, shown = asked(run, "show", "2026-02-03")
    (stored,) = scorings(evening).values()
    assert (status, shown["scoring"]) == (OK, json.loads(json.dumps(stored)))
    assert [team["team"] for team in shown["teams"]] == ["A", "B"]


@pytest.mark.usefixtures("evening")
def test_an_evening_for_people_begins_with_its_score_and_how_sure_that_is(run):
    _status, out, _err = run("session", "show", "1")
    headline, *rest = out.splitlines()
    assert "1 : 1" in headline
    assert "(2\N{EN DASH}2 points), verified_header, 2 of 2 maps counted" in headline
    assert any("R2 attackers 6:31 beat 7:36" in line for line in rest)


@pytest.mark.usefixtures("evening")
def test_how_each_verdict_was_reached_is_told_in_few_lines(run):
    _status, out, _err = run("session", "debug", "1")
    assert len(out.splitlines()) <= 20
    assert out.splitlines()[:2] == [
        "supply: A, rule header, verified_header, counted",
        (
            "  defender Axis; R1: winner Allies, TeamA Axis, verified_header; "
            "R2: winner Allies, TeamA Allies, verified_header"
        ),
    ]


def test_a_team_is_called_what_an_operator_says_everywhere(evening, run):
    status, told = asked(run, "name", "1", "A", "^1Reds", "--by", "vid")
    assert (status, told["name"]) == (OK, "Reds")
    _status, shown = asked(run, "show", "1")
    assert shown["scoring"]["team_a"] == "Reds"
    assert evening.row("SELECT decided_by, subject FROM operator_decisions") == {
        "decided_by": "vid",
        "subject": "session:1",
    }


@pytest.mark.usefixtures("evening")
def test_a_name_stays_with_its_people_whatever_is_worked_out_anew(run):
    asked(run, "name", "1", "B", "Blues")
    asked(run, "colour", "1", "B", "blue")
    run("replay")
    assert asked(run, "rescore") == (OK, {"scored": [1], "failed": []})
    _status, shown = asked(run, "show", "1")
    team = shown["teams"][1]
    assert (team["name"], team["color"], team["is_custom_name"]) == ("Blues", "blue", True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("name", "1", "A", " ^1 "), "needs something to be seen"),
        (("name", "1", "A", "x" * 33), "at most 32 characters"),
        (("colour", "1", "A", "javascript:"), "a colour is #rrggbb or one of"),
        (("name", "7", "A", "Reds"), "no gaming session of that id or date"),
        (("show", "2026-02-09"), "no gaming session of that id or date"),
    ],
)
@pytest.mark.usefixtures("evening")
def test_what_cannot_be_is_refused_in_one_sentence(run, words, said):
    status, _out, err = run("session", *words)
    assert (status, err.count("\n")) == (FAILED, 1)
    assert said in err


@pytest.mark.usefixtures("evening")
def test_two_teams_never_bear_one_name(run):
    asked(run, "name", "1", "A", "Reds")
    status, _out, err = run("session", "name", "1", "B", "reds")
    assert (status, "the other team has that name" in err) == (FAILED, True)


def test_a_session_of_which_no_team_can_be_told_takes_no_name(door, run):
    door.post(SUPPLY[0] | {"exit_kind": "aborted", "winner_team": None, "end_reason_raw": "map_change"})
    settle(door)
    status, _out, err = run("session", "name", "1", "A", "Reds")
    assert (status, "cannot be told apart yet" in err) == (FAILED, True)
