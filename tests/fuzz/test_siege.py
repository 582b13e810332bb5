"""The short form of `python -m tests.fuzz`."""

import secrets

from tests.fuzz.siege import besiege


def test_under_a_stream_of_every_sort_of_request_nothing_fails_hangs_grows_or_is_lost(tmp_path):
    siege = besiege(1_000, secrets.randbelow(1 << 32), tmp_path, published_examples=0)
    assert siege.findings == [], siege.line
    assert siege.acknowledged > 100
    assert {"200", "201", "202", "401", "404", "405", "415", "422"} <= set(siege.statuses)
