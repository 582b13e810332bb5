from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.precedence import Rank
from shared.domain.vocabulary import ExitKind, Kind, ParseStatus

RANKS = st.builds(
    Rank,
    kind=st.just(Kind.ROUND_REPORT),
    exit_kind=st.sampled_from(ExitKind),
    parse_status=st.sampled_from([ParseStatus.OK, ParseStatus.PARTIAL]),
    sequence=st.none() | st.integers(0, 3),
    byte_count=st.integers(1, 3),
    content_sha256=st.text("0123456789abcdef", min_size=4, max_size=4),
)


def rank(exit_kind=ExitKind.OBJECTIVE, parse_status=ParseStatus.OK, sequence=1, byte_count=100, content_sha256="aa"):
    return Rank(Kind.ROUND_REPORT, exit_kind, parse_status, sequence, byte_count, content_sha256)


LADDER = [
    rank(ExitKind.ABORTED, ParseStatus.PARTIAL, None, 1, "aa"),
    rank(ExitKind.ABORTED, ParseStatus.OK, 9, 999, "ff"),
    rank(parse_status=ParseStatus.PARTIAL, sequence=9, byte_count=999, content_sha256="ff"),
    rank(sequence=None, byte_count=999, content_sha256="ff"),
    rank(sequence=0, byte_count=999, content_sha256="ff"),
    rank(sequence=1, byte_count=100, content_sha256="ff"),
    rank(sequence=1, byte_count=101, content_sha256="aa"),
    rank(sequence=1, byte_count=101, content_sha256="ab"),
]


def test_finished_then_whole_then_the_later_then_the_longer_then_the_greater_is_believed():
    assert all(worse.key() < better.key() for worse, better in pairwise(LADDER))


def test_how_a_finished_round_ended_does_not_matter():
    finished = [kind for kind in ExitKind if kind is not ExitKind.ABORTED]
    assert {rank(kind).key() for kind in finished} == {rank().key()}


@given(ranks=st.lists(RANKS, min_size=2, max_size=5), data=st.data())
def test_who_is_believed_never_depends_on_the_order_of_arrival(ranks, data):
    """P14"""
    shuffled = data.draw(st.permutations(ranks))
    assert max(shuffled, key=Rank.key).key() == max(ranks, key=Rank.key).key()
