"""What holds of every evening, whatever was told of it: drawn evenings, each match told with more or less of the truth."""

import dataclasses
import random

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.attribution import KnownMap
from shared.domain.map_score import BEST_FIRST
from shared.domain.match_score import score_match
from shared.domain.session_result import result_of, scoring
from shared.domain.session_score import score_session
from shared.domain.team_names import team_labels
from shared.domain.vocabulary import Confidence, ExitKind, MatchReason, Verdict
from tests.played import ALLIES, AXIS, EVENING_UNIX, PEOPLE_A, PEOPLE_B, a_half, a_match

LIMIT_MS = 720_000
SETTLED_MS = st.integers(60, 700).map(lambda seconds: seconds * 1_000)
HELD = st.none()
OTHER = {AXIS: ALLIES, ALLIES: AXIS, None: None}


@dataclasses.dataclass(frozen=True)
class Played:
    """A match as it was: how long each attack took, None when it was held."""

    first_ms: int | None
    second_ms: int | None

    @property
    def winner(self):
        if self.second_ms is not None:
            return Verdict.TEAM_A
        return Verdict.TEAM_B if self.first_ms is not None else Verdict.DRAW


@st.composite
def played_matches(draw):
    first_ms = draw(HELD | SETTLED_MS)
    faster = st.integers(31_000, (first_ms or LIMIT_MS) - 3_000)
    return Played(first_ms, draw(HELD | faster))


# Less and less is told, from the header's sides to nothing; at each step something is taken away.
WINNERS_UNTOLD = {"winner": None}
SIDES_UNTOLD = WINNERS_UNTOLD | {"defender": None}
STEPS = ({}, WINNERS_UNTOLD, SIDES_UNTOLD, SIDES_UNTOLD | {"elapsed_ms": None})
told_with = st.sampled_from(range(len(STEPS)))


def told(match, first_step, second_step, **where):
    """The match as its sources tell it, each round with as much as its step leaves."""
    to_beat_ms = match.first_ms or LIMIT_MS
    first = _attack(match.first_ms, LIMIT_MS) | STEPS[first_step]
    second = _attack(match.second_ms, to_beat_ms) | STEPS[second_step]
    return a_match(first, second, **where)


def _attack(took_ms, limit_ms):
    common = {"limit_ms": limit_ms, "header_clock_ms": took_ms or limit_ms}
    if took_ms is None:
        return common | {"winner": AXIS, "exit_kind": ExitKind.TIMELIMIT, "elapsed_ms": limit_ms}
    return common | {"winner": ALLIES, "elapsed_ms": took_ms}


def score_of(rounds):
    return score_session(rounds, {"supply": KnownMap(defender=AXIS)})


def only(rounds):
    (one,) = score_of(rounds).maps
    return one


evenings = st.lists(st.tuples(played_matches(), told_with, told_with), min_size=1, max_size=6)


def rounds_of(evening):
    return [
        one
        for number, (match, first_step, second_step) in enumerate(evening)
        for one in told(match, first_step, second_step, began_unix=EVENING_UNIX + number * 2_000)
    ]


@given(match=played_matches(), first_step=told_with, second_step=told_with)
def test_however_little_is_told_no_wrong_team_wins(match, first_step, second_step):
    assert only(told(match, first_step, second_step)).verdict in (match.winner, Verdict.NONE)


@given(match=played_matches(), first_step=told_with, second_step=told_with, sooner=st.integers(1, 30))
def test_being_faster_never_costs_the_map(match, first_step, second_step, sooner):
    if match.second_ms is None or match.second_ms - sooner * 1_000 < 31_000:
        return
    faster = dataclasses.replace(match, second_ms=match.second_ms - sooner * 1_000)
    before, after = (only(told(one, first_step, second_step)) for one in (match, faster))
    assert after.points[0] >= before.points[0]


@given(evening=evenings)
def test_calling_axis_allies_swaps_the_teams_and_their_wins(evening):
    rounds = rounds_of(evening)
    score, of_mirrored = score_of(rounds), score_session(map(mirrored, rounds), {"supply": KnownMap(defender=ALLIES)})
    assert of_mirrored.map_wins == score.map_wins[::-1]
    assert of_mirrored.points == score.points[::-1]
    assert of_mirrored.confidence is score.confidence


def mirrored(one):
    return dataclasses.replace(
        one,
        winner=OTHER[one.winner],
        defender=OTHER[one.defender],
        fighters=tuple(fighter._replace(side=OTHER[fighter.side]) for fighter in one.fighters),
    )


@given(evening=evenings, name=st.sampled_from(["Old", "New"]), seed=st.integers(0, 9))
def test_what_a_team_is_called_never_changes_who_won(evening, name, seed):
    score = score_of(rounds_of(evening))
    labels = team_labels(score.teams)
    renamed = {slot: dataclasses.replace(label, name=f"{name} {slot} {seed}") for slot, label in labels.items()}
    names = ("team_a", "team_b")
    before, after = scoring(result_of(score, labels)), scoring(result_of(score, renamed))
    assert {key: value for key, value in before.items() if key not in names} == {
        key: value for key, value in after.items() if key not in names
    }


@given(evening=evenings, seed=st.integers(0, 99))
def test_the_order_in_which_rounds_become_known_changes_nothing(evening, seed):
    """P14, P26"""
    rounds = rounds_of(evening)
    score = score_of(rounds)
    random.Random(seed).shuffle(rounds)
    assert score_of(rounds) == score


@given(evening=evenings)
def test_map_wins_and_draws_are_the_counted_maps_and_points_twice_as_many(evening):
    score = score_of(rounds_of(evening))
    assert sum(score.map_wins) + score.draws == len(score.counted)
    assert sum(score.points) == 2 * len(score.counted)
    assert sum(score.confidence_counts.values()) == len(score.maps)


@given(match=played_matches(), first_step=told_with, second_step=told_with, half=st.sampled_from([0, 1]))
def test_telling_more_never_makes_a_match_less_sure(match, first_step, second_step, half):
    steps = [first_step, second_step]
    less = only(told(match, *steps))
    steps[half] = max(0, steps[half] - 1)
    more = only(told(match, *steps))
    assert BEST_FIRST.index(more.confidence) <= BEST_FIRST.index(less.confidence)


@given(evening=evenings, at=st.integers(0, 12_000), number=st.sampled_from([1, 2]), took_ms=st.integers(1_000, 600_000))
def test_a_round_that_was_cut_short_never_changes_a_total(evening, at, number, took_ms):
    """P46"""
    rounds = rounds_of(evening)
    began_unix = EVENING_UNIX + at
    cut = a_half(
        number,
        match=f"m1:srv1:supply:x{began_unix}",
        began_unix=began_unix,
        winner=AXIS,
        elapsed_ms=took_ms,
        exit_kind=ExitKind.ABORTED,
    )
    score, with_cut = score_of(rounds), score_of([*rounds, cut])
    assert (with_cut.map_wins, with_cut.points, with_cut.maps) == (score.map_wins, score.points, score.maps)
    assert with_cut.confidence is score.confidence


def test_an_evening_is_as_sure_as_its_least_sure_counted_map():
    sure = told(Played(456_000, 370_000), 0, 0)
    guessed = told(Played(456_000, 370_000), 1, 1, began_unix=EVENING_UNIX + 5_000)
    unheard = a_match(_attack(456_000, LIMIT_MS), None, began_unix=EVENING_UNIX + 9_000)
    score = score_of(sure + guessed + unheard)
    assert score.confidence is Confidence.TIME_FALLBACK
    assert [score.confidence_counts[state] for state in Confidence] == [1, 1, 0, 1]


def test_an_evening_of_which_nothing_counts_has_no_score_and_says_why():
    """P21, P52: never 0:0."""
    score = score_of(a_match(_attack(456_000, LIMIT_MS), None))
    shown = scoring(result_of(score, team_labels(score.teams)))
    assert (shown["available"], shown["reason"], shown["score"], shown["map_wins_a"]) == (
        False,
        "no_counted_maps",
        None,
        None,
    )
    assert [one["text"] for one in shown["warnings"]] == ["supply: missing, R1 only (not counted)"]


def test_an_evening_without_a_round_that_counts_has_no_map():
    cut = a_half(1, winner=AXIS, exit_kind=ExitKind.ABORTED)
    score = score_of([cut])
    shown = scoring(result_of(score, team_labels(score.teams)))
    assert (shown["available"], shown["reason"], shown["maps"]) == (False, "no_maps", [])
    assert [one["round_status"] for one in shown["uncounted_rounds"]] == ["aborted"]


def test_one_match_that_cannot_be_worked_out_is_listed_and_costs_no_other():
    """P18"""

    def stumbling(match, teams, known):
        if match.order[0] > EVENING_UNIX:
            raise ZeroDivisionError
        return score_match(match, teams, known)

    evening = told(Played(456_000, 370_000), 0, 0) + told(Played(None, None), 0, 0, began_unix=EVENING_UNIX + 5_000)
    score = score_session(evening, scorer=stumbling)
    assert [(one.verdict, one.reason) for one in score.maps] == [
        (Verdict.TEAM_A, None),
        (Verdict.NONE, MatchReason.SCORING_ERROR),
    ]
    assert (score.map_wins, score.confidence) == ((1, 0), Confidence.VERIFIED_HEADER)
    assert [type(error) for error in score.failures.values()] == [ZeroDivisionError]


def test_teams_that_stand_still_while_sides_change_names_keep_their_people():
    swapped = {"axis": PEOPLE_B, "allies": PEOPLE_A}
    evening = told(Played(456_000, 370_000), 0, 0) + a_match(
        _attack(456_000, LIMIT_MS) | swapped,
        _attack(None, 456_000) | {"axis": PEOPLE_A, "allies": PEOPLE_B},
        began_unix=EVENING_UNIX + 5_000,
    )
    assert [one.verdict for one in score_of(evening).maps] == [Verdict.TEAM_A, Verdict.TEAM_A]
