"""What every part of the bench stands on: a database with a thousand rounds, judged and said for real, to be copied."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import text

from bench import floor, load
from bench.databases import Databases, databases
from bench.fill import fill
from bench.reports import SERVERS
from bench.rows import StoredRound, stored_rounds
from bench.service import Service, discord_stand_in, door, whole_service
from shared.ops.clock import utc_now

THOUSAND, MEASURED = "thousand", "measured"
SEEDED_ROUNDS = 4 * SERVERS
STORED_ROUNDS = 1024
_BEFORE_NOW_SECONDS = 300 * 86_400  # far enough back that no load reaches the future, where a start is not believed
_PUBLISHED_WITHIN_SECONDS = 120


@dataclass(slots=True)
class Sender:
    """Sends reports nobody has sent to this database yet."""

    service: Service
    tokens: Mapping[str, str]
    since_unix: int
    next_number: int = SEEDED_ROUNDS

    def send(self, seconds: float, per_second: float | None = None) -> load.Sent:
        """For so long, at that rate or as fast as 32 connections are answered."""
        job = load.Job(
            self.service.port, dict(self.tokens), self.since_unix, self.next_number, seconds, per_second=per_second
        )
        sent = load.send(job)
        self.next_number += sent.count
        return sent


@dataclass(frozen=True, slots=True)
class Ground:
    """A Postgres, its servers' tokens, and rounds as rows. `is_quick`: short runs, for a first look."""

    databases: Databases
    is_quick: bool
    since_unix: int = field(default_factory=lambda: int(utc_now().timestamp()) - _BEFORE_NOW_SECONDS)
    tokens: dict[str, str] = field(default_factory=dict)
    rounds: list[StoredRound] = field(default_factory=list)

    def either(self, quick: float, thorough: float) -> float:
        """One of two, as the run is."""
        return quick if self.is_quick else thorough

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """A copy of the thousand rounds to measure on; answers its address."""
        with self.databases.copy(THOUSAND, MEASURED) as url:
            yield url

    @contextmanager
    def open_door(self, database_url: str, next_number: int = SEEDED_ROUNDS) -> Iterator[Sender]:
        """The API process alone on a database, warm, and what sends to it."""
        with door(database_url) as service:
            sender = self.sender(service, next_number)
            sender.send(2)
            yield sender

    def by_hand(self, database_url: str, seconds: float, connections: int) -> floor.Job:
        """A job for the bare loop."""
        return floor.Job(database_url, self.databases.cluster, self.rounds, seconds, connections)

    def sender(self, service: Service, next_number: int = SEEDED_ROUNDS) -> Sender:
        """What sends to a running service."""
        return Sender(service, self.tokens, self.since_unix, next_number)


@contextmanager
def ground(*, is_quick: bool) -> Iterator[Ground]:
    """Start Postgres and lay the ground; everything is gone afterwards."""
    with databases() as server:
        laid = Ground(server, is_quick)
        laid.tokens.update(server.create(THOUSAND))
        url = server.url(THOUSAND)
        with door(url) as service:
            laid.sender(service, next_number=0).send(4, per_second=SEEDED_ROUNDS / 4)
        laid.rounds.extend(stored_rounds(url, SEEDED_ROUNDS))  # as the door leaves them: judged, and not yet said
        with discord_stand_in() as discord_port, whole_service(url, discord_port):
            _wait_until_settled(server)
        fill(server, THOUSAND, STORED_ROUNDS)
        yield laid


_UNSETTLED = text("""
SELECT (SELECT count(*) FROM round_events WHERE state <> 'published')
     + (SELECT count(*) FROM rounds WHERE gaming_session_id IS NULL)
     + (SELECT count(*) FROM publications WHERE status <> 'sent')
""")


def _wait_until_settled(server: Databases) -> None:
    patience_ends = time.monotonic() + _PUBLISHED_WITHIN_SECONDS
    while time.monotonic() < patience_ends:
        with server.transaction(THOUSAND) as connection:
            if connection.scalar(_UNSETTLED) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("the service did not settle what was sent to it")
