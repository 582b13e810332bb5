import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.parsers.suite_version import suite_version

SENDERS = Path(__file__).parents[2] / "golden" / "senders" / "suite"


def of(tree):
    return suite_version([json.dumps(tree).encode()])


def test_a_captured_submit_tells_its_version():
    packed = (SENDERS / "captured-r1.request.raw").read_bytes().split(b"\r\n\r\n", 1)[1]
    assert suite_version([gzip.decompress(packed)]) == "2.4.0"


def test_either_member_tells_it_whatever_comes_before():
    assert of({"gamelog": [{"label": "x"}], "metadata": {"scores": {}, "stats_version": "2.4.0"}}) == "2.4.0"
    assert of({"round_info": {"mapname": "supply"}, "metadata": {"stats_version": "2.3.0"}}) == "2.3.0"


@pytest.mark.parametrize(
    "tree",
    [
        {},
        [],
        "x",
        {"round_info": []},
        {"round_info": {"stats_version": ["2"]}},
        {"round_info": {"stats_version": 2}},
        {"stats_version": "2.4.0"},
        {"metadata": {"stats_version": "2" * 65}},
    ],
)
def test_where_no_version_is_told_there_is_none(tree):
    assert of(tree) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read(body):
    assert suite_version([body]) is None or b"stats_version" in body
