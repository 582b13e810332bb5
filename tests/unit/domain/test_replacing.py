"""Which rounds were played again soon after, as far as times and slots tell."""

import pytest

from shared.domain.pairing import Half, arrange

NOON = 1_770_200_000
MINUTE = 60


def half(key, round_number, start_minute, minutes=6, *, cut=False, **changes):
    start_unix = NOON + start_minute * MINUTE
    end_unix = start_unix + minutes * MINUTE
    return Half(key, round_number, start_unix, end_unix, takes_slot=not cut, is_cut=cut, **changes)


def replaced(*halves):
    places = arrange("srv1", "supply", halves)
    return {key: place.replaced_by for key, place in places.items() if place.replaced_by is not None}


@pytest.mark.parametrize("cut", [True, False])
def test_a_round_begun_again_within_a_quarter_of_an_hour_is_replaced(cut):
    """Case 20."""
    assert replaced(half(1, 1, 0, cut=cut), half(2, 1, 6 + 15)) == {1: 2}
    assert replaced(half(1, 1, 0, cut=cut), half(2, 1, 6 + 16)) == {}


def test_of_several_attempts_each_is_replaced_by_the_next_that_was_played_out():
    attempts = (half(1, 1, 0, 1, cut=True), half(2, 1, 2, 1, cut=True), half(3, 1, 4))
    assert replaced(*attempts) == {1: 3, 2: 3}


def test_an_attempt_that_came_to_nothing_replaces_nothing():
    assert replaced(half(1, 1, 0), half(2, 1, 7, cut=True)) == {}


def test_a_round_whose_other_half_was_played_is_never_replaced():
    """P22"""
    assert replaced(half(1, 1, 0), half(2, 2, 7, 2), half(3, 1, 10)) == {}


def test_a_second_round_is_not_replaced_by_one_that_has_a_first_round_of_its_own():
    assert replaced(half(1, 2, 0, 3), half(2, 1, 4, 3), half(3, 2, 8, 3)) == {}


def test_a_lone_second_round_that_was_played_again_is_replaced():
    assert replaced(half(1, 2, 0, 3), half(2, 2, 4, 3)) == {1: 2}


def test_ghosts_and_bot_rounds_neither_replace_nor_are_replaced():
    ghost = Half(1, 1, NOON, NOON + 20, takes_slot=False)
    again = Half(3, 1, NOON + 900, NOON + 920, takes_slot=False)
    assert replaced(ghost, half(2, 1, 2), again) == {}


def test_the_other_number_of_the_map_replaces_nothing():
    assert replaced(half(1, 1, 0, cut=True), half(2, 2, 7)) == {}
