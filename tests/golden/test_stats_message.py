"""Messages of the webhook script, one of them captured on the wire, beside the facts in them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.domain.vocabulary import Kind, ParseStatus
from shared.parsers.stats_message import read
from shared.parsers.stats_message_facts import from_message
from tests.golden.message_told import told

HERE = Path(__file__).parent / "senders" / "stats_message"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
FILES = ["r1.json", "r2.json", "r1-not-utf8.body", "aborted-r1-reported-as-r2.json", "captured-r1.request.raw"]


def body_of(name):
    """The body of a file; a captured request has its head before it."""
    content = (HERE / name).read_bytes()
    return content.split(b"\r\n\r\n", 1)[1] if name.endswith(".raw") else content


@pytest.mark.parametrize("name", FILES)
def test_a_message_says_what_its_expected_facts_say(name):
    reading = read(body_of(name))
    expected = json.loads((HERE / "expected" / f"{name.split('.')[0]}.json").read_text())

    assert (reading.parse_status, reading.problems) == (ParseStatus.OK, ())
    assert told(reading.message, NOW) == expected


def test_an_aborted_first_round_told_as_a_second_is_a_first():
    """P57"""
    reading = read(body_of("aborted-r1-reported-as-r2.json"))
    assert (reading.message.round_number, from_message(reading.message, "srv1", NOW).round_number) == (2, 1)


def test_only_the_message_that_is_no_utf8_had_to_be_mended():
    assert [name for name in FILES if read(body_of(name)).sanitised] == ["r1-not-utf8.body"]


def test_a_live_ping_is_no_round():
    reading = read(body_of("live-ping.json"))
    assert (reading.kind, reading.message, reading.quarantine_reason) == (Kind.OTHER_MESSAGE, None, None)
