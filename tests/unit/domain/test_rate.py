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


# ----- what answers tell ----------------------------------------------------------------------------------------------


def test_a_policy_is_the_burst_and_the_time_in_which_as_many_come_again():
    assert Bucket.full(60, 120, NOON).quota("rounds", NOON).policy_field == '"rounds";q=120;w=120'


def test_of_a_full_bucket_there_is_no_time_to_tell():
    assert Bucket.full(60, 3, NOON).quota("rounds", NOON).field == '"rounds";r=3'


def test_it_is_told_how_many_are_left_and_when_there_is_one_more():
    bucket = Bucket.full(6, 3, NOON)
    bucket.take(NOON)
    assert bucket.quota("rounds", NOON + 5).field == '"rounds";r=2;t=5'


def test_who_has_nothing_left_is_told_the_time_that_he_has_to_wait():
    bucket = drained(per_minute=6)
    assert bucket.quota("rounds", NOON).field == '"rounds";r=0;t=10'
    assert bucket.take(NOON) == 10


@given(per_minute=st.integers(1, 6000), burst=st.integers(1, 50), taken=st.integers(0, 60), gap=st.floats(0, 100))
def test_what_is_told_as_left_can_be_taken(per_minute, burst, taken, gap):
    bucket = Bucket.full(per_minute, burst, NOON)
    for _ in range(taken):
        bucket.take(NOON)
    left = bucket.quota("rounds", NOON + gap).left
    assert [bucket.take(NOON + gap) for _ in range(left)] == [0] * left
    assert bucket.take(NOON + gap) > 0
