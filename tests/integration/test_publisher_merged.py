"""A post whose round turned out to be another is taken away; that other's stays."""

import pytest
from sqlalchemy import text

from shared.db.preview import PreviewMessages
from shared.domain.vocabulary import PublicationStatus
from tests.fakes.discord_api.faults import stored_but_cut
from tests.fakes.discord_api.server import FakeDiscord
from tests.integration.publishing import Presenter, add_publication, publication

GONE = "SELECT subject::bigint FROM publications WHERE id = :id"


@pytest.fixture
def discord():
    with FakeDiscord() as running:
        yield running


@pytest.fixture
def two(engine):
    """The publications of two rounds."""
    return add_publication(engine, start=1_770_000_000), add_publication(engine, start=1_770_000_300)


def merge(engine, publication_id):
    """The second round becomes the first, as far as the outbox sees of it."""
    whose = {"id": publication_id}
    with engine.begin() as connection:
        for statement in (
            f"INSERT INTO round_redirects (old_round_id, round_id, at) SELECT id, id - 1, now() FROM ({GONE}) AS gone (id)",
            f"DELETE FROM player_comprehensive_stats WHERE round_id IN ({GONE})",
            f"DELETE FROM rounds WHERE id IN ({GONE})",
            "UPDATE publications SET status = 'pending', revision = revision + 1, next_attempt_at = NULL WHERE id = :id",
        ):
            connection.execute(text(statement), whose)


def test_its_message_is_deleted_and_the_other_stays(engine, discord, two):
    presenter = Presenter(engine, discord)
    presenter.publish(times=2)
    merge(engine, two[1])
    presenter.publish()
    (message,) = discord.state.shown_messages()
    assert message["id"] in publication(engine, two[0]).message_ids
    assert publication(engine, two[1]).status == PublicationStatus.WITHDRAWN


def test_what_an_attempt_without_an_answer_left_standing_is_found_and_deleted(engine, discord, two):
    """P63"""
    presenter = Presenter(engine, discord)
    presenter.publish()
    discord.state.faults.append(stored_but_cut())
    presenter.publish()
    assert len(discord.state.shown_messages()) == 2
    merge(engine, two[1])
    presenter.publish()
    assert len(discord.state.shown_messages()) == 1
    assert publication(engine, two[1]).status == PublicationStatus.WITHDRAWN


def test_what_was_never_tried_is_withdrawn_without_a_word(engine, discord, two):
    merge(engine, two[1])
    Presenter(engine, discord).publish(times=2)
    assert [entry["action"] for entry in discord.state.journal].count("post") == 1
    assert publication(engine, two[1]).status == PublicationStatus.WITHDRAWN


def test_it_leaves_the_preview_too(engine, two):
    presenter = Presenter(engine)
    presenter.publish(times=2)
    merge(engine, two[1])
    presenter.publish()
    with engine.connect() as connection:
        assert [shown.publication_id for shown in PreviewMessages(connection).newest(10)] == [two[0]]
