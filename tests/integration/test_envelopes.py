"""The envelope of a delivery: by which id a message is known, under which name a file, whatever its kind."""

import json

import pytest
from structlog.testing import capture_logs

from shared.domain.vocabulary import Kind
from tests.integration.telling import R1, R2, Teller, Voice

NAMED = json.loads(R1["notice"].body)["content"].split("`")[1]
TIME_LINES = ("Round time source: field9", "Round time source: header")


@pytest.fixture
def told(engine):
    return Teller(engine).new_server()


def envelope(told, voice):
    (receipt,) = told.tell(voice)
    (event,) = told.rows("SELECT webhook_id, filename FROM round_events WHERE server_id = :server_id")
    return receipt, event["webhook_id"], event["filename"]


def time_lines(told, *voices):
    with capture_logs() as lines:
        told.tell(*voices)
    return [line["event"] for line in lines if line["event"].startswith("Round time source")]


def test_a_report_is_known_by_its_senders_id(told):
    assert envelope(told, R1["report"])[1:] == ("e-1", None)


def test_a_chat_message_is_known_by_the_id_it_was_answered_with(told):
    receipt, webhook_id, filename = envelope(told, R1["message"])
    assert (webhook_id, filename) == (str(receipt.delivery_id), None)


def test_a_notice_is_known_by_its_message_and_the_file_it_names(told):
    receipt, webhook_id, filename = envelope(told, R1["notice"])
    assert (webhook_id, filename) == (str(receipt.delivery_id), NAMED)


def test_a_name_told_plainly_is_no_chat_message(told):
    plain = Voice(Kind.FILENAME_NOTICE, json.dumps({"filename": NAMED}).encode())
    assert envelope(told, plain)[1:] == (None, NAMED)


@pytest.mark.parametrize("kind", ["gametime", "stats", "endstats", "proximity"])
def test_a_file_is_known_by_its_name_and_never_by_a_message(told, kind):
    assert envelope(told, R1[kind])[1:] == (None, R1[kind].filename)


def test_a_submit_of_the_suite_has_neither(told):
    assert envelope(told, R1["suite"])[1:] == (None, None)


def test_a_message_nobody_understands_has_its_id_all_the_same(told):
    receipt, webhook_id, _filename = envelope(told, Voice(Kind.STATS_MESSAGE, b'{"content": "STATS_READY"}'))
    assert (receipt.quarantine_reason is not None, webhook_id) == (True, str(receipt.delivery_id))


def test_of_a_stats_file_it_is_said_once_where_its_time_comes_from(told):
    assert time_lines(told, R1["stats"], R1["stats"], R1["report"]) == [TIME_LINES[0]]


def test_of_eight_fields_the_header_is_said_to_tell_the_time(told):
    header, rest = R2["stats"].body.split(b"\n", 1)
    eight = Voice(Kind.STATS_FILE, header.rsplit(b"\\", 1)[0] + b"\n" + rest, R2["stats"].filename)
    assert time_lines(told, eight) == [TIME_LINES[1]]
