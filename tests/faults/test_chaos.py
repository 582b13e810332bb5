"""A few troubles of every kind; the long form is `make faults`."""

import secrets

from tests.faults.chaos import chaos


def test_whatever_strikes_nothing_acknowledged_is_lost_and_nothing_is_kept_or_said_twice(tmp_path):
    report, struck = chaos(12, secrets.randbelow(1 << 32), tmp_path, in_haste=True)

    assert report.findings.all() == [], (report.line, struck)
    assert report.acknowledged > 10
