"""A few rounds over a bad line; the long form, `python -m tests.faults --victim deliveries`, tells a thousand."""

import secrets

from tests.faults.deliveries import torment

ROUNDS = 20


def test_whatever_fails_on_the_way_every_round_is_stored_once(tmp_path):
    """P8, P63"""
    report = torment(ROUNDS, secrets.randbelow(1 << 32), tmp_path)
    assert report.findings.all() == [], report.line
    assert report.rounds >= ROUNDS
    assert report.spoilt > 0
