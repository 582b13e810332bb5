"""Rounds in the database: what is known around one, and one judgement written as one statement.

Round trips decide the speed of the door, so the hot path is two statements: `keep_and_look` and `create`. Everything else
is rare and written for the reader.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, Row

from shared.db import round_statements as sql
from shared.db.deliveries import RawDelivery
from shared.db.events import UnfinishedEvent
from shared.db.round_rows import Record
from shared.db.surroundings import Look, Surroundings, look
from shared.domain.defenders import SideHint
from shared.domain.fingerprint import Fingerprint
from shared.domain.ingest_state import Move
from shared.domain.nearness import Candidate
from shared.domain.precedence import Rank
from shared.domain.units import MS_PER_SECOND
from shared.domain.vocabulary import ExitKind, Kind, ParseStatus, Side

WAITING_WITHIN_SECONDS = 2 * 3600  # a stamp of the hour that comes twice may mean either
MOST_WAITING = 100  # the door does not wait for a heap of old files; the worker asks again for the rest


@dataclass(frozen=True, slots=True)
class JudgedRound:
    """Everything one judgement writes. `lua` has one row, or none when nobody stood beside the engine.

    `publish`: None when the round is not to be posted, else the outbox's status.
    """

    round: Record
    lua: list[Record]
    spawns: list[Record]
    players: list[Record]
    weapons: list[Record]
    conflicts: list[Record]
    publish: str | None

    def parameters(self) -> Record:
        """As the statements take them."""
        return {
            "round": _json(self.round),
            "lua": _json(self.lua),
            "spawns": _json(self.spawns),
            "players": _json(self.players),
            "weapons": _json(self.weapons),
            "publish": self.publish,
        }


@dataclass(frozen=True, slots=True)
class VoiceOfRound:
    """An event that tells of a round, and what decides how far it is believed."""

    delivery_id: int
    link_reason: str
    filename: str | None
    rank: Rank
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A round_event to be written with its moves, its aliases and the receipt of the delivery it came in.

    `outcome` None: the copy has its receipt already, the event is being worked out anew.
    """

    row: Record
    moves: Sequence[Move]
    aliases: Sequence[Fingerprint]
    source: str
    delivery_id: int
    received_at: datetime
    outcome: str | None
    answer_code: int | None

    def parameters(self, now: datetime) -> Record:
        """As the statements take them."""
        moves = [{"from_state": m.from_state, "to_state": m.to_state, "reason": m.reason} for m in self.moves]
        aliases = [{"round_fingerprint": a.text, "tier": a.tier, "source": self.source} for a in self.aliases]
        return {
            "event": _json(self.row),
            "moves": _json(moves),
            "aliases": _json(aliases),
            "delivery_id": self.delivery_id,
            "received_at": self.received_at,
            "outcome": self.outcome,
            "answer_code": self.answer_code,
            "now": now,
        }


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
            "headers": _json(dict(raw.headers)),
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

    def add_event(self, round_id: int | None, event: NewEvent, now: datetime) -> None:
        """Write a further event of a known round, or one that belongs to none."""
        self._connection.execute(sql.ADD_EVENT, event.parameters(now) | {"round_id": round_id})
        if round_id is not None:
            self._connection.execute(sql.FORGET_UNLINKED, {"delivery_id": event.delivery_id})

    def keep_unlinked(self, lua: Record) -> None:
        """Write what a game server measured of a round that is none of ours yet; once."""
        self._connection.execute(sql.FORGET_UNLINKED, {"delivery_id": lua["delivery_id"]})
        self._connection.execute(sql.KEEP_UNLINKED, {"lua": _json(lua)})

    def rewrite(self, round_id: int, judged: JudgedRound, now: datetime) -> None:
        """Replace a round's judgement. When that changes what may be shown, the round has a new revision and its message
        is edited; one that is no longer due and was never tried is left out.
        """
        whose = {"round_id": round_id}
        shown_before = self._connection.execute(sql.CLEAR, whose).scalar_one()
        self._connection.execute(sql.REWRITE, judged.parameters() | {"round_id": round_id, "now": now})
        self._note_conflicts(round_id, judged, now)
        if judged.publish is None:
            self._connection.execute(sql.UNSAY, whose)
        if self._connection.execute(sql.SHOWN, whose).scalar_one() != shown_before:
            self._connection.execute(sql.REVISE, whose | {"now": now})
            self._connection.execute(sql.REOPEN_EVENTS, whose | {"now": now})

    def _note_conflicts(self, round_id: int, judged: JudgedRound, now: datetime) -> None:
        if judged.conflicts:
            noted = {"round_id": round_id, "conflicts": _json(judged.conflicts), "at": now.isoformat()}
            self._connection.execute(sql.NOTE_CONFLICTS, noted)

    @contextmanager
    def slots_open(self) -> Iterator[None]:
        """Let rounds of one match change places; that no two end up in one slot is checked on the way out."""
        self._connection.execute(sql.SLOTS_OPEN)
        yield
        self._connection.execute(sql.SLOTS_CHECKED)

    def voices(self, round_id: int) -> list[VoiceOfRound]:
        """Every event that is linked to a round."""
        return [
            VoiceOfRound(
                row.delivery_id,
                row.link_reason,
                row.filename,
                Rank(
                    Kind(row.kind),
                    ExitKind(row.exit_kind) if row.exit_kind else ExitKind.UNKNOWN,
                    ParseStatus(row.parse_status),
                    row.sequence,
                    row.byte_count,
                    row.content_sha256,
                ),
                row.event_id,
            )
            for row in self._connection.execute(sql.VOICES, {"round_id": round_id})
        ]

    def strongest_alias(self, round_id: int) -> Fingerprint:
        """The fingerprint that names the round."""
        row = self._connection.execute(sql.STRONGEST, {"round_id": round_id}).one()
        return Fingerprint(row.fingerprint_tier, row.round_fingerprint)

    def with_starts(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """The candidates with what the events linked to them tell of their starts, ends and stamps."""
        by_id = {candidate.round_id: candidate for candidate in candidates}
        starts: dict[int, dict[Kind, set[int | None]]] = {}
        ends: dict[int, set[int]] = {}
        stamps: dict[int, set[int]] = {}
        for row in self._connection.execute(sql.STARTS, {"round_ids": list(by_id)}):
            starts.setdefault(row.round_id, {}).setdefault(Kind(row.kind), set()).add(row.round_start_unix)
            ends.setdefault(row.round_id, set()).update(() if row.round_end_unix is None else (row.round_end_unix,))
            stamps.setdefault(row.round_id, set()).update(row.stamp_ends_unix or ())
        return [
            Candidate(
                one.round_id,
                one.round_start_unix,
                one.round_end_unix,
                tuple(sorted(stamps.get(one.round_id, ()))),
                {kind: frozenset(told) for kind, told in starts.get(one.round_id, {}).items()},
                frozenset(ends.get(one.round_id, ())),
            )
            for one in by_id.values()
        ]

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


def _json(value: object) -> str:
    return to_json(value).decode()
