"""A record comes back as it was written, or not at all; damage to one never costs another."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.spool_record import SpoolHead, entries, first_record_at, framed, mark_of, segment_head
from shared.domain.vocabulary import Kind, Outcome

MARK = bytes(range(16))
THEN = datetime(2026, 2, 3, 23, 55, 12, 123456, tzinfo=UTC)


@dataclass
class InMemory:
    held: bytes

    @property
    def size_bytes(self):
        return len(self.held)

    def read(self, at, length):
        return self.held[at : at + length]

    def find(self, mark, at):
        found = self.held.find(mark, at)
        return None if found < 0 else found


def a_delivery(number=1, **changes):
    known = {
        "spool_id": f"sp_{number}",
        "received_at": THEN + timedelta(seconds=number),
        "outcome": Outcome.SPOOLED,
        "answer_code": 202,
        "server_id": "srv1",
        "kind": Kind.STATS_FILE,
        "filename": "2026-02-03-235512-supply-round-1.txt",
        "headers": {"content-encoding": "gzip"},
        "remote_hash": "ab" * 8,
    }
    return SpoolHead(**known | changes)


def segment_of(*records):
    return segment_head(MARK) + b"".join(b"".join(framed(MARK, head, body)) for head, body in records)


def read_back(held):
    segment = InMemory(held)
    mark = mark_of(segment)
    return [] if mark is None else [(one.head, one.body(segment)) for one in entries(segment, mark)]


REFUSAL = SpoolHead("sp_9", THEN, Outcome.REFUSED_AUTH, 401)
GREETING = SpoolHead("sp_8", THEN, None, server_id="srv1")


@pytest.mark.parametrize(
    "head", [a_delivery(), REFUSAL, GREETING, a_delivery(may_be_stored=True, filename="\udcff\x00")]
)
def test_a_record_comes_back_as_it_was_written(head):
    assert read_back(segment_of((head, b"\x00body\xff"))) == [(head, b"\x00body\xff")]


@given(bodies=st.lists(st.binary(max_size=60), max_size=5), cut=st.integers(min_value=0))
def test_a_torn_tail_costs_only_what_was_being_written(bodies, cut):
    records = [(a_delivery(number), body) for number, body in enumerate(bodies)]
    whole = segment_of(*records)
    kept = whole[: first_record_at() + cut % (len(whole) - first_record_at() + 1)]
    expected = [one for end, one in enumerate(records, start=1) if len(segment_of(*records[:end])) <= len(kept)]
    assert read_back(kept) == expected


@given(
    bodies=st.lists(st.binary(max_size=60), min_size=2, max_size=5), at=st.integers(min_value=0), bit=st.integers(0, 7)
)
def test_a_flipped_bit_costs_at_most_the_record_it_is_in(bodies, at, bit):
    records = [(a_delivery(number), body) for number, body in enumerate(bodies)]
    held = bytearray(segment_of(*records))
    at %= len(held)
    held[at] ^= 1 << bit
    hit = sum(len(segment_of(*records[:end])) <= at for end in range(1, len(records) + 1))
    spared = [one for number, one in enumerate(records) if number != hit or at < first_record_at()]
    found = read_back(bytes(held))
    assert [one for one in found if one in records] == spared
    assert all(body is None for head, body in found if (head, body) not in records)


def test_what_follows_a_hole_is_found():
    first, second, third = ((a_delivery(number), b"x" * 40) for number in range(3))
    held = segment_of(first, second, third)
    hole = range(len(segment_of(first)) + 3, len(segment_of(first, second)) - 3)
    held = bytes(0 if at in hole else byte for at, byte in enumerate(held))
    assert read_back(held) == [first, third]


def test_a_record_inside_a_senders_body_is_never_taken_for_one():
    forged = b"".join(framed(bytes(16), a_delivery(7, server_id="srv2"), b"forged"))
    held = bytearray(segment_of((a_delivery(1), forged)))
    held[first_record_at() + 20] ^= 1
    assert read_back(bytes(held)) == []


def test_the_mark_survives_a_damaged_segment_head():
    held = segment_of((a_delivery(), b"body"))
    assert read_back(b"?" * first_record_at() + held[first_record_at() :]) == [(a_delivery(), b"body")]


@pytest.mark.parametrize("held", [b"", b"roundwire", segment_head(MARK)])
def test_a_segment_that_was_hardly_begun_holds_nothing(held):
    assert read_back(held) == []


def test_reading_goes_on_where_it_ended():
    held = segment_of((a_delivery(1), b"one"), (a_delivery(2), b"two"))
    segment = InMemory(held)
    first, second = entries(segment, MARK)
    assert [one.head for one in entries(segment, MARK, first.ends_at)] == [second.head]
