from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.publications import (
    DELAY_FACTOR,
    FIRST_DELAY,
    LONGEST_DELAY,
    MAX_ATTEMPTS,
    FailureKind,
    NextState,
    after_failure,
    back_off,
    footer_mark,
    nonce,
    read_footer_mark,
)
from shared.domain.vocabulary import PublicationStatus

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


def test_the_first_retry_comes_after_a_second_and_later_ones_ever_later():
    assert [back_off(attempts).total_seconds() for attempts in range(1, 8)] == [1, 4, 16, 64, 256, 600, 600]


def test_a_failed_attempt_waits_its_back_off():
    following = after_failure(2, NOON, FailureKind.TRANSIENT)
    assert following == NextState(PublicationStatus.PENDING, 2, NOON + FIRST_DELAY * DELAY_FACTOR)


def test_after_the_last_attempt_it_is_dead():
    following = after_failure(MAX_ATTEMPTS, NOON, FailureKind.TRANSIENT)
    assert following == NextState(PublicationStatus.DEAD, MAX_ATTEMPTS, None)


def test_a_message_that_was_refused_is_dead_at_once():
    assert after_failure(1, NOON, FailureKind.REJECTED).status is PublicationStatus.DEAD


def test_a_channel_that_is_gone_is_not_asked_for_again_soon():
    assert after_failure(1, NOON, FailureKind.BLOCKED).next_attempt_at == NOON + LONGEST_DELAY


def test_being_asked_to_wait_uses_no_attempt_up():
    following = after_failure(MAX_ATTEMPTS, NOON, FailureKind.RATE_LIMITED, A_MINUTE)
    assert following == NextState(PublicationStatus.PENDING, MAX_ATTEMPTS - 1, NOON + A_MINUTE)


@pytest.mark.parametrize("kind", [FailureKind.RATE_LIMITED, FailureKind.TOKEN_REFUSED])
def test_an_attempt_that_was_cut_short_stays_in_mind(kind):
    """P63: what it may have left in the channel is looked for before anything is posted."""
    assert after_failure(1, NOON, kind).attempts == 1


@given(st.integers(1, 12), st.sampled_from(FailureKind))
def test_a_failure_leads_to_waiting_or_to_death_and_never_to_a_hot_loop(attempts, kind):
    following = after_failure(attempts, NOON, kind)
    if following.status is PublicationStatus.DEAD:
        assert following.next_attempt_at is None
    elif kind is not FailureKind.TOKEN_REFUSED:
        assert following.next_attempt_at is not None
        assert following.next_attempt_at >= NOON + FIRST_DELAY


@given(st.integers(1, 2**63 - 1), st.integers(1, 99))
def test_a_mark_in_a_footer_is_read_back_as_it_was_written(publication_id, part):
    footer = f"Round 12 · {footer_mark(publication_id, part)} · 1:4430f4bb · linked · stats_ready"
    assert read_footer_mark(footer) == (publication_id, part)


@pytest.mark.parametrize("footer", ["", "Round 12", "XP34 · linked", "P34x · linked", "round P34"])
def test_a_footer_without_a_mark_of_ours_bears_none(footer):
    assert read_footer_mark(footer) is None


@given(st.integers(1, 2**63 - 1), st.integers(1, 99))
def test_a_nonce_is_never_longer_than_discord_takes(publication_id, part):
    assert len(nonce(publication_id, part, NOON)) <= 25


def test_a_nonce_is_the_same_on_every_retry_and_another_for_every_other_intent():
    first = nonce(12, 1, NOON)
    assert nonce(12, 1, NOON) == first
    others = {nonce(13, 1, NOON), nonce(12, 2, NOON), nonce(12, 1, NOON + A_MINUTE), nonce(12, 1, NOON, replaces=99)}
    assert len(others | {first}) == 5
