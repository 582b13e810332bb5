"""Single foreign values: read, unknown, or dropped with a note."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.vocabulary import ParseStatus, Side
from shared.parsers.notes import Notes
from shared.parsers.problem import MOST_NOTES

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none())


def read(kind, value):
    notes = Notes()
    return getattr(notes, kind)(value, "/x"), [problem.code for problem in notes.problems]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("whole", "12", 12),
        ("whole", 12.0, 12),
        ("whole", " 12.0 ", 12),
        ("unix", "1770159062.0", 1_770_159_062),
        ("decimal", "85.8", 85.8),
        ("seconds_ms", "247 sec", 247_000),
        ("seconds_ms", 247, 247_000),
        ("seconds_ms", "24.5 sec", 24_500),
        ("minutes_ms", "7.602 min", 456_120),
        ("minutes_ms", "10.567 min", 634_020),
        ("minutes_ms", "4.113517", 246_811),
        ("minutes_ms", "20.0 min", 1_200_000),
        ("minutes_ms", "4:07", 247_000),
        ("side", "1", Side.AXIS),
        ("side", 2, Side.ALLIES),
        ("side", "Allies", Side.ALLIES),
        ("text", 27960, "27960"),
    ],
)
def test_a_value_is_read_as_text_or_as_number(kind, value, expected):
    """P1, P33, P51: fractions of a minute stay exact, sides may be numbers or names."""
    assert read(kind, value) == (expected, [])


@pytest.mark.parametrize("kind", ["whole", "unix", "decimal", "seconds_ms", "minutes_ms", "side", "text"])
@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_not_there_is_unknown_without_a_note(kind, nothing):
    assert read(kind, nothing) == (None, [])


@pytest.mark.parametrize(("kind", "value"), [("unix", 0), ("side", 0), ("side", "draw"), ("side", "unknown")])
def test_what_senders_write_for_unknown_is_unknown(kind, value):
    assert read(kind, value) == (None, [])


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("whole", "x", "not_a_whole_number"),
        ("whole", "7:36", "not_a_whole_number"),
        ("whole", 1.5, "not_a_whole_number"),
        ("whole", True, "not_a_whole_number"),
        ("whole", [], "not_a_whole_number"),
        ("whole", float("nan"), "not_a_whole_number"),
        ("whole", -1, "out_of_range"),
        ("whole", 2**31, "out_of_range"),
        ("unix", "yesterday", "not_a_whole_number"),
        ("decimal", float("inf"), "not_a_number"),
        ("seconds_ms", "456.4 parsecs", "not_a_duration"),
        ("seconds_ms", -1, "not_a_duration"),
        ("seconds_ms", "99999999 sec", "not_a_duration"),
        ("minutes_ms", "1:2:3", "not_a_duration"),
        ("minutes_ms", "7:5", "not_a_duration"),
        ("side", "3", "not_a_side"),
        ("side", {}, "not_a_side"),
        ("text", {}, "not_a_text"),
        ("text", "x" * 1025, "too_long"),
    ],
)
def test_what_cannot_be_read_costs_itself_and_leaves_a_note(kind, value, code):
    """P55"""
    assert read(kind, value) == (None, [code])


@given(value=ANYTHING)
@pytest.mark.parametrize("kind", ["whole", "unix", "decimal", "seconds_ms", "minutes_ms", "side", "text"])
def test_no_value_whatever_raises(kind, value):
    read(kind, value)


def test_a_note_makes_a_delivery_partial_and_a_thousand_are_cut():
    notes = Notes()
    assert notes.parse_status is ParseStatus.OK
    for number in range(1000):
        notes.drop(f"/{number}", "x", "x")
    assert (notes.parse_status, len(notes.problems)) == (ParseStatus.PARTIAL, MOST_NOTES)
