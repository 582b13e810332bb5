"""What the publisher's tests stand on: a finished round in the database, its publication, and a presenter to publish it."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from presenter_bot.discord_channels import DiscordChannels
from presenter_bot.publisher import Publisher
from presenter_bot.store import Store
from shared.db.publications import PublicationRow, Publications
from tests.fakes.discord_api.server import FakeDiscord
from tests.fakes.discord_api.state import CHANNEL_ID, TOKEN

_SERVER = (
    "INSERT INTO servers (server_id, display_name, created_at) VALUES ('srv1', 'srv1', now()) ON CONFLICT DO NOTHING"
)
_ROUND = """
    INSERT INTO rounds (
        server_id, map_name, round_number, match_id, round_fingerprint, fingerprint_tier, round_start_unix,
        actual_duration_seconds, limit_seconds, winner_team, defender_team, exit_kind, round_stopwatch_state,
        round_outcome, score_confidence, round_status, is_valid, is_bot_round, ingest_state, link_status,
        created_at, updated_at
    ) VALUES (
        'srv1', :map_name, 1, :match_id, :fingerprint, 1, :start, 456.27, 600, 2, 1, 'objective', 'TIME_SET',
        'TIME_SET', 'verified_header', 'completed', true, false, 'enriched', 'linked', now(), now()
    ) RETURNING id
"""
_PLAYER = """
    INSERT INTO player_comprehensive_stats
        (round_id, map_name, round_number, player_guid, player_name, clean_name, team, is_bot, kills, deaths, created_at)
    VALUES (:round_id, 'supply', 1, :guid, :name, :name, :team, false, 12, 8, now())
"""
_PUBLICATION = """
    INSERT INTO publications (kind, subject, channel, revision, status, created_at)
    VALUES ('round_post', :round_id, 'rounds', 1, 'pending', :created_at) RETURNING id
"""
_REVISION = """
    UPDATE publications
    SET revision = revision + 1, status = CASE status WHEN 'sent' THEN 'pending' ELSE status END
    WHERE id = :id
"""


def add_round(engine: Engine, *, start: int = 1_770_159_062, map_name: str = "supply", players: int = 2) -> int:
    """A finished round with its players; answers its id."""
    with engine.begin() as connection:
        connection.execute(text(_SERVER))
        facts = {"map_name": map_name, "start": start, "match_id": f"m1:{start}", "fingerprint": f"rf1:1:{start:032x}"}
        round_id = connection.execute(text(_ROUND), facts).scalar_one()
        for number in range(players):
            player = {
                "round_id": round_id,
                "guid": f"{number:08X}",
                "name": f"^1player{number}",
                "team": 1 + number % 2,
            }
            connection.execute(text(_PLAYER), player)
    return round_id


def add_publication(engine: Engine, *, created_at: datetime | None = None, **round_facts: object) -> int:
    """A round waiting to be posted; answers the publication's id."""
    round_id = add_round(engine, **round_facts)
    with engine.begin() as connection:
        waiting = {"round_id": str(round_id), "created_at": created_at or datetime.now(UTC)}  # noqa: TID251
        return connection.execute(text(_PUBLICATION), waiting).scalar_one()


def revise(engine: Engine, publication_id: int, map_name: str) -> None:
    """Later evidence has changed what is shown of the round."""
    with engine.begin() as connection:
        change = "UPDATE rounds SET map_name = :map_name WHERE id = (SELECT subject::bigint FROM publications WHERE id = :id)"
        connection.execute(text(change), {"map_name": map_name, "id": publication_id})
        connection.execute(text(_REVISION), {"id": publication_id})


def publication(engine: Engine, publication_id: int) -> PublicationRow:
    with engine.connect() as connection:
        row = Publications(connection).by_id(publication_id)
    assert row is not None
    return row


@dataclass
class Presenter:
    """A presenter process's publisher, run by hand: real database, real library, real HTTP."""

    engine: Engine
    discord: FakeDiscord | None = None
    holder: str = "presenter-1"
    autopost: bool = True
    delivery_seconds: float = 40.0
    channels: dict[str, int] = field(default_factory=lambda: {"rounds": CHANNEL_ID})
    clock_offset: timedelta = timedelta()

    def now(self) -> datetime:
        """The presenter's clock; `clock_offset` lets time pass."""
        return datetime.now(UTC) + self.clock_offset  # noqa: TID251

    def publish(self, *, times: int = 1) -> list[bool]:
        """Start, take so many turns, and stop. Answers which turns found something to do."""

        async def take_turns() -> list[bool]:
            channels = self._connect()
            if channels is not None:
                await channels.log_in()
            publisher = Publisher(Store(self.engine, self.holder), channels, self.now, autopost=self.autopost)
            turns = [await publisher.publish_next() for _ in range(times)]
            if channels is not None:
                await channels.close()
            return turns

        return asyncio.run(take_turns())

    def _connect(self) -> DiscordChannels | None:
        if self.discord is None:
            return None
        return DiscordChannels(TOKEN, self.discord.api_base, self.channels, self.delivery_seconds)
