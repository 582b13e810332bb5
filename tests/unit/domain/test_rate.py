from hypothesis import given
from hypothesis import strategies as st

from shared.domain.rate import Bucket

NOON = 1_770_120_000.0


def drained(per_minute=60, burst=3):
    bucket = Bucket.full(per_minute, burst, NOON)
    for _ in range(burst):
        assert bucket.take(NOON) == 0
    return bucket


def test_a_burst_is_taken_at_once_and_the_next_one_waits():
    assert drained().take(NOON) == 1


def test_the_time_to_wait_is_enough():
    bucket = drained(per_minute=6)
    wait_seconds = bucket.take(NOON)
    assert wait_seconds == 10
    assert bucket.take(NOON + wait_seconds) == 0


def test_whoever_is_turned_away_has_not_used_anything_up():
    bucket = drained(per_minute=6)
    for second in range(9):
        assert bucket.take(NOON + second) > 0
    assert bucket.take(NOON + 10) == 0


def test_a_long_silence_fills_the_bucket_and_no_more_than_that():
    bucket = drained(burst=3)
    answers = [bucket.take(NOON + 86_400) for _ in range(4)]
    assert answers == [0, 0, 0, 1]


def test_a_clock_that_steps_back_takes_nothing_away():
    bucket = Bucket.full(60, 2, NOON)
    assert [bucket.take(NOON - 100), bucket.take(NOON - 100), bucket.take(NOON - 100)] == [0, 0, 1]


@given(
    per_minute=st.integers(1, 6000),
    burst=st.integers(1, 50),
    gaps=st.lists(st.floats(0, 5, allow_nan=False), max_size=80),
)
def test_never_more_pass_than_the_burst_and_the_time_allow(per_minute, burst, gaps):
    bucket = Bucket.full(per_minute, burst, NOON)
    now, passed = NOON, 0
    for gap in gaps:
        now += gap
        passed += bucket.take(now) == 0
    assert passed <= burst + (now - NOON) * per_minute / 60 + 1e-6
