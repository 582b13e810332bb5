"""Heads of proximity files: which round, and what strangers make of it."""

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.round_facts import Stamp
from shared.domain.vocabulary import ExitKind, ParseStatus, QuarantineReason
from shared.parsers import file_name
from shared.parsers.proximity_header import read, to_facts

HEAD = [
    "# PROXIMITY_TRACKER_V6",
    "# map=supply",
    "# round=1",
    "# round_start_unix=1770159062",
    "# round_end_unix=1770159309",
]
NAME = "2026-02-03-235510-supply-round-1_engagements.txt"
NOW = datetime(2026, 2, 4, tzinfo=UTC)


def reading_of(*lines):
    return read("\n".join([*HEAD, *lines]).encode())


def facts_of(name=NAME, **changes):
    header = dataclasses.replace(reading_of().header, **changes)
    return to_facts(header, file_name.read(name), None, "srv1", NOW)


@pytest.mark.parametrize("version", [3, 4, 5, 6])
def test_every_version_of_the_banner_is_read(version):
    assert read(f"# PROXIMITY_TRACKER_V{version}\n# map=supply\n".encode()).header.banner_version == version


def test_comments_unknown_keys_and_carriage_returns_are_no_matter():
    lines = [*HEAD[:1], "# written by hand", "", "# weather=rain=heavy", *HEAD[1:]]
    assert read("\r\n".join(lines).encode()).header == reading_of().header


def test_nothing_behind_the_first_section_is_of_the_head():
    assert reading_of("# ENGAGEMENTS", "# id;x", "1;2", "# tracker_version_full=9").header.tracker_version is None


def test_a_row_ends_the_head_too():
    assert reading_of("1;2;3", "# tracker_version_full=9").header.tracker_version is None


def test_a_value_may_hold_an_equals_sign_and_of_a_key_that_stands_twice_the_first_counts():
    header = reading_of("# tracker_version_full=6.11=x", "# map=other").header
    assert (header.tracker_version, header.map_name) == ("6.11=x", "supply")


def test_a_start_of_0_is_unknown():
    body = "\n".join(HEAD).replace("1770159062", "0").encode()
    assert (read(body).header.round_start_unix, read(body).parse_status) == (None, ParseStatus.OK)


@pytest.mark.parametrize(
    ("old", "new", "attribute"),
    [
        ("round=1", "round=3", "round_number"),
        ("round=1", "round=one", "round_number"),
        ("unix=1770159062", "unix=nan", "round_start_unix"),
        ("unix=1770159309", "unix=1770159000", "round_end_unix"),
        ("map=supply", "map=" + "x" * 65, "map_name"),
    ],
)
def test_a_value_that_cannot_be_read_costs_itself(old, new, attribute):
    """P55"""
    reading = read("\n".join(HEAD).replace(old, new).encode())
    assert (getattr(reading.header, attribute), reading.parse_status) == (None, ParseStatus.PARTIAL)


def test_what_was_on_is_unknown_unless_it_is_told():
    assert reading_of().header.capabilities is None
    assert reading_of("# capabilities=shot_fired:0,aim_lock:1").header.capabilities == {
        "shot_fired": False,
        "aim_lock": True,
    }


def test_a_flag_that_is_none_costs_itself():
    reading = reading_of("# capabilities=shot_fired:yes,aim_lock:1,")
    assert (reading.header.capabilities, reading.problems[0].code) == ({"aim_lock": True}, "no_flag")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", QuarantineReason.EMPTY),
        (b"\n", QuarantineReason.EMPTY),
        (b"# map=supply", QuarantineReason.MALFORMED_HEADER),
        (b"# PROXIMITY_TRACKER_VX", QuarantineReason.MALFORMED_HEADER),
    ],
)
def test_a_file_without_its_banner_waits_in_quarantine(body, reason):
    reading = read(body)
    assert (reading.header, reading.quarantine_reason) == (None, reason)


def test_the_number_in_the_name_is_better_than_the_one_in_the_head():
    assert facts_of(round_number=2).round_number == 1


def test_what_the_head_does_not_tell_the_name_does():
    facts = facts_of(map_name=None, round_number=None)
    assert (facts.map_name, facts.round_number) == ("supply", 1)


def test_a_file_of_which_neither_tells_the_map_is_of_no_round():
    assert facts_of("upload.txt", map_name=None) is None


def test_a_proximity_file_says_nothing_of_the_end_and_keeps_its_stamp():
    stamp = Stamp("2026-02-03", "235510", (1_770_159_307,))
    facts = to_facts(reading_of().header, file_name.read(NAME), stamp, "srv1", NOW)
    assert (facts.exit_kind, facts.winner, facts.stamp) == (ExitKind.UNKNOWN, None, stamp)


@given(body=st.binary(max_size=200) | st.binary(max_size=200).map(b"# PROXIMITY_TRACKER_V6\n".__add__))
def test_any_bytes_are_a_head_or_a_reason(body):
    reading = read(body)
    assert (reading.header is None) is (reading.quarantine_reason is not None)
