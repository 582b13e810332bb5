"""The outbox's own promises: leases, settlements that are guarded by them, and what an operator may do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from shared.db.publications import Claim, Publications
from shared.domain.publications import LEASE, FailureKind, after_failure
from shared.domain.vocabulary import PublicationStatus
from tests.integration.publishing import add_publication, publication, revise

NOW = datetime(2026, 2, 3, 12, tzinfo=UTC)
A_MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def publication_id(engine) -> int:
    return add_publication(engine, created_at=NOW)


def ask(engine, question):
    with engine.begin() as connection:
        return question(Publications(connection))


def claim(engine, holder="first", now=NOW, **scope) -> Claim | None:
    return ask(engine, lambda publications: publications.claim(holder, now, **scope))


def settle(engine, claimed, holder="first", now=NOW):
    return ask(engine, lambda publications: publications.settle_sent(claimed, holder, "discord:1", ("11", "12"), now))


def fail(engine, claimed, kind=FailureKind.TRANSIENT, holder="first", now=NOW):
    following = after_failure(claimed.attempts, now, kind)
    return ask(engine, lambda publications: publications.settle_failed(claimed, holder, following, "timeout"))


def test_a_publication_is_claimed_by_one_only(engine, publication_id):
    assert claim(engine).id == publication_id
    assert claim(engine, "second") is None


def test_twenty_claimers_at_once_get_ten_publications_once_each(engine):
    ids = {add_publication(engine, created_at=NOW, start=1_770_000_000 + number) for number in range(10)}
    with ThreadPoolExecutor(5) as threads:
        claims = list(threads.map(lambda number: claim(engine, f"holder {number}"), range(20)))
    got = [claimed.id for claimed in claims if claimed is not None]
    assert sorted(got) == sorted(ids)


@pytest.mark.usefixtures("publication_id")
def test_a_first_claim_cannot_have_been_sent_before(engine):
    assert claim(engine).maybe_sent is False


def test_a_claim_is_free_again_when_its_lease_has_ended_and_may_have_been_sent(engine, publication_id):
    """P63"""
    claim(engine)
    assert claim(engine, "second", NOW + LEASE) is None
    second = claim(engine, "second", NOW + LEASE + A_MOMENT)
    assert (second.id, second.maybe_sent) == (publication_id, True)


def test_who_has_lost_the_lease_settles_nothing(engine, publication_id):
    late = claim(engine)
    claim(engine, "second", NOW + LEASE + A_MOMENT)
    assert settle(engine, late) is False
    assert fail(engine, late) is False
    assert publication(engine, publication_id).claimed_by == "second"


@pytest.mark.usefixtures("publication_id")
def test_who_is_late_but_not_replaced_may_still_settle(engine):
    late = claim(engine)
    assert settle(engine, late, now=NOW + 2 * LEASE) is True


def test_a_settled_publication_knows_its_messages_and_is_not_due(engine, publication_id):
    settle(engine, claim(engine))
    row = publication(engine, publication_id)
    assert (row.status, row.message_ids, row.posted_to) == (PublicationStatus.SENT, ("11", "12"), "discord:1")
    assert (row.attempts, row.claimed_by, row.lease_until, row.sent_at) == (0, None, None, NOW)
    assert claim(engine) is None


def test_a_revision_that_came_during_the_delivery_makes_it_due_again_as_an_edit(engine, publication_id):
    claimed = claim(engine)
    revise(engine, publication_id, "radar")
    settle(engine, claimed)
    again = claim(engine)
    assert (again.is_edit, again.message_ids, again.revision) == (True, ("11", "12"), 2)


def test_an_edit_keeps_the_time_of_the_first_posting(engine, publication_id):
    settle(engine, claim(engine))
    revise(engine, publication_id, "radar")
    settle(engine, claim(engine), now=NOW + LEASE)
    assert publication(engine, publication_id).sent_at == NOW


@pytest.mark.usefixtures("publication_id")
def test_a_failed_publication_is_due_when_its_time_has_come(engine):
    fail(engine, claim(engine))
    assert claim(engine, now=NOW) is None
    assert claim(engine, now=NOW + timedelta(seconds=1)).maybe_sent is True


def test_who_cannot_post_to_discord_claims_neither_new_publications_nor_edits_there(engine, publication_id):
    assert claim(engine, new_posts=False, discord_edits=False) is None
    settle(engine, claim(engine))
    revise(engine, publication_id, "radar")
    assert claim(engine, new_posts=True, discord_edits=False) is None
    assert claim(engine, new_posts=False, discord_edits=True) is not None


def test_what_was_never_posted_in_two_days_is_no_news_any_more(engine, publication_id):
    two_days_later = NOW + timedelta(hours=48) + A_MOMENT
    assert ask(engine, lambda publications: publications.expire(two_days_later)) == 1
    row = publication(engine, publication_id)
    assert (row.status, row.error_code) == (PublicationStatus.DEAD, "older_than_48_h")


def test_what_is_still_news_and_what_only_needs_an_edit_does_not_expire(engine, publication_id):
    settle(engine, claim(engine))
    revise(engine, publication_id, "radar")
    add_publication(engine, created_at=NOW + timedelta(days=3), start=1_770_000_001)
    assert ask(engine, lambda publications: publications.expire(NOW + timedelta(days=4))) == 0


def test_an_operator_may_have_a_dead_publication_tried_again_and_it_does_not_expire_then(engine, publication_id):
    """P63: it is looked for first, as its last attempt may have reached the channel."""
    fail(engine, claim(engine), FailureKind.REJECTED)
    later = NOW + timedelta(days=3)
    assert ask(engine, lambda publications: publications.retry(publication_id, later)) is True
    assert ask(engine, lambda publications: publications.expire(later)) == 0
    assert claim(engine, now=later).maybe_sent is True


def test_an_operator_may_drop_what_waits_but_not_what_is_being_sent(engine, publication_id):
    claimed = claim(engine)
    assert ask(engine, lambda publications: publications.drop(publication_id)) is False
    fail(engine, claimed)
    assert ask(engine, lambda publications: publications.drop(publication_id)) is True
    assert publication(engine, publication_id).status == PublicationStatus.WITHDRAWN


def test_what_is_sent_can_be_neither_retried_nor_dropped(engine, publication_id):
    settle(engine, claim(engine))
    assert ask(engine, lambda publications: publications.retry(publication_id, NOW)) is False
    assert ask(engine, lambda publications: publications.drop(publication_id)) is False


def test_publications_are_listed_newest_first_and_by_status(engine, publication_id):
    second = add_publication(engine, created_at=NOW, start=1_770_000_001)
    settle(engine, claim(engine))
    assert [row.id for row in ask(engine, lambda publications: publications.newest(10))] == [second, publication_id]
    assert len(ask(engine, lambda publications: publications.newest(10, "sent"))) == 1
    assert len(ask(engine, lambda publications: publications.newest(1))) == 1
