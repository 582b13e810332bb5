"""What one round amounts to. Cases cited by number are the worked cases of the score, as far as one round decides them."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.pairing import Place
from shared.domain.scoring import is_finished, judge, takes_slot
from shared.domain.vocabulary import (
    Confidence,
    EndReason,
    ExitKind,
    RoundOutcome,
    RoundStatus,
    Side,
    StopwatchState,
)
from tests.factories import R1_TIME_MS, TWELVE_MINUTES_MS, a_fighter, facts

A_PLACE = Place("m1:srv1:supply:s1")
ORPHAN = Place("m1:srv1:supply:r2s1", has_first_round=False)
SUPERSEDED = Place("m1:srv1:supply:s1/x1", is_superseded=True)
AXIS, ALLIES = Side.AXIS, Side.ALLIES
TIME_SET, FULL_HOLD = StopwatchState.TIME_SET, StopwatchState.FULL_HOLD
VERIFIED, FALLBACK, MISSING = Confidence.VERIFIED_HEADER, Confidence.TIME_FALLBACK, Confidence.MISSING
TEN_SECONDS_MS = 10_000


def judged(place=A_PLACE, next_round_limit_ms=None, **changes):
    return judge(facts(**changes), place, next_round_limit_ms)


def answer(next_round_limit_ms=None, **changes):
    judgement = judged(next_round_limit_ms=next_round_limit_ms, **changes)
    return judgement.stopwatch_state, judgement.confidence


def second(**changes):
    return {"round_number": 2, "limit_ms": R1_TIME_MS} | changes


# ----- did the attackers succeed? -------------------------------------------------------------------------------------


def test_attackers_who_win_have_set_a_time():
    """Case 1."""
    assert answer() == (TIME_SET, VERIFIED)


def test_defenders_who_win_have_held():
    """Cases 3 and 4."""
    assert answer(winner=AXIS, elapsed_ms=TWELVE_MINUTES_MS, exit_kind=ExitKind.TIMELIMIT) == (FULL_HOLD, VERIFIED)


def test_the_defending_side_is_the_same_in_both_rounds():
    """Case 28: Allies defend, Axis attack and win."""
    assert answer(winner=AXIS, defender=ALLIES, elapsed_ms=300_000) == (TIME_SET, VERIFIED)


def test_an_objective_three_seconds_before_the_limit_is_a_set_time():
    """Case 5, P20."""
    assert answer(elapsed_ms=717_000) == (TIME_SET, VERIFIED)


def test_attackers_who_give_up_after_four_minutes_were_held():
    """Case 6, P19."""
    judgement = judged(winner=AXIS, elapsed_ms=250_000, exit_kind=ExitKind.SURRENDER_ALLIES)
    assert (judgement.stopwatch_state, judgement.next_limit_ms) == (FULL_HOLD, TWELVE_MINUTES_MS)


def test_defenders_who_give_up_gave_the_attackers_a_time():
    """Case 8, P19."""
    judgement = judged(elapsed_ms=120_000, next_limit_ms=120_000, exit_kind=ExitKind.SURRENDER_AXIS)
    assert (judgement.stopwatch_state, judgement.time_to_beat_ms) == (TIME_SET, 120_000)


@pytest.mark.parametrize(
    ("defender", "gave_up", "state"),
    [
        (AXIS, ExitKind.SURRENDER_ALLIES, FULL_HOLD),
        (AXIS, ExitKind.SURRENDER_AXIS, TIME_SET),
        (None, ExitKind.SURRENDER_ALLIES, FULL_HOLD),
        (None, ExitKind.SURRENDER_AXIS, FULL_HOLD),
    ],
)
def test_without_a_winner_the_side_that_gave_up_decides(defender, gave_up, state):
    """Rule 1b, P19."""
    assert answer(winner=None, defender=defender, exit_kind=gave_up, elapsed_ms=200_000) == (state, FALLBACK)


@pytest.mark.parametrize(
    ("next_round_limit_ms", "state"),
    [(R1_TIME_MS, TIME_SET), (TWELVE_MINUTES_MS, FULL_HOLD), (TWELVE_MINUTES_MS - 100, FULL_HOLD)],
)
def test_without_sides_the_limit_of_r2_tells_how_r1_ended(next_round_limit_ms, state):
    """Rule 1c, case 12."""
    unknown = {"winner": None, "elapsed_ms": None, "exit_kind": ExitKind.OBJECTIVE}
    assert answer(next_round_limit_ms=next_round_limit_ms, **unknown) == (state, FALLBACK)


def test_a_longer_limit_in_r2_proves_nothing_about_r1():
    assert answer(next_round_limit_ms=TWELVE_MINUTES_MS + 60_000, winner=None, elapsed_ms=None) == (None, MISSING)


@pytest.mark.parametrize(
    ("elapsed_ms", "limit_ms", "state"),
    [
        (456_000, TWELVE_MINUTES_MS, TIME_SET),
        (717_999, TWELVE_MINUTES_MS, TIME_SET),
        (718_000, TWELVE_MINUTES_MS, FULL_HOLD),
        (720_000, TWELVE_MINUTES_MS, FULL_HOLD),
    ],
)
def test_without_sides_an_r1_within_two_seconds_of_its_limit_was_held(elapsed_ms, limit_ms, state):
    """Rule 1d, cases 10 and 12."""
    assert answer(winner=None, elapsed_ms=elapsed_ms, limit_ms=limit_ms) == (state, FALLBACK)


@pytest.mark.parametrize(
    ("elapsed_ms", "state"), [(370_000, TIME_SET), (455_000, TIME_SET), (455_999, TIME_SET), (456_000, FULL_HOLD)]
)
def test_without_sides_an_r2_succeeded_when_it_was_faster_than_its_exact_limit(elapsed_ms, state):
    """Rule 1d, cases 11 and 23, P51: 455 s against 7.6 minutes."""
    assert answer(winner=None, elapsed_ms=elapsed_ms, **second()) == (state, FALLBACK)


def test_sides_beat_the_clock_by_which_r2_would_have_been_slower():
    """Case 22."""
    assert answer(elapsed_ms=457_000, **second()) == (TIME_SET, VERIFIED)


def test_a_missing_duration_is_not_a_duration_of_0():
    """Case 24."""
    judgement = judged(elapsed_ms=None)
    assert (judgement.stopwatch_state, judgement.time_to_beat_ms) == (TIME_SET, None)


def test_where_nothing_is_known_nothing_is_said():
    """Case 13, P52."""
    unknown = {"winner": None, "defender": None, "elapsed_ms": None, "limit_ms": None}
    assert answer(exit_kind=ExitKind.OBJECTIVE, **unknown) == (None, MISSING)


def test_a_time_without_a_limit_decides_nothing():
    assert answer(winner=None, limit_ms=None) == (None, MISSING)


# ----- was it played to its end? --------------------------------------------------------------------------------------


def test_a_map_vote_at_three_minutes_is_no_hold_though_the_script_had_named_the_defender_winner():
    """Case 27, P46."""
    judgement = judged(winner=AXIS, elapsed_ms=180_000, exit_kind=ExitKind.ABORTED, has_exit_line=False)
    assert (judgement.status, judgement.stopwatch_state, judgement.confidence) == (RoundStatus.ABORTED, None, MISSING)
    assert (judgement.time_to_beat_ms, judgement.next_limit_ms, judgement.is_valid) == (None, None, False)


@pytest.mark.parametrize(
    ("changes", "finished"),
    [
        ({"winner": ALLIES}, True),
        ({"winner": AXIS, "elapsed_ms": 180_000}, False),
        ({"winner": AXIS, "elapsed_ms": TWELVE_MINUTES_MS - 3_000}, True),
        ({"winner": AXIS, "elapsed_ms": TWELVE_MINUTES_MS - 3_001}, False),
        ({"winner": AXIS, "elapsed_ms": None}, False),
        ({"winner": None, "elapsed_ms": 30_000}, True),
        ({"winner": None, "elapsed_ms": 29_999}, False),
        ({"winner": None, "elapsed_ms": None}, False),
    ],
)
def test_without_the_engines_end_line_sides_and_clock_must_show_a_regular_end(changes, finished):
    """P46"""
    assert is_finished(facts(exit_kind=ExitKind.UNKNOWN, has_exit_line=False, **changes)) is finished


def test_an_r2_under_the_same_limit_proves_that_the_engine_counted_the_hold():
    short_hold = facts(exit_kind=ExitKind.UNKNOWN, has_exit_line=False, winner=AXIS, elapsed_ms=250_000)
    assert is_finished(short_hold, next_round_limit_ms=TWELVE_MINUTES_MS)
    assert not is_finished(short_hold, next_round_limit_ms=R1_TIME_MS)


# ----- does it count? -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"elapsed_ms": 29_999, "has_exit_line": False}, RoundStatus.GHOST),
        ({"elapsed_ms": 30_000, "has_exit_line": False}, RoundStatus.COMPLETED),
        ({"elapsed_ms": 12_000, "has_exit_line": True}, RoundStatus.COMPLETED),
        ({"elapsed_ms": TWELVE_MINUTES_MS + TEN_SECONDS_MS}, RoundStatus.COMPLETED),
        ({"elapsed_ms": TWELVE_MINUTES_MS + TEN_SECONDS_MS + 1}, RoundStatus.GHOST),
    ],
)
def test_too_short_without_an_end_line_or_longer_than_its_limit_is_a_ghost(changes, status):
    """P37"""
    assert judged(**changes).status is status


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"map_name": "mp_sillyctf"}, "filler_map"),
        ({"is_stopwatch": False}, "not_stopwatch"),
        ({"players": ()}, "no_players"),
        ({"players": (a_fighter("S1", Side.SPECTATOR), a_fighter("S2", None))}, "no_players"),
        ({"players": (a_fighter("A1", AXIS), a_fighter("OMNIBOT0#1", ALLIES, is_bot=True))}, "bot_round"),
        ({"exit_kind": ExitKind.ABORTED}, "aborted"),
        ({"elapsed_ms": TWELVE_MINUTES_MS * 2}, "ghost"),
    ],
)
def test_a_round_that_does_not_count_says_why_and_is_not_posted(changes, reason):
    """P37, P41, P46, P76"""
    judgement = judged(**changes)
    assert (judgement.is_valid, judgement.invalid_reason, judgement.is_publishable) == (False, reason, False)


def test_an_unknown_roster_is_no_empty_one():
    judgement = judged(players=None)
    assert (judgement.is_valid, judgement.human_count, judgement.bot_count) == (True, None, None)


def test_people_and_bots_are_counted_apart():
    players = (a_fighter("A1", AXIS), a_fighter("B1", ALLIES, is_bot=True), a_fighter("S1", Side.SPECTATOR))
    judgement = judged(players=players)
    assert (judgement.human_count, judgement.bot_count) == (1, 1)


@pytest.mark.parametrize(
    ("place", "status", "reason"),
    [
        (SUPERSEDED, RoundStatus.CANCELLED, "superseded_same_r1"),
        (ORPHAN, RoundStatus.ORPHAN_R2, "orphan_r2"),
        (A_PLACE, RoundStatus.COMPLETED, None),
    ],
)
def test_its_place_in_the_match_decides_whether_a_played_r2_counts(place, status, reason):
    """P23, case 26."""
    judgement = judged(place, **second())
    assert (judgement.status, judgement.invalid_reason, judgement.is_valid) == (status, reason, reason is None)


def test_an_aborted_round_is_aborted_wherever_it_stands():
    for place in (A_PLACE, ORPHAN, SUPERSEDED):
        assert judged(place, exit_kind=ExitKind.ABORTED).status is RoundStatus.ABORTED


def test_aborted_rounds_ghosts_and_rounds_with_bots_take_no_slot():
    with_bot = (a_fighter("A1", AXIS), a_fighter("O#1", ALLIES, is_bot=True))
    assert takes_slot(facts())
    assert not takes_slot(facts(exit_kind=ExitKind.ABORTED))
    assert not takes_slot(facts(elapsed_ms=TWELVE_MINUTES_MS * 2))
    assert not takes_slot(facts(players=with_bot))


# ----- derived fields -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exit_kind", "raw", "end_reason"),
    [
        (ExitKind.TIMELIMIT, "Timelimit hit.", EndReason.NORMAL),
        (ExitKind.OBJECTIVE, "Wolf EndRound.", EndReason.NORMAL),
        (ExitKind.ELIMINATED, None, EndReason.NORMAL),
        (ExitKind.SURRENDER_AXIS, None, EndReason.SURRENDER),
        (ExitKind.SURRENDER_ALLIES, "whatever", EndReason.SURRENDER),
        (ExitKind.ABORTED, "map_restart", EndReason.MAP_RESTART),
        (ExitKind.ABORTED, "empty_team", EndReason.MAP_RESTART),
        (ExitKind.ABORTED, "back_to_warmup", EndReason.MAP_RESTART),
        (ExitKind.ABORTED, "map_change", EndReason.MAP_CHANGE),
        (ExitKind.ABORTED, "server_quit", EndReason.SERVER_RESTART),
        (ExitKind.ABORTED, "server_died", EndReason.SERVER_RESTART),
        (ExitKind.ABORTED, "Map Change", EndReason.MAP_CHANGE),
        (ExitKind.ABORTED, None, None),
        (ExitKind.UNKNOWN, "", EndReason.NORMAL),
        (ExitKind.UNKNOWN, "time_expired", EndReason.NORMAL),
        (ExitKind.UNKNOWN, "surrender", EndReason.SURRENDER),
        (ExitKind.UNKNOWN, " Forfeit ", EndReason.SURRENDER),
        (ExitKind.UNKNOWN, "map change", EndReason.MAP_CHANGE),
        (ExitKind.UNKNOWN, "maprestart", EndReason.MAP_RESTART),
        (ExitKind.UNKNOWN, "SERVER_RESTART", EndReason.SERVER_RESTART),
        (ExitKind.UNKNOWN, "something else", EndReason.NORMAL),
    ],
)
def test_the_strict_end_reason(exit_kind, raw, end_reason):
    assert judged(exit_kind=exit_kind, end_reason_raw=raw).end_reason is end_reason


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, RoundOutcome.TIME_SET),
        ({"winner": AXIS, "exit_kind": ExitKind.TIMELIMIT}, RoundOutcome.FULL_HOLD),
        ({"exit_kind": ExitKind.SURRENDER_AXIS}, RoundOutcome.SURRENDER_END),
        ({"exit_kind": ExitKind.ABORTED, "end_reason_raw": "map_change"}, RoundOutcome.MAP_CHANGE_END),
        ({"exit_kind": ExitKind.ABORTED, "end_reason_raw": "map_restart"}, RoundOutcome.MAP_RESTART_END),
        ({"exit_kind": ExitKind.ABORTED, "end_reason_raw": "server_died"}, RoundOutcome.SERVER_RESTART_END),
        ({"exit_kind": ExitKind.ABORTED, "end_reason_raw": None}, None),
        ({"winner": None, "elapsed_ms": None}, None),
    ],
)
def test_the_display_outcome(changes, outcome):
    assert judged(**changes).outcome is outcome


@pytest.mark.parametrize(
    ("changes", "next_round_limit_ms", "time_to_beat_ms"),
    [
        ({"next_limit_ms": 456_123}, 456_000, 456_123),
        ({"next_limit_ms": None}, 455_990, 455_990),
        ({"next_limit_ms": None}, TWELVE_MINUTES_MS, 456_000),
        ({"next_limit_ms": None}, None, 456_000),
        ({"next_limit_ms": None, "elapsed_ms": None}, None, None),
    ],
)
def test_r1s_set_time_is_the_engines_next_limit_else_r2s_limit_else_what_was_measured(
    changes, next_round_limit_ms, time_to_beat_ms
):
    """P77"""
    judgement = judged(next_round_limit_ms=next_round_limit_ms, **changes)
    assert (judgement.time_to_beat_ms, judgement.next_limit_ms) == (time_to_beat_ms, time_to_beat_ms)


def test_after_a_hold_r2_is_played_under_the_same_limit_and_there_is_no_time_to_beat():
    judgement = judged(winner=AXIS, exit_kind=ExitKind.TIMELIMIT, elapsed_ms=TWELVE_MINUTES_MS)
    assert (judgement.time_to_beat_ms, judgement.next_limit_ms) == (None, TWELVE_MINUTES_MS)


def test_an_r2_leaves_no_time_to_beat():
    judgement = judged(**second(elapsed_ms=370_000, next_limit_ms=370_000))
    assert (judgement.time_to_beat_ms, judgement.next_limit_ms, judgement.next_limit_minutes) == (None, None, None)


@pytest.mark.parametrize(("next_limit_ms", "minutes"), [(456_000, 8), (420_000, 7), (420_001, 8), (1, 1)])
def test_the_next_limit_in_whole_minutes_is_never_less_than_the_exact_one(next_limit_ms, minutes):
    """P51"""
    assert judged(next_limit_ms=next_limit_ms).next_limit_minutes == minutes


def test_warmup_is_part_of_nothing_that_is_judged():
    assert judged(warmup_ms=90_000) == judged(warmup_ms=None)


# ----- properties -----------------------------------------------------------------------------------------------------

MS = st.none() | st.integers(0, 900_000)
SIDES = st.sampled_from([None, AXIS, ALLIES])
FACTS = st.builds(
    facts,
    round_number=st.sampled_from([1, 2]),
    exit_kind=st.sampled_from(ExitKind),
    has_exit_line=st.booleans(),
    elapsed_ms=MS,
    limit_ms=st.none() | st.integers(1, 900_000),
    next_limit_ms=st.none() | st.integers(1, 900_000),
    winner=SIDES,
    defender=SIDES,
    end_reason_raw=st.sampled_from([None, "map_change", "surrender", "x"]),
)
PLACES = st.sampled_from([A_PLACE, ORPHAN, SUPERSEDED])
BEST_FIRST = list(Confidence)


@given(one=FACTS, place=PLACES, next_round_limit_ms=MS)
def test_an_aborted_round_never_gets_a_stopwatch_state(one, place, next_round_limit_ms):
    """P46"""
    judgement = judge(one, place, next_round_limit_ms)
    if judgement.status is RoundStatus.ABORTED:
        assert (judgement.stopwatch_state, judgement.time_to_beat_ms, judgement.next_limit_ms) == (None, None, None)
        assert judgement.confidence is MISSING


@given(
    one=FACTS.filter(lambda one: one.exit_kind is not ExitKind.UNKNOWN),
    place=PLACES,
    next_round_limit_ms=MS,
    side=st.sampled_from(["winner", "defender"]),
)
def test_removing_winner_or_defender_never_raises_the_confidence(one, place, next_round_limit_ms, side):
    """Where the end line is unknown the sides also tell whether the round was played out, which is another question."""
    less = dataclasses.replace(one, **{side: None})
    before, after = judge(one, place, next_round_limit_ms), judge(less, place, next_round_limit_ms)
    assert BEST_FIRST.index(after.confidence) >= BEST_FIRST.index(before.confidence)


@given(one=FACTS, place=PLACES, next_round_limit_ms=MS)
def test_only_a_completed_round_counts_and_a_reason_stands_exactly_where_one_does_not(one, place, next_round_limit_ms):
    judgement = judge(one, place, next_round_limit_ms)
    assert judgement.is_valid == (judgement.invalid_reason is None)
    assert not judgement.is_valid or judgement.status is RoundStatus.COMPLETED


@given(one=FACTS, place=PLACES)
def test_a_time_to_beat_is_the_mark_of_an_r1_that_set_a_time(one, place):
    judgement = judge(one, place)
    if judgement.time_to_beat_ms is not None:
        assert (one.round_number, judgement.stopwatch_state) == (1, TIME_SET)


@given(one=FACTS, place=PLACES)
def test_calling_axis_allies_and_allies_axis_changes_nothing(one, place):
    other = {AXIS: ALLIES, ALLIES: AXIS, None: None}
    kinds = {
        ExitKind.SURRENDER_AXIS: ExitKind.SURRENDER_ALLIES,
        ExitKind.SURRENDER_ALLIES: ExitKind.SURRENDER_AXIS,
    }
    mirrored = dataclasses.replace(
        one,
        winner=other[one.winner],
        defender=other[one.defender],
        exit_kind=kinds.get(one.exit_kind, one.exit_kind),
    )
    judgement, of_mirrored = judge(one, place), judge(mirrored, place)
    told = kinds.get(judgement.exit_kind, judgement.exit_kind)
    assert of_mirrored == dataclasses.replace(judgement, exit_kind=told)
