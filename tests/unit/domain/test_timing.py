from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.timing import Divergence, KnownTimes, Quantity, divergence, resolve, was_given_up
from shared.domain.vocabulary import DurationSource, ExitKind, Side

LUA, FIELD9, LIMIT, HEADER = DurationSource
START = 1_770_159_062
KNOWN = KnownTimes(
    round_number=1,
    exit_kind=ExitKind.OBJECTIVE,
    winner=Side.ALLIES,
    defender=Side.AXIS,
    limit_ms=720_000,
    header_clock_ms=456_000,
    durations=((LUA, 456_250),),
    limits=((LUA, 720_000), (HEADER, 720_000)),
    starts=((LUA, START),),
    ends=((LUA, START + 456),),
    pause_ms=0,
    warmup_ms=90_000,
)
GIVEN_UP = replace(
    KNOWN, exit_kind=ExitKind.SURRENDER_ALLIES, winner=Side.AXIS, header_clock_ms=720_000, durations=((LUA, 250_000),)
)


def test_each_quantity_has_its_value_and_its_source():
    told = resolve(KNOWN)

    assert told.duration == Quantity(456.25, LUA, Divergence.ALIGNED)
    assert told.limit == Quantity(720.0, LUA, Divergence.ALIGNED)
    assert told.start == Quantity(START, LUA, Divergence.SINGLE)
    assert told.end == Quantity(START + 456, LUA, Divergence.SINGLE)
    assert told.pauses == Quantity(0.0, LUA, Divergence.SINGLE)
    assert told.warmup == Quantity(90.0, LUA, Divergence.SINGLE)
    assert told.wall_clock == Quantity(456.25, LUA, Divergence.ALIGNED)


def test_what_nobody_told_is_unknown_and_has_no_source():
    told = resolve(KnownTimes(round_number=2))

    assert {told.duration, told.limit, told.start, told.end, told.pauses, told.warmup, told.wall_clock} == {Quantity()}
    assert told.duration.source_word == "none"


@pytest.mark.parametrize(
    ("differences", "pause", "gave_up", "word"),
    [
        ([], None, False, Divergence.SINGLE),
        ([0], None, False, Divergence.ALIGNED),
        ([30_000], None, False, Divergence.ALIGNED),
        ([-30_001], None, False, Divergence.MINOR),
        ([60_000], None, False, Divergence.MINOR),
        ([60_001], None, False, Divergence.DISCREPANT),
        ([-60_001], None, False, Divergence.DISCREPANT),
        ([470_000], None, True, Divergence.EXPLAINED_SURRENDER),
        ([5_000], None, True, Divergence.ALIGNED),
        ([-470_000], None, True, Divergence.DISCREPANT),
        ([120_000], 118_000, False, Divergence.EXPLAINED_PAUSE),
        ([-120_000], 118_000, False, Divergence.EXPLAINED_PAUSE),
        ([20_000], 18_000, False, Divergence.EXPLAINED_PAUSE),
        ([120_000], 115_000, False, Divergence.DISCREPANT),
        ([4_000], 4_000, False, Divergence.ALIGNED),
        ([70_000], 0, False, Divergence.DISCREPANT),
        ([70_000], None, False, Divergence.DISCREPANT),
        ([1_000, 470_000], None, True, Divergence.EXPLAINED_SURRENDER),
        ([-70_000, 470_000], None, True, Divergence.DISCREPANT),
        ([1_000, 45_000], None, False, Divergence.MINOR),
    ],
)
def test_the_word_for_how_far_sources_are_apart(differences, pause, gave_up, word):
    assert divergence(differences, pause, was_given_up=gave_up) is word


def test_a_header_clock_after_a_surrender_is_explained_and_never_the_duration():
    """P19"""
    assert resolve(GIVEN_UP).duration == Quantity(250.0, LUA, Divergence.EXPLAINED_SURRENDER)


def test_a_clock_that_runs_on_in_pauses_is_explained_by_them():
    paused = replace(KNOWN, durations=((LUA, 456_250), (FIELD9, 516_000)), pause_ms=60_000)

    assert resolve(paused).duration == Quantity(456.25, LUA, Divergence.EXPLAINED_PAUSE)


@pytest.mark.parametrize("clock_ms", [0, 721_000])
def test_the_clock_of_a_second_round_that_cannot_be_of_it_is_compared_with_nothing(clock_ms):
    second = replace(KNOWN, round_number=2, header_clock_ms=clock_ms)

    assert resolve(second).duration.divergence is Divergence.SINGLE


def test_the_wall_clock_is_the_duration_with_its_pauses():
    paused = replace(KNOWN, pause_ms=60_500, ends=((LUA, START + 517),))

    assert resolve(paused).wall_clock == Quantity(516.75, LUA, Divergence.ALIGNED)


def test_the_wall_clock_is_unknown_while_the_pauses_are():
    assert resolve(replace(KNOWN, pause_ms=None)).wall_clock == Quantity()


@pytest.mark.parametrize(
    ("exit_kind", "defender", "gave_up"),
    [
        (ExitKind.SURRENDER_ALLIES, Side.AXIS, True),
        (ExitKind.SURRENDER_AXIS, Side.AXIS, False),
        (ExitKind.SURRENDER_AXIS, None, True),
        (ExitKind.TIMELIMIT, Side.AXIS, False),
    ],
)
def test_only_the_attackers_surrender_leaves_the_header_clock_at_the_limit(exit_kind, defender, gave_up):
    assert was_given_up(exit_kind, defender) is gave_up


_MS = st.integers(1, 3_600_000)


@given(told=st.lists(st.tuples(st.sampled_from([LUA, FIELD9]), _MS), max_size=4), more=_MS, limit=_MS | st.none())
def test_a_further_source_never_takes_a_lua_duration_away(told, more, limit):
    known = replace(KNOWN, durations=tuple(told), limit_ms=limit)
    before, after = resolve(known).duration, resolve(replace(known, durations=(*told, (FIELD9, more)))).duration

    assert before.source is not LUA or (after.value, after.source) == (before.value, before.source)
    assert before.value is None or after.value is not None


@given(differences=st.lists(st.integers(-900_000, 900_000), min_size=1, max_size=5), pause=_MS | st.none())
def test_the_order_in_which_sources_speak_changes_no_word(differences, pause):
    assert divergence(differences, pause) is divergence(differences[::-1], pause)
