import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.play_numbers import Play, is_shown, play_numbers
from shared.domain.vocabulary import RoundStatus


def play(round_id, start_unix, match_id, map_name="supply", status=RoundStatus.COMPLETED, play_number=None):
    return Play(round_id, map_name, match_id, start_unix, status, play_number)


def numbered(*plays, earlier=None):
    return play_numbers(plays, {one.map_name: one for one in [earlier] if one})


def test_both_rounds_of_a_match_bear_its_number():
    assert numbered(play(1, 0, "a"), play(2, 10, "a")) == {1: 1, 2: 1}


def test_the_second_match_of_a_map_is_number_two():
    assert numbered(play(1, 0, "a"), play(2, 10, "a"), play(3, 20, "b"), play(4, 30, "b")) == {1: 1, 2: 1, 3: 2, 4: 2}


def test_maps_are_numbered_each_for_itself():
    assert numbered(play(1, 0, "a"), play(2, 10, "b", map_name="frostbite"), play(3, 20, "c")) == {1: 1, 2: 1, 3: 2}


def test_a_match_begins_with_its_first_round():
    assert numbered(play(1, 0, "a"), play(2, 10, "b"), play(3, 20, "a"), play(4, 30, "b")) == {1: 1, 2: 2, 3: 1, 4: 2}


def test_second_rounds_beside_the_one_that_counts_are_of_the_same_match():
    superseded = play(2, 10, "a/x1", status=RoundStatus.CANCELLED)
    assert numbered(play(1, 0, "a"), superseded, play(3, 20, "a"), play(4, 30, "b")) == {1: 1, 2: 1, 3: 1, 4: 2}


@pytest.mark.parametrize("status", [RoundStatus.ABORTED, RoundStatus.CANCELLED, RoundStatus.SUBSTITUTION])
def test_an_attempt_that_was_begun_again_bears_the_number_of_what_came_of_it(status):
    assert numbered(play(1, 0, "a", status=status), play(2, 10, "b"), play(3, 20, "b")) == {1: 1, 2: 1, 3: 1}


def test_a_second_round_without_its_first_is_a_match():
    orphan = play(1, 0, "r2a", status=RoundStatus.ORPHAN_R2)
    assert numbered(orphan, play(2, 20, "b")) == {1: 1, 2: 2}


def test_numbering_goes_on_from_what_was_before():
    before = play(9, 0, "z", play_number=4)
    assert numbered(play(1, 100, "a"), play(2, 110, "b"), earlier=before) == {1: 5, 2: 6}


def test_a_match_that_was_going_on_keeps_its_number():
    before = play(9, 0, "a", play_number=4)
    assert numbered(play(1, 100, "a"), play(2, 110, "b"), earlier=before) == {1: 4, 2: 5}


@pytest.mark.parametrize(("number", "shown"), [(None, False), (1, False), (2, True)])
def test_only_a_repeated_map_shows_its_number(number, shown):
    assert is_shown(number) is shown


@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from(RoundStatus)), min_size=1, max_size=12), st.randoms()
)
def test_numbers_do_not_depend_on_the_order_in_which_rounds_are_told(rounds, chance):
    plays = [play(number, 10 * number, match, status=status) for number, (match, status) in enumerate(rounds)]
    assert numbered(*chance.sample(plays, len(plays))) == numbered(*plays)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=12), st.data())
def test_numbering_from_the_middle_says_the_same_as_from_the_beginning(lengths, data):
    matches = [number for number, length in enumerate(lengths) for _ in range(length + 1)]
    plays = [play(at, 10 * at, f"m{match}") for at, match in enumerate(matches)]
    numbers = numbered(*plays)
    cut = data.draw(st.integers(1, len(plays) - 1))
    before = play(cut - 1, 10 * (cut - 1), plays[cut - 1].match_id, play_number=numbers[cut - 1])
    assert numbered(*plays[cut:], earlier=before) == {at: number for at, number in numbers.items() if at >= cut}
