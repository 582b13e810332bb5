import pytest

from shared.parsers.duration_text import duration_ms, is_clock


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
        ("7.6", 456),
        ("10.567", 634.02),
    ],
)
def test_a_clock_has_minutes_and_seconds_a_point_means_minutes_a_bare_number_seconds(text, seconds):
    assert duration_ms(text) == seconds * 1000


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
        "456 sec",
        "247 ",
        "1441:00",
    ],
)
def test_anything_else_is_unknown(text):
    assert duration_ms(text) is None


def test_only_minutes_and_seconds_are_a_clock():
    assert [text for text in ("4:07", "247", "4.1", "1:2:3", "") if is_clock(text)] == ["4:07"]


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("7.6 min", 456_000),
        ("10.567 min", 634_020),
        ("456 sec", 456_000),
        ("456.4 Seconds", 456_400),
        ("7.6", 456_000),
        ("12", 720_000),
        ("7:36", 456_000),
    ],
)
def test_a_sender_that_counts_minutes_may_say_so_or_not(text, milliseconds):
    """P1, P51, P55"""
    assert duration_ms(text, 60_000) == milliseconds


@pytest.mark.parametrize("text", ["7.6 parsecs", "min", "7,6 min", "-7.6 min", "7:36 min", "1e9 min", "99999999 min"])
def test_a_unit_nobody_knows_leaves_the_duration_unknown(text):
    """P55"""
    assert duration_ms(text, 60_000) is None
