"""Notices that name a file, and names no one should fetch."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import NotJson
from shared.domain.vocabulary import Kind, ParseStatus, QuarantineReason
from shared.parsers.filename_notice import read
from tests.messages import as_bytes

STATS = "2026-02-03-235512-supply-round-1.txt"
OTHER = "2026-02-03-235512-supply-round-2.txt"


def naming(name):
    return read(as_bytes({"username": "ET:Legacy Stats", "content": f"📊 `{name}`"}))


def test_of_two_names_the_first_counts():
    assert read(as_bytes({"content": f"`{STATS}` and `{OTHER}`"})).file.name == STATS


def test_a_name_may_be_told_plainly():
    assert read(as_bytes({"filename": STATS})).file == naming(STATS).file


def test_what_was_posted_as_to_a_chat_is_known_from_what_was_told_plainly():
    assert [naming(STATS).is_chat_message, read(as_bytes({"filename": STATS})).is_chat_message] == [True, False]


def test_an_embed_is_not_needed_and_round_0_is_round_2():
    """P4"""
    assert naming(STATS.replace("round-1", "round-0")).file.round_number == 2


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("2026-02-03-235512-supply-round-1_engagements.txt", Kind.PROXIMITY_FILE),
        ("2026-02-03-235512-supply-round-1-timing.txt", Kind.GAMETIME_FILE),
    ],
)
def test_a_name_of_another_known_format_is_a_name(name, kind):
    assert naming(name).file.kind is kind


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("2026-02-03-235512-supply-round-1_ws.txt", "unknown_format", QuarantineReason.UNKNOWN_KIND),
        ("../../etc/passwd.txt", "not_a_plain_name", QuarantineReason.SCHEMA_VIOLATION),
        (f"gamestats\\{STATS}", "not_a_plain_name", QuarantineReason.SCHEMA_VIOLATION),
        (f"/tmp/{STATS}", "not_a_plain_name", QuarantineReason.SCHEMA_VIOLATION),
        (STATS.replace("supply", "a" * 250), "too_long", QuarantineReason.SCHEMA_VIOLATION),
        (STATS.replace("round-1", "round-3"), "bad_round_number", QuarantineReason.SCHEMA_VIOLATION),
        (STATS.replace("2026-02-03", "2026-02-30"), "bad_stamp", QuarantineReason.SCHEMA_VIOLATION),
        (STATS.replace("2026", "2099"), "bad_stamp", QuarantineReason.SCHEMA_VIOLATION),
        (STATS.replace("supply", "sup;ply"), "bad_map", QuarantineReason.SCHEMA_VIOLATION),
    ],
)
def test_a_name_that_is_not_safe_is_never_handed_on(name, code, reason):
    reading = naming(name)
    assert (reading.file, reading.quarantine_reason, reading.parse_status) == (None, reason, ParseStatus.FAILED)
    assert [(problem.pointer, problem.code) for problem in reading.problems] == [("/content", code)]


def test_a_nul_in_a_name_is_never_handed_on():
    assert read(json.dumps({"filename": f"\0{STATS}"}).encode()).file is None


@pytest.mark.parametrize(
    "tree", [{}, [], "x", 7, {"content": STATS}, {"content": 7}, {"content": "``"}, {"filename": 7}]
)
def test_a_notice_without_a_name_waits_in_quarantine(tree):
    assert read(as_bytes(tree)).quarantine_reason is QuarantineReason.SCHEMA_VIOLATION


@given(body=st.binary(max_size=60) | st.text(max_size=30).map(lambda text: as_bytes({"filename": text})))
def test_any_bytes_are_a_name_or_a_reason(body):
    with contextlib.suppress(NotJson):
        reading = read(body)
        assert (reading.file is None) is (reading.quarantine_reason is not None)
