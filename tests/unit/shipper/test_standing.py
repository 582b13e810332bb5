from hypothesis import given
from hypothesis import strategies as st

from game_server.shipper.entry import Entry, FileOutcome, Stamp
from game_server.shipper.standing import Settling, Standing, standing

NOW_UNIX = 1_770_000_000.0
MIB = 1024 * 1024
stamps = st.builds(Stamp, st.integers(1, MIB), st.integers(0, 10), st.integers(0, 10))
outcomes = st.sampled_from(FileOutcome)


def an_entry(stamp: Stamp, outcome: FileOutcome, next_attempt_unix: float | None = None) -> Entry:
    return Entry("/a.txt", stamp, outcome, None, 1, next_attempt_unix, None, "", NOW_UNIX)


def where(stamp: Stamp, entry: Entry | None, name: str = "a.txt") -> Standing:
    return standing(name, stamp, entry, NOW_UNIX, largest_bytes=MIB)


@given(stamp=stamps)
def test_an_unknown_file_is_new(stamp):
    assert where(stamp, None) is Standing.NEW


@given(stamp=stamps, outcome=st.sampled_from([FileOutcome.TAKEN, FileOutcome.REFUSED]))
def test_a_settled_file_that_looks_the_same_is_left_alone(stamp, outcome):
    assert where(stamp, an_entry(stamp, outcome)) == outcome.value


@given(before=stamps, now=stamps, outcome=outcomes)
def test_a_file_that_looks_different_is_never_left_alone(before, now, outcome):
    is_same = before == now

    assert is_same or where(now, an_entry(before, outcome)) in {Standing.REWRITTEN, Standing.DUE}


@given(stamp=stamps, wait_seconds=st.floats(0.01, 3600))
def test_a_waiting_file_waits_until_its_moment(stamp, wait_seconds):
    assert where(stamp, an_entry(stamp, FileOutcome.WAITING, NOW_UNIX + wait_seconds)) is Standing.WAITING
    assert where(stamp, an_entry(stamp, FileOutcome.WAITING, NOW_UNIX - wait_seconds)) is Standing.DUE


def test_what_cannot_be_sent_is_told_apart():
    assert where(Stamp(0, 1, 1), None) is Standing.EMPTY
    assert where(Stamp(MIB + 1, 1, 1), None) is Standing.TOO_LARGE
    assert where(Stamp(1, 1, 1), None, name="a\nb.txt") is Standing.UNSENDABLE


def test_a_file_settles_when_it_looked_the_same_for_long_enough():
    settling = Settling(3.0)
    stamp = Stamp(1, 1, 1)

    assert settling.settled([("a", stamp)], 10.0) == set()
    assert settling.settled([("a", stamp)], 12.9) == set()
    assert settling.settled([("a", stamp)], 13.0) == {"a"}


def test_a_change_begins_the_wait_anew():
    settling = Settling(3.0)
    settling.settled([("a", Stamp(1, 1, 1))], 10.0)
    settling.settled([("a", Stamp(2, 1, 1))], 12.0)

    assert settling.settled([("a", Stamp(2, 1, 1))], 13.0) == set()
    assert settling.next_in_seconds(13.0) == 2.0


def test_a_file_that_was_away_begins_anew():
    settling = Settling(3.0)
    settling.settled([("a", Stamp(1, 1, 1))], 10.0)
    settling.settled([], 12.0)

    assert settling.settled([("a", Stamp(1, 1, 1))], 13.0) == set()
