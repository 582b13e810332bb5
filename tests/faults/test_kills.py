"""A few kills of each part; the long form, `python -m tests.faults`, kills by the hundred."""

import secrets

import pytest

from tests.faults.rampage import rampage

KILLS = {"api": 5, "presenter": 5, "worker": 3, "postgres": 3}


@pytest.mark.parametrize("victim", KILLS)
def test_killed_under_load_nothing_acknowledged_is_lost_and_nothing_is_kept_or_said_twice(victim, tmp_path):
    """P8, P63"""
    report = rampage(victim, KILLS[victim], secrets.randbelow(1 << 32), tmp_path, in_haste=True)
    assert report.findings.all() == [], report.line
    assert report.acknowledged > KILLS[victim]
    assert report.messages == report.acknowledged
