import pytest

from shared.parsers.clock_text import is_clock, seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12:00", 720),
        ("4:07", 247),
        ("71:05", 4265),
        ("0:00", 0),
        ("0", 0),
        ("247", 247),
        ("20.00", 1200),
        ("7.5", 450),
    ],
)
def test_a_clock_has_minutes_and_seconds_a_point_means_minutes_a_bare_number_seconds(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "1:2:3",
        "1:2:3:4",
        ":",
        "abc",
        "-1:00",
        "7:5",
        "4:75",
        "",
        " 4:07",
        "4:07\n",
        "\u0664:\u0660\u0667",
        "1e3",
        "nan",
        "-5",
    ],
)
def test_anything_else_is_unknown(text):
    assert seconds_of(text) is None


def test_only_minutes_and_seconds_are_a_clock():
    assert [text for text in ("4:07", "247", "4.1", "1:2:3", "") if is_clock(text)] == ["4:07"]
