"""A few restarts; `python -m tests.faults --victim restarts --runs 50` makes fifty."""

from tests.faults.restarts import restart_again_and_again


def test_nobody_is_refused_while_the_api_is_replaced():
    report = restart_again_and_again(3)
    assert report.findings.all() == [], report.line
    assert report.sent > 100
