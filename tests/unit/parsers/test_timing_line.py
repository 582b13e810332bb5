"""`-timing.txt` files: one line, in two forms and two sets of names."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import NotJson
from shared.domain.vocabulary import Kind, ParseStatus, QuarantineReason
from shared.parsers.timing_line import LARGEST_BYTES, read

LINE = (
    b"round_start_unix=1738554800 round_end_unix=1738555125 playtime=325 warmup=12 pauses=0 pause_seconds=0 "
    b"winner=2 defender=1 end_reason=objective"
)


def reading_of(body):
    return read(body, "supply", 1)


def test_map_and_number_are_those_of_the_name():
    message = reading_of(LINE).message
    assert (message.map_name, message.round_number) == ("supply", 1)


@pytest.mark.parametrize("around", [b"%s\n", b"\xef\xbb\xbf%s\r\n", b"  %s \0"])
def test_what_stands_around_the_line_is_no_matter(around):
    assert reading_of(around.replace(b"%s", LINE)) == reading_of(LINE)


def test_unknown_keys_are_no_matter_and_of_a_key_that_stands_twice_the_first_counts():
    reading = reading_of(LINE + b" weather=rain winner=1")
    assert (reading.message.winner, reading.parse_status) == (2, ParseStatus.OK)


@pytest.mark.parametrize(
    ("old", "new", "attribute"),
    [
        (b"playtime=325", b"playtime=long", "played_ms"),
        (b"winner=2", b"winner=7", "winner"),
        (b"unix=1738554800", b"unix=x", "round_start_unix"),
        (b"unix=1738555125", b"unix=1738554799", "round_end_unix"),
        (b"pauses=0", b"pauses=-1", "pause_count"),
    ],
)
def test_a_value_that_cannot_be_read_costs_itself(old, new, attribute):
    """P55"""
    reading = reading_of(LINE.replace(old, new))
    assert (getattr(reading.message, attribute), reading.parse_status) == (None, ParseStatus.PARTIAL)


def test_a_word_that_is_no_pair_is_noted():
    assert [problem.code for problem in reading_of(b"hello " + LINE).problems] == ["no_pair"]


@pytest.mark.parametrize("body", [b"", b" \n", b"\0\0", b"\xef\xbb\xbf"])
def test_an_empty_file_is_empty(body):
    reading = reading_of(body)
    assert (reading.quarantine_reason, reading.kind) == (QuarantineReason.EMPTY, Kind.GAMETIME_FILE)


@pytest.mark.parametrize("body", [b"hello", b"a=b", b"{}", b"[]", b'{"a": 1}'])
def test_a_file_with_none_of_the_keys_waits_in_quarantine(body):
    assert reading_of(body).quarantine_reason is QuarantineReason.SCHEMA_VIOLATION


def test_a_half_written_object_is_no_json():
    with pytest.raises(NotJson):
        reading_of(b'{"playtime": 3')


def test_a_file_far_longer_than_a_line_waits_in_quarantine():
    assert reading_of(LINE + b" " * LARGEST_BYTES).quarantine_reason is QuarantineReason.TOO_LARGE


@given(body=st.binary(max_size=100))
def test_no_bytes_whatever_raise_anything_but_that_they_are_no_json(body):
    with contextlib.suppress(NotJson):
        reading_of(body)
