"""Times are minutes of one evening, so that a case reads like one."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.domain.pairing import Half, arrange, is_named_by_start

EVENING = 1_770_159_000
LIMIT_MS = 720_000


def minute(number):
    return EVENING + round(60 * number)


def r1(key, start, *, end=None, limit_ms=LIMIT_MS, takes_slot=True):
    return Half(key, 1, minute(start), minute(start + 8 if end is None else end), takes_slot, limit_ms)


def r2(key, start, *, names=None, limit_ms=LIMIT_MS, takes_slot=True, end=None):
    named = None if names is None else minute(names)
    return Half(key, 2, minute(start), minute(start + 7 if end is None else end), takes_slot, limit_ms, named)


def placed(*halves):
    return arrange("srv1", "supply", halves)


def match_of(start):
    return f"m1:srv1:supply:s{minute(start)}"


def orphan(start):
    return f"m1:srv1:supply:r2s{minute(start)}"


# ----- named ----------------------------------------------------------------------------------------------------------


def test_an_r2_that_names_its_r1_shares_its_match():
    places = placed(r1(1, 0), r2(2, 9, names=0))
    assert (places[1].match_id, places[2].match_id) == (match_of(0), match_of(0))


def test_an_r2_that_names_its_r1_waits_for_it_under_the_match_they_will_share():
    place = placed(r2(2, 9, names=0))[2]
    assert (place.match_id, place.has_first_round) == (match_of(0), True)


def test_a_named_r1_is_paired_however_long_ago_it_was():
    assert placed(r1(1, 0), r2(2, 90, names=0))[2].match_id == match_of(0)


def test_a_name_overrules_a_nearer_r1():
    places = placed(r1(1, 0), r1(2, 10), r2(3, 20, names=0))
    assert places[3].match_id == match_of(0)


def test_a_named_pair_with_contradicting_limits_stays_a_pair():
    places = placed(r1(1, 0, limit_ms=600_000), r2(2, 9, names=0, limit_ms=720_000))
    assert places[2].match_id == match_of(0)


def test_an_r1_that_is_named_by_one_r2_is_not_open_for_another():
    places = placed(r1(1, 0), r2(2, 9, names=0), r2(3, 20))
    assert (places[3].match_id, places[3].has_first_round) == (orphan(20), False)


def test_an_r1_named_by_an_aborted_r2_stays_open_for_the_one_that_was_played():
    places = placed(r1(1, 0), r2(2, 9, names=0, takes_slot=False), r2(3, 15))
    assert (places[2].match_id, places[3].match_id) == (match_of(0) + "/x1", match_of(0))


# ----- walk -----------------------------------------------------------------------------------------------------------


def test_an_unnamed_r2_pairs_with_the_r1_before_it():
    places = placed(r1(1, 0), r2(2, 9))
    assert places[2].match_id == match_of(0)


@pytest.mark.parametrize(("gap_minutes", "is_pair"), [(-1.1, False), (-1, True), (0, True), (45, True), (45.1, False)])
def test_between_r1s_end_and_r2s_start_lie_at_most_45_minutes_and_a_minute_of_overlap(gap_minutes, is_pair):
    places = placed(r1(1, 0, end=8), r2(2, 8 + gap_minutes))
    assert (places[2].match_id == match_of(0)) is is_pair


def test_an_r1_before_midnight_pairs_with_an_r2_after_it():
    """P16"""
    before_midnight = 1_770_162_780 - EVENING  # 23:53 UTC
    places = placed(r1(1, before_midnight / 60, end=before_midnight / 60 + 6), r2(2, before_midnight / 60 + 7))
    assert places[2].match_id == places[1].match_id


def test_a_newer_r1_abandons_the_older_open_one():
    places = placed(r1(1, 0), r1(2, 10), r2(3, 19))
    assert (places[1].match_id, places[3].match_id) == (match_of(0), match_of(10))


def test_an_abandoned_r1_is_no_second_best_for_an_r2_that_does_not_fit_the_newer_one():
    """P11"""
    places = placed(r1(1, 0, limit_ms=900_000), r1(2, 10, limit_ms=600_000), r2(3, 19, limit_ms=720_000))
    assert places[3].match_id == orphan(19)


def test_one_r1_is_walked_to_once():
    places = placed(r1(1, 0), r2(2, 9), r2(3, 17))
    assert (places[2].match_id, places[3].match_id) == (match_of(0), orphan(17))


@pytest.mark.parametrize("limit_ms", [LIMIT_MS + 101, LIMIT_MS * 2])
def test_an_r2_played_under_a_longer_limit_than_the_r1_is_no_pair_of_it(limit_ms):
    assert placed(r1(1, 0), r2(2, 9, limit_ms=limit_ms))[2].match_id == orphan(9)


@pytest.mark.parametrize("limit_ms", [LIMIT_MS + 100, LIMIT_MS, 456_000, None])
def test_an_equal_a_shorter_and_an_unknown_limit_contradict_nothing(limit_ms):
    assert placed(r1(1, 0), r2(2, 9, limit_ms=limit_ms))[2].match_id == match_of(0)


def test_an_aborted_r1_neither_pairs_nor_abandons_the_one_before_it():
    places = placed(r1(1, 0), r1(2, 9, end=10, takes_slot=False), r2(3, 12))
    assert places[3].match_id == match_of(0)


def test_an_r2_without_its_r1_stands_alone():
    place = placed(r2(2, 9))[2]
    assert (place.match_id, place.has_first_round, place.is_superseded) == (orphan(9), False, False)


def test_a_round_without_a_start_is_named_after_its_end():
    first = Half(1, 1, None, minute(8), takes_slot=True)
    assert placed(first)[1].match_id == f"m1:srv1:supply:e{minute(8)}"


def test_two_servers_and_two_maps_never_share_a_match():
    """P54"""
    ids = {arrange(server, map_, [r1(1, 0)])[1].match_id for server in ("srv1", "srv2") for map_ in ("supply", "ice")}
    assert len(ids) == 4


# ----- several R2 -----------------------------------------------------------------------------------------------------


def test_of_two_finished_r2s_of_one_r1_the_later_holds_the_slot():
    places = placed(r1(1, 0), r2(2, 9, names=0), r2(3, 17, names=0))
    assert (places[2].match_id, places[2].is_superseded) == (match_of(0) + "/x1", True)
    assert (places[3].match_id, places[3].is_superseded) == (match_of(0), False)


def test_an_aborted_r2_gives_way_to_the_one_played_to_its_end():
    places = placed(r1(1, 0), r2(2, 9, names=0, takes_slot=False), r2(3, 12, names=0))
    assert (places[2].match_id, places[2].is_superseded) == (match_of(0) + "/x1", False)
    assert places[3].match_id == match_of(0)


def test_a_finished_r2_keeps_its_slot_against_a_later_aborted_one():
    places = placed(r1(1, 0), r2(2, 9, names=0), r2(3, 17, names=0, takes_slot=False))
    assert (places[2].match_id, places[3].match_id) == (match_of(0), match_of(0) + "/x1")


def test_those_beside_the_slot_are_numbered_in_order_of_their_start():
    halves = [r2(key, start, names=0, takes_slot=False) for key, start in ((5, 9), (4, 11), (3, 13))]
    places = placed(r1(1, 0), *halves)
    assert [places[key].match_id.rpartition("/")[2] for key in (5, 4, 3)] == ["x1", "x2", "x3"]


def test_an_r1_stands_in_its_own_match_whether_it_was_played_to_its_end_or_not():
    places = placed(r1(1, 0, end=3, takes_slot=False), r1(2, 5))
    assert (places[1].match_id, places[2].match_id) == (match_of(0), match_of(5))


# ----- generated evenings ---------------------------------------------------------------------------------------------


@st.composite
def evenings(draw):
    """Rounds of one map and server, each start once: R1s and R2s, named or not, some aborted."""
    starts = draw(st.lists(st.integers(0, 300), unique=True, min_size=1, max_size=9))
    first_starts = [start for start in starts if draw(st.booleans())]
    halves = []
    for key, start in enumerate(starts, start=1):
        takes_slot = draw(st.booleans()) or draw(st.booleans())
        length = draw(st.integers(1, 30))
        if start in first_starts:
            halves.append(r1(key, start, end=start + length, takes_slot=takes_slot))
        else:
            names = draw(st.sampled_from([None, *first_starts]))
            limit_ms = draw(st.sampled_from([None, 456_000, LIMIT_MS, 900_000]))
            halves.append(r2(key, start, names=names, takes_slot=takes_slot, limit_ms=limit_ms, end=start + length))
    return halves


@given(halves=evenings(), data=st.data())
def test_the_order_of_arrival_never_changes_a_place(halves, data):
    """P14"""
    shuffled = data.draw(st.permutations(halves))
    assert placed(*shuffled) == placed(*halves)


@given(halves=evenings())
def test_every_round_has_a_place_and_no_two_share_a_slot(halves):
    places = placed(*halves)
    taken = [(places[half.key].match_id, half.round_number) for half in halves]
    assert set(places) == {half.key for half in halves}
    assert len(set(taken)) == len(taken)


@given(halves=evenings())
def test_only_a_round_that_takes_a_slot_can_be_superseded(halves):
    places = placed(*halves)
    assert not [half for half in halves if places[half.key].is_superseded and not half.takes_slot]


@given(halves=evenings())
def test_a_slot_beside_which_a_played_r2_stands_is_held_by_a_later_one(halves):
    places = placed(*halves)
    holders = {places[half.key].match_id: half for half in halves if half.round_number == 2}
    for half in halves:
        if places[half.key].is_superseded:
            holder = holders[places[half.key].match_id.rpartition("/")[0]]
            assert holder.takes_slot
            assert holder.order > half.order


@given(halves=evenings(), other=evenings())
def test_what_happens_on_another_server_changes_nothing_here(halves, other):
    """P54"""
    assume(other)
    elsewhere = arrange("srv2", "supply", other)
    assert {place.match_id for place in elsewhere.values()}.isdisjoint(
        place.match_id for place in placed(*halves).values()
    )


# ----- limits ---------------------------------------------------------------------------------------------------------


def timed(half, next_limit_ms):
    return replace(half, next_limit_ms=next_limit_ms)


@pytest.mark.parametrize(
    ("limit_ms", "is_pair"), [(456_000, True), (459_000, True), (460_000, False), (300_000, False)]
)
def test_an_r2_is_walked_to_the_r1_whose_set_time_is_its_limit_and_to_no_other(limit_ms, is_pair):
    place = placed(timed(r1(1, 0), 456_000), r2(2, 9, limit_ms=limit_ms))[2]
    assert (place.match_id == match_of(0), place.expected_limit_ms) == (is_pair, None if is_pair else 456_000)


def test_a_named_r2_of_another_limit_stays_in_its_match_and_is_marked():
    place = placed(timed(r1(1, 0), 456_000), r2(2, 9, names=0, limit_ms=600_000))[2]
    assert (place.match_id, place.expected_limit_ms) == (match_of(0), 456_000)


def test_an_r2_of_unknown_limit_contradicts_nobody():
    place = placed(timed(r1(1, 0), 456_000), r2(2, 9, limit_ms=None))[2]
    assert (place.match_id, place.expected_limit_ms) == (match_of(0), None)


@pytest.mark.parametrize(
    ("match_id", "is_named"),
    [
        ("m1:srv1:supply:s1770159025", True),
        ("m1:srv1:supply:s1770159025/x1", True),
        ("m1:srv1:supply:e1770159481", False),
        ("m1:srv1:supply:f20260203235512", False),
        ("m1:srv1:supply:r2s1770159516", False),
    ],
)
def test_a_match_is_named_by_its_start_only_when_that_is_known_of_its_r1(match_id, is_named):
    assert is_named_by_start(match_id) is is_named
