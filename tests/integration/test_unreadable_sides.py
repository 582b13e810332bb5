"""A side that was told as something that is none: repaired where anything can, else said to be ambiguous."""

import pytest

from tests.factories import a_report

NOTHING_ELSE = {"map_name": "nowhere", "elapsed_ms": None, "limit_ms": None, "next_limit_ms": None}
BROKEN = {"winner_team": 7, "defender_team": "x"}


@pytest.mark.parametrize(
    ("report", "confidence"),
    [
        (BROKEN | NOTHING_ELSE, "ambiguous"),
        ({"winner_team": None, "defender_team": None} | NOTHING_ELSE, "missing"),
        (BROKEN, "time_fallback"),
        ({"winner_team": 7}, "time_fallback"),
    ],
)
def test_what_no_rule_can_repair_is_ambiguous_and_not_merely_missing(door, report, confidence):
    """P55"""
    answer = door.post(a_report(**report))
    assert door.round(answer)["score_confidence"] == confidence
