"""How figures, names and instants are written on the pages."""

from datetime import UTC, datetime

import pytest

from ingest_api.web import wording
from shared.domain.figures import UNAVAILABLE


@pytest.mark.parametrize(
    ("raw", "guid", "shown"),
    [
        ("^1Red^7dy", None, "Reddy"),
        ("^1", "ABCD1234EF", "(no name) ABCD1234"),
        ("", None, "unknown"),
        (None, None, "unknown"),
        ("x" * 60, None, "x" * 35 + "…"),
        ("a\nb\u202ec", None, "a bc"),
    ],
)
def test_a_foreign_name_is_one_visible_line(raw, guid, shown):
    assert wording.name(raw, guid) == shown


def test_a_repeated_map_says_which_play_it_was():
    assert wording.map_title({"map_name": "supply", "play_number": 2}) == "supply (#2)"
    assert wording.map_title({"map_name": "supply", "play_number": 1}) == "supply"


def test_an_instant_is_in_utc_and_the_unknown_is_a_dash():
    assert wording.moment(datetime(2026, 2, 3, 22, 50, tzinfo=UTC)) == "22:50"
    assert wording.when(1_770_159_025) == "2026-02-03 22:50:25"
    assert wording.moment(None) == UNAVAILABLE


def test_a_side_is_a_word_and_never_a_raw_number():
    """P61."""
    assert [wording.side(value) for value in (1, 2, None)] == ["Axis", "Allies", "unknown"]


@pytest.mark.parametrize(
    ("seconds", "shown"), [(456.0, "456 s"), (391.25, "391.25 s"), (0, "0 s"), (None, UNAVAILABLE)]
)
def test_seconds_keep_their_fraction(seconds, shown):
    assert wording.exact(seconds) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(10_320, "2 h 52 min"), (3_600, "1 h 0 min"), (1_500, "25 min")])
def test_a_long_span_is_told_in_hours_and_minutes(seconds, shown):
    assert wording.hours(seconds) == shown


def test_digits_stand_in_threes():
    assert wording.thousands(49_500) == "49\N{NARROW NO-BREAK SPACE}500"
