import pytest

from shared.domain.vocabulary import PublicationStatus
from tests.fakes.discord_api.server import FakeDiscord
from tests.fakes.discord_api.state import CHANNEL_ID
from tests.integration.publishing import Presenter, add_publication, publication


@pytest.fixture
def discord():
    with FakeDiscord() as running:
        yield running


def test_a_due_publication_becomes_one_message_and_is_settled(engine, discord):
    publication_id = add_publication(engine)
    assert Presenter(engine, discord).publish(times=2) == [True, False]
    (message,) = discord.state.shown_messages()
    assert message["embeds"][0]["title"] == "Round 1 Complete \N{EN DASH} supply"
    row = publication(engine, publication_id)
    assert row.status == PublicationStatus.SENT
    assert row.posted_to == f"discord:{CHANNEL_ID}"
    assert row.message_ids == (message["id"],)
