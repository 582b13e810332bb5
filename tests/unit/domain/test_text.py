import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.text import (
    JOINER,
    clean_name,
    cut,
    escape_markdown,
    in_code_block,
    shown,
    shown_player,
    strip_colors,
)


@pytest.mark.parametrize(
    ("raw", "stripped"),
    [
        ("^1Red^7White", "RedWhite"),
        ("^aLetter^Zcode", "Lettercode"),
        ("^*sign^ space", "signspace"),
        ("plain", "plain"),
        ("trailing^", "trailing^"),
        ("^^", "^^"),
        ("^^1double", "^double"),
        ("^1^2^3", ""),
        ("^\x01control stays", "^\x01control stays"),
        ("", ""),
    ],
)
def test_a_colour_code_is_a_caret_and_one_printable_character_that_is_no_caret(raw, stripped):
    assert strip_colors(raw) == stripped


def test_what_stripping_brings_together_is_not_read_again():
    assert strip_colors("^^11x") == "^1x"


def test_control_characters_and_line_breaks_become_single_spaces():
    assert clean_name("a\nb\r\nc\td\x00e\u2028f") == "a b c d e f"


@pytest.mark.parametrize("invisible", ["\u202e", "\u200b", "\ufeff", "\u2066", "\ud800"])
def test_characters_that_only_disturb_are_taken_out(invisible):
    assert clean_name(f"a{invisible}b") == "ab"


@pytest.mark.parametrize("raw", ["", "^1", "\n\t", "\u3164\u3164", "\u2800", "\u200b\u200d"])
def test_a_name_without_a_visible_letter_shows_the_guid(raw):
    """An empty clean name shows as (no name) and the GUID's first eight characters."""
    assert shown_player(raw, "abcd1234ef56") == "\\(no name\\) ABCD1234"


def test_a_name_as_long_as_the_width_is_kept_and_a_longer_one_ends_in_an_ellipsis():
    assert cut("x" * 16, 16) == "x" * 16
    assert cut("x" * 17, 16) == "x" * 15 + "…"


def test_a_tower_of_marks_is_cut_down_so_that_it_covers_no_other_line():
    assert shown("Z" + "\u0338" * 30 + "a\u0334o\u0308\u0301") == "Z\u0338\u0338a\u0334o\u0308\u0301"


def test_markdown_is_escaped_after_the_cut_so_that_no_escape_is_ever_torn():
    """P62"""
    assert shown("*" * 20, 5) == "\\*" * 4 + "…"


@pytest.mark.parametrize("sign", list("*_~|>#-`[]()\\"))
def test_every_sign_of_markdown_is_escaped(sign):
    """P62"""
    assert shown(f"a{sign}b") == f"a\\{sign}b"


@pytest.mark.parametrize("raw", ["@everyone", "<@123>", "<@&123>", "<#123>", "<:smile:123>", "<a:x:1>", "<t:1:R>"])
def test_a_mention_in_a_name_mentions_nobody(raw):
    """P62"""
    assert not re.search(r"@everyone|<[@#:at]", shown(raw, 40))
    assert JOINER in shown(raw, 40)


def test_a_link_in_a_name_is_no_link():
    """P62"""
    assert "://" not in shown("https://a.example/x", 40)


def test_inside_a_code_block_only_the_back_tick_is_replaced():
    assert in_code_block("^1a`b*c") == "a'b*c"


@given(st.text())
def test_no_name_ever_makes_more_than_one_line_or_an_empty_one(raw):
    name = shown_player(raw, "ABCD1234")
    assert name.strip()
    assert len(name.splitlines()) == 1


@given(st.text(alphabet="*_~|>#-`[]()\\@<:/ab^1", max_size=40))
def test_every_sign_of_markdown_in_any_name_stands_behind_an_odd_number_of_backslashes(raw):
    """P62"""
    rest = re.sub(r"\\[\\*_~|>#\-`\[\]()]", "", escape_markdown(raw))
    assert not re.search(r"[\\*_~|>#\-`\[\]()]", rest)


@given(st.text(alphabet="^^^12ab", max_size=12))
def test_stripping_colours_leaves_nothing_but_characters_of_the_text_in_their_order(raw):
    stripped = strip_colors(raw)
    remaining = iter(raw)
    assert all(character in remaining for character in stripped)
