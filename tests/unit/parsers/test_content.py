import contextlib
import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import TooLarge, UnsupportedEncoding
from shared.parsers.content import MOST_MEMBERS, inflated, pieces

LARGEST = 1000


@pytest.mark.parametrize("encoding", [None, "", "identity", " Identity "])
def test_a_body_in_no_encoding_is_itself(encoding):
    assert inflated(b"abc", encoding, LARGEST) == b"abc"


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
def test_a_gzip_body_is_inflated(encoding):
    assert inflated(gzip.compress(b"abc"), encoding, LARGEST) == b"abc"


def test_every_member_of_a_gzip_body_is_read():
    assert inflated(gzip.compress(b"ab") + gzip.compress(b"") + gzip.compress(b"c"), "gzip", LARGEST) == b"abc"


def test_members_that_inflate_to_very_much_are_read_to_their_ends():
    member = b"x" * 300_000
    assert inflated(gzip.compress(member) * 3, "gzip", 1_000_000) == member * 3


def test_more_members_than_any_sender_writes_are_refused():
    with pytest.raises(UnsupportedEncoding, match="members"):
        inflated(gzip.compress(b"") * (MOST_MEMBERS + 1), "gzip", LARGEST)
    assert inflated(gzip.compress(b"a") * MOST_MEMBERS, "gzip", LARGEST) == b"a" * MOST_MEMBERS


def test_the_bound_itself_may_be_taken():
    assert len(inflated(b"x" * LARGEST, None, LARGEST)) == LARGEST
    assert len(inflated(gzip.compress(b"x" * LARGEST), "gzip", LARGEST)) == LARGEST


def test_one_byte_above_the_bound_is_too_large():
    with pytest.raises(TooLarge):
        inflated(b"x" * (LARGEST + 1), None, LARGEST)
    with pytest.raises(TooLarge):
        inflated(gzip.compress(b"x" * (LARGEST + 1)), "gzip", LARGEST)


def test_a_bomb_is_refused_without_being_inflated():
    bomb = gzip.compress(b"\x00" * 200_000_000, compresslevel=1)
    with pytest.raises(TooLarge):
        inflated(bomb, "gzip", LARGEST)


def test_members_that_are_small_one_by_one_are_bounded_together():
    with pytest.raises(TooLarge):
        inflated(gzip.compress(b"x" * 600) * 2, "gzip", LARGEST)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(gzip.compress(b"abc" * 99)[:-1], id="without its last byte"),
        pytest.param(gzip.compress(b"abc" * 99)[:12], id="cut in the middle"),
        pytest.param(b"", id="empty"),
        pytest.param(b"{}", id="not compressed at all"),
        pytest.param(zlib.compress(b"abc"), id="another compression"),
        pytest.param(gzip.compress(b"abc") + b"rest", id="with something behind it"),
        pytest.param(gzip.compress(b"abc")[:-8] + b"\x00" * 8, id="with a wrong checksum"),
    ],
)
def test_what_only_claims_to_be_gzip_is_refused(body):
    with pytest.raises(UnsupportedEncoding):
        inflated(body, "gzip", LARGEST)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "deflate"])
def test_an_encoding_this_door_does_not_read_is_refused(encoding):
    with pytest.raises(UnsupportedEncoding):
        inflated(b"abc", encoding, LARGEST)


@given(body=st.binary(max_size=LARGEST), cuts=st.lists(st.integers(0, LARGEST), max_size=3))
def test_any_body_comes_back_from_any_number_of_members(body, cuts):
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    members = [gzip.compress(body[start:end]) for start, end in pairwise(edges)]
    assert inflated(b"".join(members), "gzip", LARGEST) == body


@given(body=st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_refusal(body):
    with contextlib.suppress(TooLarge, UnsupportedEncoding):
        assert len(inflated(body, "gzip", LARGEST)) <= LARGEST


@given(body=st.binary(max_size=100), times=st.sampled_from([1, 3_000]), cut=st.integers(0, 50))
def test_a_body_in_pieces_is_the_body(body, times, cut):
    whole = body * times
    sent = gzip.compress(whole[:cut]) + gzip.compress(whole[cut:])
    assert b"".join(pieces(sent, "gzip", len(whole))) == whole


def test_no_piece_is_larger_than_a_piece():
    sizes = [len(piece) for piece in pieces(gzip.compress(b"\x00" * 10_000_000), "gzip", 10_000_000)]
    assert (max(sizes), sum(sizes)) == (65_536, 10_000_000)
