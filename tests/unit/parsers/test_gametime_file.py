"""Gametime files: which part is believed for what, and what strangers make of them."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import NotJson
from shared.domain.vocabulary import Kind, ParseStatus, QuarantineReason, Side
from shared.parsers import round_report
from shared.parsers.gametime_file import LARGEST_BYTES, read
from tests.messages import a_message, as_bytes

GOLDEN_REPORT = Path(__file__).parents[2] / "golden" / "round_report" / "r1.json"
LIVES = {"guid": "ab", "name": "x", "spawns": 6, "deaths": 5, "dead_seconds": 42, "avg_respawn": 8, "max_respawn": 20}
META = {
    "map": "supply",
    "round": 1,
    "round_start_unix": 1770159070,
    "round_end_unix": 1770159310,
    "actual_duration_seconds": 240,
    "warmup_seconds": 8,
    "pause_seconds": 0,
    "pause_count": 0,
    "match_id": "1770159310",
    "spawn_stats": [LIVES],
}


def reading_of(payload=None, **meta):
    return read(as_bytes({"meta": META | meta, "payload": a_message() if payload is None else payload}))


def found(reading):
    return [(problem.pointer, problem.code) for problem in reading.problems]


def test_the_payload_is_believed_for_sides_and_the_meta_for_times_and_lives():
    message = reading_of().message
    assert (message.winner, message.defender, message.limit_ms) == (Side.ALLIES, Side.AXIS, 720_000)
    assert (message.round_start_unix, message.round_end_unix) == (1_770_159_070, 1_770_159_310)
    assert (message.played_ms, message.warmup_ms, message.spawn_stats[0].dead_ms) == (240_000, 8_000, 42_000)


def test_what_the_meta_does_not_know_the_payload_tells():
    message = reading_of(round_end_unix=0, actual_duration_seconds="x").message
    assert (message.round_end_unix, message.played_ms) == (1_770_159_309, 247_000)


@pytest.mark.parametrize("meta", [None, [], "x", 7])
def test_without_its_meta_a_file_says_what_its_payload_says(meta):
    reading = read(as_bytes({"meta": meta, "payload": a_message()}))
    assert (reading.message.played_ms, found(reading)) == (247_000, [("/meta", "missing")])


def test_payload_meta_and_lives_may_be_json_in_text():
    in_text = {
        "meta": json.dumps(META | {"spawn_stats": json.dumps([LIVES])}),
        "payload": json.dumps(a_message()),
    }
    assert read(as_bytes(in_text)).message == reading_of().message


@pytest.mark.parametrize("empty", [[], "[]", {}])
def test_nobodys_lives_are_an_empty_list(empty):
    assert reading_of(spawn_stats=empty).message.spawn_stats == ()


def test_lives_that_were_cut_cost_themselves():
    reading = reading_of(spawn_stats='[{"guid"')
    assert (reading.message.spawn_stats, reading.parse_status) == (None, ParseStatus.PARTIAL)
    assert found(reading) == [("/meta/spawn_stats", "not_json")]


def test_field_names_of_the_payload_may_be_lower_case_and_its_footer_another():
    payload = a_message()
    for field in payload["embeds"][0]["fields"]:
        field["name"] = field["name"].lower()
    payload["embeds"][0]["footer"]["text"] = "stats_discord_webhook v1.6.0"
    assert reading_of(payload).message.sender_version == "1.6.0"


def test_round_0_is_round_2():
    """P4"""
    assert reading_of(a_message(Round="0"), round=0).message.round_number == 2


@pytest.mark.parametrize("payload", ["", "x", "{", [], 7, {"embeds": []}, {"content": "STATS_READY"}])
def test_a_payload_without_a_round_waits_in_quarantine(payload):
    reading = reading_of(payload)
    assert (reading.message, reading.quarantine_reason) == (None, QuarantineReason.SCHEMA_VIOLATION)
    assert (reading.kind, reading.parse_status) == (Kind.GAMETIME_FILE, ParseStatus.FAILED)
    assert all(problem.pointer.startswith("/payload") for problem in reading.problems)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"null", b'{"payload": null}', b'{"meta": {}}'])
def test_a_file_without_a_payload_waits_in_quarantine(body):
    assert read(body).quarantine_reason is QuarantineReason.SCHEMA_VIOLATION


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_a_half_written_file_is_no_json(cut):
    with pytest.raises(NotJson):
        read(as_bytes({"meta": META, "payload": a_message()})[:cut])


def test_a_report_of_our_own_is_read_as_one():
    body = GOLDEN_REPORT.read_bytes()
    assert read(body) == round_report.read(body)


def test_a_bad_byte_in_a_name_costs_itself():
    """P9"""
    body = as_bytes({"meta": META, "payload": a_message()}).replace(b"Nordik", b"Caf\xe9")
    reading = read(body)
    assert (reading.message.roster[0].name, reading.sanitised) == ("Caf\ufffd", True)


def test_a_file_far_larger_than_any_round_waits_in_quarantine():
    assert read(b" " * LARGEST_BYTES + b"{}").quarantine_reason is QuarantineReason.TOO_LARGE


@given(body=st.binary(max_size=100))
def test_no_bytes_whatever_raise_anything_but_that_they_are_no_json(body):
    with contextlib.suppress(NotJson):
        read(body)


@given(meta=st.dictionaries(st.sampled_from(list(META)), st.none() | st.integers() | st.floats() | st.text(max_size=9)))
def test_whatever_its_meta_holds_a_file_is_a_message(meta):
    assert reading_of(**meta).message is not None
