from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.fetching import ATTEMPTS_AFTER, GIVEN_UP_AFTER, due_since, is_last

ASKED = datetime(2026, 2, 4, 12, tzinfo=UTC)


def after(minutes):
    return timedelta(minutes=minutes)


def test_the_pauses_grow_fivefold():
    instants = [attempt // timedelta(minutes=1) for attempt in ATTEMPTS_AFTER]
    assert [later - earlier for earlier, later in pairwise(instants)] == [1, 5, 25, 125, 625]


def test_the_first_attempt_is_due_at_once():
    assert due_since(ASKED, ASKED) == ASKED


def test_a_question_from_a_clock_ahead_is_due_at_once_too():
    assert due_since(ASKED, ASKED - after(3)) == ASKED


def test_between_attempts_nothing_new_is_due():
    assert due_since(ASKED, ASKED + after(5.9)) == ASKED + after(1)
    assert due_since(ASKED, ASKED + after(6)) == ASKED + after(6)


def test_the_sixth_attempt_is_the_last():
    assert [is_last(ASKED, ASKED + attempt) for attempt in ATTEMPTS_AFTER] == [False] * 5 + [True]


@given(st.timedeltas(min_value=timedelta(0), max_value=GIVEN_UP_AFTER * 2))
def test_what_is_due_is_one_of_the_attempts_and_never_in_the_future(passed):
    due = due_since(ASKED, ASKED + passed)
    assert due - ASKED in ATTEMPTS_AFTER
    assert due <= ASKED + passed
