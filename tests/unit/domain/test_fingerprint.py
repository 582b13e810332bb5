"""The pinned values stand for ever: whoever changes one makes every stored round a stranger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.fingerprint import END, STAMP, START, aliases, fingerprint, map_name, round_number, server_id

UNIX = st.integers(min_value=0, max_value=2**40)
PINNED = [
    (START, "etl_frostbite", 1, "1770159062", "rf1:1:4430f4bbb377f4c9f343b879582b9fb1"),
    (END, "etl_frostbite", 1, "1770159309", "rf1:2:0dde65e54acd90a4f448a2989da53c85"),
    (STAMP, "etl_frostbite", 1, "2026-02-03 235512", "rf1:3:b273bac3603714b27b33d887a7a45560"),
    (START, "etl_frostbite", 2, "1770159457", "rf1:1:0399430194427c1279219247539a37ff"),
]


@pytest.mark.parametrize(("tier", "map_", "number", "value", "expected"), PINNED)
def test_the_pinned_fingerprints_never_change(tier, map_, number, value, expected):
    assert fingerprint(tier, "srv1", map_, number, value).text == expected


def test_both_known_times_give_both_fingerprints_the_strongest_first():
    assert [(one.tier, one.text) for one in aliases("srv1", "etl_frostbite", 1, 1_770_159_062, 1_770_159_309)] == [
        (START, PINNED[0][4]),
        (END, PINNED[1][4]),
    ]


def test_without_a_start_the_end_identifies_the_round():
    assert [one.text for one in aliases("srv1", "etl_frostbite", 1, None, 1_770_159_309)] == [PINNED[1][4]]


def test_without_any_time_there_is_no_fingerprint():
    assert aliases("srv1", "etl_frostbite", 1, None, None) == []


@pytest.mark.parametrize(
    ("raw", "normalised"),
    [
        ("supply", "supply"),
        ("  Supply ", "supply"),
        ("^1sup^7ply", "supply"),
        ("te_escape2", "te_escape2"),
        ("a|b", "a_b"),
        ("a\tb\x7fc\x00d\x85e", "a_b_c_d_e"),
        ("^1 Supply", "supply"),
        ("two words", "two words"),
        ("ÉCOLE", "école"),
        ("^^1x", "^x"),
        ("", ""),
    ],
)
def test_a_maps_name_is_compared_without_colours_case_and_bars(raw, normalised):
    assert map_name(raw) == normalised


def test_two_maps_whose_names_begin_alike_stay_two():
    assert map_name("te_escape2") != map_name("te_escape20")


def test_a_servers_name_is_compared_trimmed_and_in_lower_case():
    assert server_id("  SRV1\n") == "srv1"


@pytest.mark.parametrize(("raw", "number"), [(0, 2), (1, 1), (2, 2), (-1, None), (3, None)])
def test_the_wires_round_0_is_round_2_and_nothing_else_is_guessed(raw, number):
    """P4"""
    assert round_number(raw) == number


@given(st.text())
def test_no_maps_name_can_break_the_canonical_text(raw):
    assert not set(map_name(raw)) & {"|", "\n", "\r", "\t", "\x00"}


@given(
    one=st.tuples(st.sampled_from(["srv1", "srv2"]), st.sampled_from(["a", "b"]), st.sampled_from([1, 2]), UNIX),
    other=st.tuples(st.sampled_from(["srv1", "srv2"]), st.sampled_from(["a", "b"]), st.sampled_from([1, 2]), UNIX),
)
def test_rounds_share_a_fingerprint_exactly_when_server_map_number_and_start_are_the_same(one, other):
    same = aliases(*one, None)[0] == aliases(*other, None)[0]
    assert same == (one == other)


@given(at=UNIX)
def test_a_start_and_an_end_at_the_same_second_are_different_identities(at):
    first, second = aliases("srv1", "supply", 1, at, at)
    assert first.text != second.text


@given(at=UNIX)
def test_every_fingerprint_has_version_tier_and_32_hexadecimal_digits(at):
    text = aliases("srv1", "supply", 1, at, None)[0].text
    version, tier, digest = text.split(":")
    assert (version, tier, len(digest)) == ("rf1", "1", 32)
    assert set(digest) <= set("0123456789abcdef")
