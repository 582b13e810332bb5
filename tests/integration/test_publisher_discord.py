"""Posting and editing: what people see in the channel, and what the outbox says of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from shared.db.preview import PreviewMessages
from shared.domain.vocabulary import PublicationStatus
from tests.fakes.discord_api.faults import missing_access, stored_but_cut
from tests.fakes.discord_api.server import FakeDiscord
from tests.fakes.discord_api.state import CHANNEL_ID
from tests.integration.publishing import Presenter, add_publication, publication, revise

A_DAY = timedelta(days=1)


@pytest.fixture
def discord():
    with FakeDiscord() as running:
        yield running


def titles(discord):
    return [message["embeds"][0]["title"] for message in discord.state.shown_messages()]


def posts(discord):
    return [entry for entry in discord.state.journal if entry["action"] == "post"]


def previewed(engine):
    with engine.connect() as connection:
        return PreviewMessages(connection).newest(10)


def test_a_due_publication_becomes_one_message_and_is_settled(engine, discord):
    publication_id = add_publication(engine)
    assert Presenter(engine, discord).publish(times=2) == [True, False]
    (message,) = discord.state.shown_messages()
    assert message["embeds"][0]["title"] == "Round 1 Complete \N{EN DASH} supply"
    row = publication(engine, publication_id)
    assert row.status == PublicationStatus.SENT
    assert row.posted_to == f"discord:{CHANNEL_ID}"
    assert row.message_ids == (message["id"],)
    assert row.sent_at is not None


def test_a_later_revision_edits_the_message_and_posts_nothing(engine, discord):
    publication_id = add_publication(engine)
    presenter = Presenter(engine, discord)
    presenter.publish()
    revise(engine, publication_id, "radar")
    presenter.publish()
    assert titles(discord) == ["Round 1 Complete \N{EN DASH} radar"]
    assert len(posts(discord)) == 1
    assert publication(engine, publication_id).status == PublicationStatus.SENT


def test_a_message_that_was_deleted_is_posted_anew_once(engine, discord):
    publication_id = add_publication(engine)
    presenter = Presenter(engine, discord)
    presenter.publish()
    (first,) = discord.state.shown_messages()
    discord.state.delete(first)
    revise(engine, publication_id, "radar")
    presenter.publish()
    (second,) = discord.state.shown_messages()
    assert second["id"] != first["id"]
    assert publication(engine, publication_id).message_ids == (second["id"],)


def test_a_message_posted_anew_without_an_answer_is_not_posted_a_third_time(engine, discord):
    """P63"""
    publication_id = add_publication(engine)
    presenter = Presenter(engine, discord)
    presenter.publish()
    discord.state.delete(discord.state.shown_messages()[0])
    revise(engine, publication_id, "radar")
    discord.state.faults.append(stored_but_cut())
    presenter.publish()
    discord.state.forget_nonces()
    presenter.clock_offset = A_DAY
    presenter.publish()
    (message,) = discord.state.shown_messages()
    assert publication(engine, publication_id).message_ids == (message["id"],)


def test_a_crowd_goes_over_several_messages_and_what_is_no_longer_needed_is_taken_away(engine, discord):
    publication_id = add_publication(engine, players=300)
    presenter = Presenter(engine, discord)
    presenter.publish()
    shown = discord.state.shown_messages()
    assert len(shown) > 1
    assert publication(engine, publication_id).message_ids == tuple(message["id"] for message in shown)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM player_comprehensive_stats WHERE player_guid > '00000010'"))
    revise(engine, publication_id, "supply")
    presenter.publish()
    assert [message["id"] for message in discord.state.shown_messages()] == [shown[0]["id"]]
    assert publication(engine, publication_id).message_ids == (shown[0]["id"],)


def test_a_crowd_whose_second_message_got_no_answer_is_completed_and_not_begun_again(engine, discord):
    """P63"""
    publication_id = add_publication(engine, players=600)
    presenter = Presenter(engine, discord)
    discord.state.faults.append(stored_but_cut(passes=1))
    presenter.publish()
    assert len(discord.state.shown_messages()) == 2
    discord.state.forget_nonces()
    presenter.clock_offset = A_DAY
    presenter.publish()
    shown = discord.state.shown_messages()
    assert len(set(titles(discord))) == len(shown) > 2
    assert publication(engine, publication_id).message_ids == tuple(message["id"] for message in shown)


def test_rounds_are_posted_in_the_order_in_which_they_were_played(engine, discord):
    for start, map_name in ((300, "third"), (100, "first"), (200, "second")):
        add_publication(engine, start=1_770_000_000 + start, map_name=map_name)
    Presenter(engine, discord).publish(times=3)
    assert [title.split()[-1] for title in titles(discord)] == ["first", "second", "third"]


def test_two_presenters_share_the_work_and_neither_repeats_the_other(engine, discord):
    for number in range(6):
        add_publication(engine, start=1_770_000_000 + number)
    first, second = Presenter(engine, discord), Presenter(engine, discord, holder="presenter-2")
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda presenter: presenter.publish(times=6), (first, second)))
    assert len(posts(discord)) == len(discord.state.shown_messages()) == 6


def test_without_a_token_the_same_card_goes_to_the_preview(engine):
    publication_id = add_publication(engine)
    Presenter(engine).publish()
    (message,) = previewed(engine)
    assert message.message["embeds"][0]["title"] == "Round 1 Complete \N{EN DASH} supply"
    row = publication(engine, publication_id)
    assert (row.status, row.posted_to) == (PublicationStatus.SENT, "preview")


def test_a_revision_edits_the_preview_in_place(engine):
    publication_id = add_publication(engine)
    presenter = Presenter(engine)
    presenter.publish()
    revise(engine, publication_id, "radar")
    presenter.publish()
    (message,) = previewed(engine)
    assert message.message["embeds"][0]["title"] == "Round 1 Complete \N{EN DASH} radar"
    assert message.edited_at is not None


def test_a_token_that_comes_later_posts_nothing_again_and_edits_stay_in_the_preview(engine, discord):
    publication_id = add_publication(engine)
    Presenter(engine).publish()
    revise(engine, publication_id, "radar")
    assert Presenter(engine, discord).publish(times=2) == [True, False]
    assert discord.state.journal == []
    assert previewed(engine)[0].message["embeds"][0]["title"] == "Round 1 Complete \N{EN DASH} radar"


def test_a_channel_that_is_mapped_to_nothing_goes_to_the_preview(engine, discord):
    publication_id = add_publication(engine)
    Presenter(engine, discord, channels={}).publish()
    assert publication(engine, publication_id).posted_to == "preview"


def test_an_edit_of_a_message_on_discord_waits_for_a_token(engine, discord):
    publication_id = add_publication(engine)
    Presenter(engine, discord).publish()
    revise(engine, publication_id, "radar")
    assert Presenter(engine).publish() == [False]
    assert publication(engine, publication_id).status == PublicationStatus.PENDING


def test_with_automatic_posting_off_a_publication_ends_unsaid(engine, discord):
    publication_id = add_publication(engine)
    Presenter(engine, discord, autopost=False).publish()
    assert publication(engine, publication_id).status == PublicationStatus.AUTOPOST_OFF
    assert discord.state.journal == []


def test_every_message_mentions_nobody(engine, discord):
    """P62: the stand-in refuses a message that does not say whom it may mention."""
    add_publication(engine)
    Presenter(engine, discord).publish()
    assert len(posts(discord)) == 1


def test_a_channel_whose_history_may_not_be_read_gets_no_second_attempt_blindly(engine, discord):
    """P63"""
    publication_id = add_publication(engine)
    presenter = Presenter(engine, discord)
    discord.state.faults += [stored_but_cut(), missing_access("GET")]
    presenter.publish()
    presenter.clock_offset = A_DAY
    presenter.publish()
    assert publication(engine, publication_id).error_code == "history_missing_access"
    assert len(posts(discord)) == 1
