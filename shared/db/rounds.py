"""Rounds in the database: what is known around one, and one judgement written as one statement.

Round trips decide the speed of the door, so the hot path is two statements: `keep_and_look` and `create`. Everything else
is rare and written for the reader.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from shared.db import rewrite_statements as rewriting
from shared.db import round_statements as sql
from shared.db.deliveries import RawDelivery
from shared.db.events import UnfinishedEvent
from shared.db.round_records import JudgedRound, NewEvent, as_json
from shared.db.round_rows import Record
from shared.db.surroundings import Look, Surroundings, look
from shared.domain.defenders import SideHint
from shared.domain.fingerprint import Fingerprint
from shared.domain.units import MS_PER_SECOND
from shared.domain.vocabulary import Side

WAITING_WITHIN_SECONDS = 2 * 3600  # a stamp of the hour that comes twice may mean either
MOST_WAITING = 100  # the door does not wait for a heap of old files; the worker asks again for the rest


class Rounds:
    """Rounds within the caller's transaction, whose server's lock the caller holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep_and_look(self, raw: RawDelivery, event_id: str | None, surroundings: Surroundings) -> Look:
        """Keep the delivery, once, and see what is known around the round it tells of."""
        parameters = {
            "server_id": raw.server_id,
            "kind": raw.kind,
            "content_sha256": raw.content_sha256,
            "event_id": event_id,
            "filename": raw.filename,
            "content_type": raw.content_type,
            "headers": as_json(dict(raw.headers)),
            "body": raw.body,
            "byte_count": raw.byte_count,
            "remote_hash": raw.remote_hash,
            "received_at": raw.received_at,
        }
        row = self._connection.execute(sql.KEEP_AND_LOOK, parameters | surroundings.parameters()).one()
        return look(row.delivery_id, row.aliases, row.neighbours, row.is_awaited)

    def look(self, delivery_id: int, server_id: str, surroundings: Surroundings) -> Look:
        """See what is known around a round, for a delivery that is kept already."""
        parameters = {"delivery_id": delivery_id, "server_id": server_id}
        row = self._connection.execute(sql.LOOK, parameters | surroundings.parameters()).one()
        return look(row.delivery_id, row.aliases, row.neighbours, row.is_awaited)

    def create(self, event: NewEvent, judged: JudgedRound, now: datetime) -> int:
        """Write a new round with its first event; returns the round's id."""
        parameters = event.parameters(now) | judged.parameters()
        round_id = int(self._connection.execute(sql.CREATE, parameters).scalar_one())
        self._note_conflicts(round_id, judged, now)
        return round_id

    def add_event(self, round_id: int, event: NewEvent, now: datetime) -> Fingerprint:
        """Write a further event of a known round; answers the name of the round, which what it tells may change."""
        row = self._connection.execute(sql.ADD_EVENT, event.parameters(now) | {"round_id": round_id}).one()
        return Fingerprint(row.fingerprint_tier, row.round_fingerprint)

    def add_unlinked(self, event: NewEvent, now: datetime) -> None:
        """Write an event that belongs to no round."""
        self._connection.execute(sql.ADD_UNLINKED, event.parameters(now))

    def keep_unlinked(self, lua: Record) -> None:
        """Write what a game server measured of a round that is none of ours yet; once."""
        self._connection.execute(sql.FORGET_UNLINKED, {"delivery_id": lua["delivery_id"]})
        self._connection.execute(sql.KEEP_UNLINKED, {"lua": as_json(lua)})

    def rewrite(self, round_id: int, judged: JudgedRound, now: datetime) -> None:
        """Replace a round's judgement. When that changes what may be shown, the round has a new revision and its message
        is edited; one that is no longer due and was never tried is left out.
        """
        whose = {"round_id": round_id}
        shown_before = self._connection.execute(rewriting.CLEAR, whose).scalar_one()
        self._connection.execute(rewriting.REWRITE, judged.parameters() | {"round_id": round_id, "now": now})
        self._note_conflicts(round_id, judged, now)
        if judged.publish is None:
            self._connection.execute(rewriting.UNSAY, whose)
        if self._connection.execute(rewriting.SHOWN, whose).scalar_one() != shown_before:
            self._connection.execute(rewriting.REVISE, whose | {"now": now})

    def amend(self, round_id: int, judged: JudgedRound, now: datetime) -> None:
        """As `rewrite`, for a judgement that leaves everything but the round's own row as it stands."""
        parameters = {"round_id": round_id, "round": as_json(judged.round), "publish": judged.publish, "now": now}
        self._connection.execute(rewriting.AMEND, parameters)
        if judged.publish is None:
            self._connection.execute(rewriting.UNSAY, {"round_id": round_id})

    def _note_conflicts(self, round_id: int, judged: JudgedRound, now: datetime) -> None:
        if judged.conflicts:
            noted = {"round_id": round_id, "conflicts": as_json(judged.conflicts), "at": now.isoformat()}
            self._connection.execute(sql.NOTE_CONFLICTS, noted)

    @contextmanager
    def slots_open(self) -> Iterator[None]:
        """Let rounds of one match change places; that no two end up in one slot is checked on the way out."""
        self._connection.execute(sql.SLOTS_OPEN)
        yield
        self._connection.execute(sql.SLOTS_CHECKED)

    def strongest_alias(self, round_id: int) -> Fingerprint:
        """The fingerprint that names the round."""
        row = self._connection.execute(sql.STRONGEST, {"round_id": round_id}).one()
        return Fingerprint(row.fingerprint_tier, row.round_fingerprint)

    def other_half(self, match_id: str, round_number: int) -> int | None:
        """The round that holds the other slot of a match."""
        found = self._other_half(match_id, round_number)
        return None if found is None else int(found.id)

    def limit_of_other_half_ms(self, match_id: str, round_number: int) -> int | None:
        """The limit that the other round of a match was played under."""
        found = self._other_half(match_id, round_number)
        return None if found is None or found.limit_seconds is None else round(found.limit_seconds * MS_PER_SECOND)

    def defender_of_other_half(self, match_id: str, round_number: int) -> Side | None:
        """Who defended in the other round of a match, as its own sources tell it."""
        found = self._other_half(match_id, round_number)
        if found is None or found.defender_team is None or found.sides_source in set(SideHint):
            return None
        return Side(found.defender_team)

    def exists(self, round_id: int) -> bool:
        """Whether there is a round of an id."""
        return bool(self._connection.execute(sql.EXISTS, {"round_id": round_id}).scalar_one())

    def _other_half(self, match_id: str, round_number: int) -> Row[Any] | None:
        parameters = {"match_id": match_id, "round_number": 3 - round_number}
        return self._connection.execute(sql.OTHER_HALF, parameters).one_or_none()

    def waiting(self, server_id: str, map_name: str, near_unix: int) -> list[UnfinishedEvent]:
        """Events of a server and map that wait for a round of about that time, in the order they came; a bounded number."""
        parameters = {
            "server_id": server_id,
            "map_name": map_name,
            "earliest": near_unix - WAITING_WITHIN_SECONDS,
            "latest": near_unix + WAITING_WITHIN_SECONDS,
            "limit": MOST_WAITING,
        }
        rows = self._connection.execute(sql.WAITING, parameters)
        return [UnfinishedEvent(**row._mapping) for row in rows]  # noqa: SLF001  SQLAlchemy's public row mapping
