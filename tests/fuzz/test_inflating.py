"""A body in any encoding is inflated no further than its bound, or refused with a word."""

import contextlib
import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import TooLarge, UnsupportedEncoding
from shared.parsers.content import MOST_MEMBERS, inflated

BOUND = 10_000
MEBIBYTE = 1 << 20
small = st.binary(max_size=BOUND // 3)
members = st.lists(small, min_size=1, max_size=4)


@given(parts=members)
def test_members_of_a_gzip_body_are_one_body(parts):
    whole = b"".join(parts)
    packed = b"".join(map(gzip.compress, parts))
    if len(whole) <= BOUND:
        assert inflated(packed, "gzip", BOUND) == whole
    else:
        with pytest.raises(TooLarge):
            inflated(packed, "gzip", BOUND)


@given(part=small, cut=st.integers(1, 200))
def test_a_cut_gzip_body_is_refused(part, cut):
    packed = gzip.compress(part)
    with pytest.raises(UnsupportedEncoding):
        inflated(packed[: -min(cut, len(packed) - 1)], "gzip", BOUND)


@given(part=small, behind=st.binary(min_size=1, max_size=100))
def test_what_follows_a_gzip_body_and_is_no_member_is_refused(part, behind):
    with pytest.raises(UnsupportedEncoding):
        inflated(gzip.compress(part) + b"\0" + behind, "gzip", BOUND)


@given(
    body=st.binary(max_size=300), encoding=st.none() | st.text(max_size=20) | st.sampled_from(["gzip", "X-GZIP", "br"])
)
def test_any_body_in_any_encoding_is_inflated_or_refused(body, encoding):
    with contextlib.suppress(TooLarge, UnsupportedEncoding):
        assert len(inflated(body, encoding, BOUND)) <= BOUND


@pytest.mark.parametrize("members_of_bomb", [1, MOST_MEMBERS])
def test_a_bomb_takes_no_more_than_twice_the_bound(members_of_bomb):
    member = gzip.compress(bytes(64 * MEBIBYTE // members_of_bomb), compresslevel=9)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            inflated(member * members_of_bomb, "gzip", MEBIBYTE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * MEBIBYTE


def test_a_bomb_within_a_stored_block_is_bounded_too():
    packed = zlib.compressobj(0, wbits=31)
    body = packed.compress(bytes(3 * MEBIBYTE)) + packed.flush()
    with pytest.raises(TooLarge):
        inflated(body, "gzip", MEBIBYTE)
