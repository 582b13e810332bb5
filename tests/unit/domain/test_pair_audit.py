from dataclasses import replace

from shared.domain.pair_audit import PairFlaw, PlayedHalf, audit_pairs
from shared.domain.pairing import Half, arrange

NOON = 1_770_200_000
MUCH_LATER = NOON + 10 * 86_400
PLAYED_SECONDS = 600


def half(key, round_number, start_unix, **changes):
    return Half(
        key, round_number, start_unix, start_unix + PLAYED_SECONDS, takes_slot=True, limit_ms=720_000, **changes
    )


def flaws(*halves, now_unix=MUCH_LATER):
    places = arrange("srv1", "supply", halves)
    played = [PlayedHalf(one, places[one.key].match_id) for one in halves]
    return {found.key: found.flaw for found in audit_pairs("srv1", "supply", played, now_unix)}


def test_two_halves_of_a_match_lack_nothing_although_no_stamp_of_theirs_is_equal():
    """P53"""
    assert flaws(half(1, 1, NOON), half(2, 2, NOON + 720)) == {}


def test_midnight_between_two_halves_parts_nothing():
    """P53"""
    midnight = NOON - NOON % 86_400
    assert flaws(half(1, 1, midnight - 900), half(2, 2, midnight)) == {}


def test_each_half_that_is_alone_lacks_the_other():
    """P53"""
    day = 86_400
    assert flaws(half(1, 1, NOON), half(2, 2, NOON + day)) == {1: PairFlaw.MISSING_SECOND, 2: PairFlaw.MISSING_FIRST}


def test_a_map_begun_again_after_a_while_leaves_its_first_r1_alone():
    assert flaws(half(1, 1, NOON), half(2, 1, NOON + 1800), half(3, 2, NOON + 2500)) == {1: PairFlaw.MISSING_SECOND}


def test_a_first_round_that_was_begun_again_at_once_lacks_nothing():
    assert flaws(half(1, 1, NOON), half(2, 1, NOON + 700), half(3, 2, NOON + 1400)) == {}


def test_an_r2_that_names_an_r1_nobody_told_of_lacks_it():
    assert flaws(half(1, 2, NOON, named_first_start_unix=NOON - 700)) == {1: PairFlaw.MISSING_FIRST}


def test_an_r1_whose_r2_may_still_begin_lacks_nothing():
    assert flaws(half(1, 1, NOON), now_unix=NOON + PLAYED_SECONDS + 2700) == {}
    assert flaws(half(1, 1, NOON), now_unix=NOON + PLAYED_SECONDS + 2701) == {1: PairFlaw.MISSING_SECOND}


def test_what_takes_no_slot_lacks_nothing():
    assert flaws(replace(half(1, 1, NOON), takes_slot=False)) == {}


def test_an_r2_that_was_replayed_lacks_nothing():
    assert flaws(half(1, 1, NOON), *(half(n, 2, NOON + n * 650, named_first_start_unix=NOON) for n in (2, 3))) == {}


def test_a_round_in_another_match_than_the_rule_says_is_misplaced():
    played = [
        PlayedHalf(half(1, 1, NOON), "m1:srv1:supply:s1"),
        PlayedHalf(half(2, 2, NOON + 720), f"m1:srv1:supply:s{NOON}"),
    ]
    (found,) = audit_pairs("srv1", "supply", played, MUCH_LATER)
    assert (found.key, found.flaw, found.expected_match_id) == (1, PairFlaw.MISPLACED, f"m1:srv1:supply:s{NOON}")
