"""The worked cases of the score, by number. Axis defends; TeamA is on Axis in R1, so TeamB attacks first, unless said."""

import pytest

from shared.domain.attribution import KnownMap
from shared.domain.pairing import Place
from shared.domain.scoring import SidesTold
from shared.domain.session_score import score_session
from shared.domain.vocabulary import (
    Confidence,
    ExitKind,
    MatchReason,
    RosterChange,
    RoundStatus,
    ScoringRule,
    StopwatchState,
    TeamSlot,
    Verdict,
)
from tests.factories import TWELVE_MINUTES_MS
from tests.played import ALLIES, AXIS, PEOPLE_A, PEOPLE_B, a_half, a_match, clock_ms

VERIFIED, FALLBACK, AMBIGUOUS, MISSING = Confidence
A, B, DRAW, NONE = Verdict
T736, T610, T900, T410 = (clock_ms(text) for text in ("7:36", "6:10", "9:00", "4:10"))
SET_736 = {"winner": ALLIES, "elapsed_ms": T736}
BEATS_736 = {"limit_ms": T736, "winner": ALLIES, "elapsed_ms": T610}
HOLDS_736 = {"limit_ms": T736, "winner": AXIS}
HELD = {"winner": AXIS, "exit_kind": ExitKind.TIMELIMIT}
UNTOLD = {"winner": None, "exit_kind": ExitKind.UNKNOWN, "has_exit_line": False}
NOTHING = {"winner": None, "defender": None, "elapsed_ms": None, "limit_ms": None}
ATTACKERS_GAVE_UP = {"winner": AXIS, "exit_kind": ExitKind.SURRENDER_ALLIES}
DEFENDERS_GAVE_UP = {"winner": ALLIES, "exit_kind": ExitKind.SURRENDER_AXIS}

CASES = {
    "1": (SET_736, BEATS_736, A, VERIFIED),
    "2": (SET_736, HOLDS_736, B, VERIFIED),
    "3": (HELD, {"winner": ALLIES, "elapsed_ms": T900}, A, VERIFIED),
    "4": (HELD, HELD, DRAW, VERIFIED),
    "5": ({"winner": ALLIES, "elapsed_ms": 717_000}, {"limit_ms": 717_000, "winner": AXIS}, B, VERIFIED),
    "6": (
        ATTACKERS_GAVE_UP | {"elapsed_ms": T410, "header_clock_ms": TWELVE_MINUTES_MS},
        {"winner": ALLIES, "elapsed_ms": T900},
        A,
        VERIFIED,
    ),
    "7": (SET_736, ATTACKERS_GAVE_UP | {"limit_ms": T736, "elapsed_ms": 120_000, "header_clock_ms": T736}, B, VERIFIED),
    "8": (DEFENDERS_GAVE_UP | {"elapsed_ms": 120_000}, {"limit_ms": 120_000, "winner": AXIS}, B, VERIFIED),
    "9": (ATTACKERS_GAVE_UP | {"elapsed_ms": T410}, HELD, DRAW, VERIFIED),
    "10": (
        UNTOLD | {"elapsed_ms": T736, "limit_ms": None},
        UNTOLD | {"elapsed_ms": T736, "limit_ms": None},
        B,
        FALLBACK,
    ),
    "11": (SET_736, UNTOLD | {"limit_ms": T736, "elapsed_ms": 370_000}, A, FALLBACK),
    "12": (UNTOLD | {"elapsed_ms": T736}, UNTOLD | {"limit_ms": T736, "elapsed_ms": 370_000}, A, FALLBACK),
    "13": (NOTHING, NOTHING, NONE, MISSING),
    "14": (SET_736, None, NONE, MISSING),
    "15": (None, {"limit_ms": None, "winner": ALLIES}, NONE, MISSING),
    "21": (SET_736, BEATS_736 | {"axis": PEOPLE_A, "allies": PEOPLE_B}, NONE, AMBIGUOUS),
    "22": (SET_736, {"limit_ms": T736, "winner": ALLIES, "elapsed_ms": 457_000}, A, VERIFIED),
    "23": (UNTOLD | {"elapsed_ms": T736}, UNTOLD | {"limit_ms": T736, "elapsed_ms": 455_000}, A, FALLBACK),
    "24": ({"winner": ALLIES, "elapsed_ms": None}, BEATS_736, A, VERIFIED),
    "25": (UNTOLD | {"defender": None, "elapsed_ms": T736}, BEATS_736, A, VERIFIED),
    "28": (
        {"defender": ALLIES, "winner": AXIS, "elapsed_ms": 300_000},
        {"defender": ALLIES, "winner": ALLIES, "limit_ms": 300_000},
        A,
        VERIFIED,
    ),
}
POINTS = {A: (2, 0), B: (0, 2), DRAW: (1, 1), NONE: (0, 0)}
MAP_WINS = {A: (1, 0), B: (0, 1), DRAW: (0, 0), NONE: (0, 0)}


def only_map(rounds, **known):
    score = score_session(rounds, {"supply": KnownMap(**known)})
    (one,) = score.maps
    return one


@pytest.mark.parametrize(("first", "second", "verdict", "confidence"), CASES.values(), ids=CASES)
def test_a_worked_case(first, second, verdict, confidence):
    """P17, P18, P19, P20, P50, P51, P52"""
    one = only_map(a_match(first, second))
    assert (one.verdict, one.map_wins, one.points) == (verdict, MAP_WINS[verdict], POINTS[verdict])
    assert (one.confidence, one.counted) == (confidence, verdict is not NONE)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("13", MatchReason.UNDECIDABLE),
        ("14", MatchReason.R1_ONLY),
        ("15", MatchReason.R2_ONLY),
        ("21", MatchReason.NO_SWAP),
    ],
)
def test_a_map_that_is_not_counted_says_why(case, reason):
    first, second, _verdict, _confidence = CASES[case]
    (one,) = score_session(a_match(first, second)).matches
    assert (one.reason, one.rule is ScoringRule.NONE) == (reason, case != "21")


def test_case_5_an_objective_in_the_last_seconds_is_a_set_time():
    """P20"""
    assert a_match(*CASES["5"][:2])[0].stopwatch_state is StopwatchState.TIME_SET


def test_case_6_a_surrender_is_a_hold_of_its_true_length():
    """P19"""
    one = only_map(a_match(*CASES["6"][:2]))
    assert (one.time_b_ms, one.is_held_b) == (None, True)
    assert a_match(*CASES["6"][:2])[0].elapsed_ms == 250_000


def test_case_8_a_time_that_was_given_is_set():
    """P19"""
    first, _second = a_match(*CASES["8"][:2])
    assert (first.stopwatch_state, first.time_to_beat_ms) == (StopwatchState.TIME_SET, 120_000)


def test_case_10_equal_times_are_won_by_who_had_them_first():
    one = only_map(a_match(*CASES["10"][:2]))
    assert (one.rule, one.note) == (ScoringRule.TIME, "both took 7:36: R1 attackers had it first")


def test_case_11_the_first_map_lacks_a_winner_and_the_session_is_scored_all_the_same():
    """P18"""
    rounds = a_match(*CASES["11"][:2]) + a_match(SET_736, HOLDS_736, map_name="radar", began_unix=1_770_090_000)
    assert score_session(rounds).map_wins == (1, 1)


def test_case_16_a_team_on_both_sides_has_won_nothing_but_the_attack_is_told():
    mixed = {"axis": ("a1", "a2", "b1", "b2"), "allies": ("a3", "a4", "b3", "b4")}
    evening = a_match(
        SET_736 | {"axis": ("a1", "a2", "a3", "a4"), "allies": ("b1", "b2", "b3", "b4")},
        None,
        map_name="radar",
        began_unix=1_770_060_000,
    )
    _radar, one = score_session(evening + a_match(SET_736 | mixed, BEATS_736 | mixed)).maps
    assert (one.verdict, one.confidence, one.reason) == (NONE, AMBIGUOUS, MatchReason.TEAMS_MIXED)
    assert one.note == "R2 attackers 6:10 beat 7:36; a team's people stood on both sides"


def test_case_17_where_nobody_of_the_teams_is_left_they_are_told_anew():
    """P21"""
    strangers = {"axis": ("x1", "x2"), "allies": ("y1", "y2")}
    swapped = {"axis": ("y1", "y2"), "allies": ("x1", "x2")}
    before = a_match(SET_736, HOLDS_736, map_name="radar", began_unix=1_770_060_000)
    score = score_session(before + a_match(SET_736 | strangers, BEATS_736 | swapped))
    assert [one.verdict for one in score.maps] == [B, A]
    assert [one.change for one in score.teams.substitutions] == [RosterChange.NEW_TEAMS]


def test_case_17_strangers_who_cannot_be_told_apart_have_no_team():
    """P21"""
    before = a_match(SET_736, HOLDS_736, map_name="radar", began_unix=1_770_060_000)
    strangers = a_match(SET_736 | {"axis": ("x1",), "allies": ()}, BEATS_736 | {"axis": ("y1",), "allies": ("x1",)})
    _radar, one = score_session(before + strangers).maps
    assert (one.confidence, one.reason) == (AMBIGUOUS, MatchReason.ROSTER_UNKNOWN)


def test_case_18_who_comes_later_joins_those_he_plays_with():
    before = a_match(SET_736, HOLDS_736, map_name="radar", began_unix=1_770_060_000)
    replaced = a_match(
        SET_736 | {"axis": ("a1", "a2", "x")}, BEATS_736 | {"allies": ("a1", "a2", "x")}, began_unix=1_770_066_832
    )
    score = score_session(before + replaced)
    assert [one.verdict for one in score.maps] == [B, A]
    assert "X" in score.teams.roster(TeamSlot.A)
    assert [(one.change, one.name) for one in score.teams.substitutions] == [(RosterChange.JOINED, "x")]


def test_case_19_two_plays_of_one_map_are_two_maps():
    """P60"""
    again = a_match(SET_736, HOLDS_736, began_unix=1_770_070_000, play_number=2)
    score = score_session(a_match(SET_736, BEATS_736) + again)
    assert (score.map_wins, score.points) == ((1, 1), (2, 2))
    assert [one.play_number for one in score.maps] == [1, 2]


def test_case_20_an_attempt_that_was_begun_again_is_part_of_no_map():
    broken_off = a_half(
        1,
        match="m1:srv1:supply:s1770066000",
        began_unix=1_770_066_000,
        winner=AXIS,
        exit_kind=ExitKind.ABORTED,
        end_reason_raw="map_restart",
    )
    score = score_session([broken_off, *a_match(SET_736, BEATS_736)])
    assert [one.verdict for one in score.maps] == [A]
    assert [one.round_id for one in score.uncounted_rounds] == [broken_off.round_id]


def test_case_25_the_times_of_a_map_whose_r1_told_no_sides():
    one = only_map(a_match(*CASES["25"][:2]))
    assert (one.time_a_ms, one.time_b_ms) == (T610, T736)


def test_case_26_of_two_second_rounds_the_one_that_was_played_out_counts():
    first, second = a_match(SET_736, BEATS_736)
    broken_off = a_half(
        2,
        place=Place(f"{first.match_id}/x1"),
        began_unix=first.began_unix + 500,
        winner=AXIS,
        exit_kind=ExitKind.ABORTED,
    )
    score = score_session([first, broken_off, second])
    assert [(one.verdict, one.r2.round_id) for one in score.maps] == [(A, second.round_id)]


def test_case_27_a_map_vote_is_no_hold():
    """P46"""
    voted = a_match({"winner": AXIS, "elapsed_ms": 180_000, "exit_kind": ExitKind.ABORTED}, None)
    score = score_session(voted)
    assert (score.maps, [one.status for one in score.uncounted_rounds]) == ((), [RoundStatus.ABORTED])
    assert voted[0].stopwatch_state is None


def test_case_29_a_lost_r1_follows_from_the_limit_of_r2():
    lost = a_match(None, HOLDS_736 | {"names_first_round": False})
    one = only_map(lost, base_limit_ms=TWELVE_MINUTES_MS)
    assert (one.verdict, one.points, one.rule, one.confidence) == (B, (0, 2), ScoringRule.R1_FROM_LIMIT, FALLBACK)


def test_case_30_a_defender_that_is_known_of_the_map_only():
    """P47"""
    filled = SidesTold(is_filled_in=True)
    one = only_map(a_match(SET_736 | {"sides": filled}, BEATS_736 | {"sides": filled}))
    assert (one.verdict, one.points, one.confidence) == (A, (2, 0), FALLBACK)


def test_case_30_also_where_only_the_map_tells_the_defender():
    """P47"""
    untold = {"defender": None}
    one = only_map(a_match(SET_736 | untold, BEATS_736 | untold), defender=AXIS)
    assert (one.verdict, one.points, one.confidence) == (A, (2, 0), FALLBACK)


def test_without_any_word_on_the_defender_nobody_has_won():
    one = only_map(a_match(SET_736 | {"defender": None}, BEATS_736 | {"defender": None}))
    assert (one.verdict, one.confidence, one.reason) == (NONE, AMBIGUOUS, MatchReason.DEFENDER_UNKNOWN)
