from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game_server.shipper.patience import Patience
from game_server.shipper.verdict import (
    LONGEST_WAIT_SECONDS,
    Reply,
    Verdict,
    asked_wait_seconds,
    file_wait_seconds,
    is_due,
    judge,
    service_wait_seconds,
)

NOW_UNIX = 1_770_000_000.0
SHA256 = "a" * 64
REFUSALS = [400, 409, 413, 415, 422]
statuses = st.one_of(st.none(), st.integers(100, 599))


@given(status=statuses)
def test_only_a_2xx_takes_and_only_the_five_refuse_for_good(status):
    verdict = judge(Reply(status, content_sha256=SHA256))

    assert (verdict is Verdict.TAKEN) == (status is not None and 200 <= status < 300)
    assert (verdict is Verdict.REFUSED) == (status in REFUSALS)


@given(status=statuses, confirmed=st.one_of(st.none(), st.just("b" * 64)))
def test_nothing_is_taken_before_all_of_it_was_sent(status, confirmed):
    assert judge(Reply(status, confirmed_sha256=confirmed)) is not Verdict.TAKEN


@pytest.mark.parametrize(("confirmed", "verdict"), [
    (SHA256, Verdict.TAKEN), (None, Verdict.TAKEN), ("b" * 64, Verdict.FILE_WAITS),
])  # fmt: skip
def test_a_2xx_confirms_the_bytes_it_names(confirmed, verdict):
    assert judge(Reply(201, content_sha256=SHA256, confirmed_sha256=confirmed)) is verdict


def test_where_nobody_is_reached_every_file_waits():
    assert judge(Reply(None, reached=False)) is Verdict.SERVICE_WAITS


@given(attempts=st.integers(1, 10_000))
def test_a_wait_never_shrinks_and_never_passes_its_bound(attempts):
    assert file_wait_seconds(attempts) <= file_wait_seconds(attempts + 1) <= 900
    assert service_wait_seconds(attempts, None) <= service_wait_seconds(attempts + 1, None) <= 300


@given(failures=st.integers(0, 100), asked=st.floats(0, LONGEST_WAIT_SECONDS))
def test_a_wait_is_never_shorter_than_asked(failures, asked):
    assert service_wait_seconds(failures, asked) >= asked


@given(st.text())
def test_any_retry_after_is_read_or_ignored(text):
    asked = asked_wait_seconds(text, NOW_UNIX)

    assert asked is None or 0 <= asked <= LONGEST_WAIT_SECONDS


@given(seconds=st.integers(0, 10**30))
def test_seconds_are_read_up_to_an_hour(seconds):
    assert asked_wait_seconds(f" {seconds} ", NOW_UNIX) == min(seconds, LONGEST_WAIT_SECONDS)


@pytest.mark.parametrize(("ahead_seconds", "asked"), [(90, 90), (-90, 0), (86_400, 3600)])
def test_a_date_is_read_as_the_time_until_then(ahead_seconds, asked):
    moment = datetime.fromtimestamp(NOW_UNIX, UTC) + timedelta(seconds=ahead_seconds)

    assert asked_wait_seconds(format_datetime(moment, usegmt=True), NOW_UNIX) == asked


@pytest.mark.parametrize(("next_attempt_unix", "due"), [
    (None, True), (NOW_UNIX, True), (NOW_UNIX - 1, True), (NOW_UNIX + 1, False), (NOW_UNIX + 3600, False),
])  # fmt: skip
def test_a_file_is_due_when_its_moment_has_come(next_attempt_unix, due):
    assert is_due(next_attempt_unix, NOW_UNIX) is due


def test_a_clock_that_was_set_back_makes_nobody_wait_for_years():
    assert is_due(NOW_UNIX + 10 * LONGEST_WAIT_SECONDS, NOW_UNIX)
    assert Patience(NOW_UNIX + 10 * LONGEST_WAIT_SECONDS, NOW_UNIX, now_seconds=5.0).left_seconds(5.0) == 0


def test_patience_doubles_with_each_failure_in_a_row_and_begins_anew_after_a_success():
    patience = Patience(None, NOW_UNIX, now_seconds=0.0)
    waits = [patience.fail(None, 0.0, is_the_services=True) for _ in range(4)]
    patience.succeed()

    assert waits == [1, 2, 4, 8]
    assert patience.fail(None, 0.0, is_the_services=True) == 1


def test_the_first_failure_that_may_be_one_files_own_costs_the_others_nothing():
    patience = Patience(None, NOW_UNIX, now_seconds=0.0)

    assert [patience.fail(None, 0.0, is_the_services=False) for _ in range(3)] == [0, 1, 2]


def test_what_an_earlier_process_was_asked_to_wait_is_waited():
    assert Patience(NOW_UNIX + 60, NOW_UNIX, now_seconds=7.0).left_seconds(17.0) == 50
