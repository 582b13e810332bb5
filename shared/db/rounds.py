"""Rounds in the database: what is known around one, and one judgement written as one statement.

Round trips decide the speed of the door, so the hot path is two statements: `keep_and_look` and `create`. Everything else
is rare and written for the reader.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection

from shared.db import round_statements as sql
from shared.db.deliveries import RawDelivery
from shared.db.round_rows import Record
from shared.domain.fingerprint import Fingerprint
from shared.domain.ingest_state import Move
from shared.domain.linking import KnownAlias
from shared.domain.pairing import Half
from shared.domain.precedence import Rank
from shared.domain.vocabulary import ExitKind, ParseStatus, RoundStatus

NEIGHBOURHOOD_SECONDS = 4 * 3600
_MS_PER_SECOND = 1000
_NO_SLOT = frozenset({RoundStatus.ABORTED, RoundStatus.GHOST})


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A stored round near the one in question, and where it stands now."""

    half: Half
    match_id: str
    status: RoundStatus


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where to look for what may belong to a round: its map around an instant, its names, and its match by name.

    `match_ids`: an R2's match and the places beside it when it names its R1, however long before that was played.
    """

    map_name: str | None = None
    near_unix: int | None = None
    aliases: Sequence[Fingerprint] = ()
    match_ids: Sequence[str] = ()

    def parameters(self) -> Record:
        """As the statements take them."""
        near_unix = self.near_unix
        return {
            "map_name": self.map_name,
            "earliest": None if near_unix is None else near_unix - NEIGHBOURHOOD_SECONDS,
            "latest": None if near_unix is None else near_unix + NEIGHBOURHOOD_SECONDS,
            "fingerprints": [alias.text for alias in self.aliases],
            "match_ids": list(self.match_ids),
        }


@dataclass(frozen=True, slots=True)
class Look:
    """What the database knows when a delivery arrives. `delivery_id` is None when these bytes are here already."""

    delivery_id: int | None
    aliases: tuple[KnownAlias, ...]
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class JudgedRound:
    """Everything one judgement writes. `publish`: None when the round is not to be posted, else the outbox's status."""

    round: Record
    lua: Record
    spawns: list[Record]
    players: list[Record]
    publish: str | None


@dataclass(frozen=True, slots=True)
class RankedEvent:
    """An event that tells of a round, and what decides how far it is believed."""

    delivery_id: int
    link_reason: str
    rank: Rank


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

    def keep_and_look(
        self,
        raw: RawDelivery,
        event_id: str | None,
        surroundings: Surroundings,
    ) -> Look:
        """Keep the delivery, once, and see what is known around the round it tells of."""
        parameters = {
            "server_id": raw.server_id,
            "kind": raw.kind,
            "content_sha256": raw.content_sha256,
            "event_id": event_id,
            "content_type": raw.content_type,
            "headers": _json(dict(raw.headers)),
            "body": raw.body,
            "byte_count": raw.byte_count,
            "remote_hash": raw.remote_hash,
            "received_at": raw.received_at,
        }
        row = self._connection.execute(sql.KEEP_AND_LOOK, parameters | surroundings.parameters()).one()
        return _look(row.delivery_id, row.aliases, row.neighbours)

    def look(self, delivery_id: int, server_id: str, surroundings: Surroundings) -> Look:
        """See what is known around a round, for a delivery that is kept already."""
        parameters = {"delivery_id": delivery_id, "server_id": server_id}
        row = self._connection.execute(sql.LOOK, parameters | surroundings.parameters()).one()
        return _look(row.delivery_id, row.aliases, row.neighbours)

    def create(self, event: NewEvent, judged: JudgedRound, now: datetime) -> int:
        """Write a new round with its first event; returns the round's id."""
        parameters = event.parameters(now) | _judgement(judged)
        return int(self._connection.execute(sql.CREATE, parameters).scalar_one())

    def add_event(self, round_id: int | None, event: NewEvent, now: datetime) -> None:
        """Write a further event of a known round, or one that belongs to none."""
        self._connection.execute(sql.ADD_EVENT, event.parameters(now) | {"round_id": round_id})

    def keep_unlinked(self, lua: Record) -> None:
        """Write what a game server measured of a round that is none of ours yet."""
        self._connection.execute(sql.KEEP_UNLINKED, {"lua": _json(lua)})

    def rewrite(self, round_id: int, judged: JudgedRound, now: datetime) -> None:
        """Replace a round's judgement; its message is edited if there is one, and left out if it is no longer due."""
        for statement in sql.CLEAR:
            self._connection.execute(statement, {"round_id": round_id})
        self._connection.execute(sql.REWRITE, _judgement(judged) | {"round_id": round_id, "now": now})
        if judged.publish is None:
            self._connection.execute(sql.UNSAY, {"round_id": round_id})
        self._connection.execute(sql.REOPEN_EVENTS, {"round_id": round_id, "now": now})

    @contextmanager
    def slots_open(self) -> Iterator[None]:
        """Let rounds of one match change places; that no two end up in one slot is checked on the way out."""
        self._connection.execute(sql.SLOTS_OPEN)
        yield
        self._connection.execute(sql.SLOTS_CHECKED)

    def best_event(self, round_id: int) -> RankedEvent:
        """The event of a round that is believed."""
        return max(self.ranked_events(round_id), key=lambda event: event.rank.key())

    def ranked_events(self, round_id: int) -> list[RankedEvent]:
        """Every event that is linked to a round."""
        return [
            RankedEvent(
                row.delivery_id,
                row.link_reason,
                Rank(
                    ExitKind(row.exit_kind),
                    ParseStatus(row.parse_status),
                    row.sequence,
                    row.byte_count,
                    row.content_sha256,
                ),
            )
            for row in self._connection.execute(sql.RANKS, {"round_id": round_id})
        ]

    def strongest_alias(self, round_id: int) -> Fingerprint:
        """The fingerprint that names the round: the strongest tier known for it."""
        row = self._connection.execute(sql.STRONGEST, {"round_id": round_id}).one()
        return Fingerprint(row.tier, row.round_fingerprint)


def _json(value: object) -> str:
    return to_json(value).decode()


def _judgement(judged: JudgedRound) -> Record:
    return {
        "round": _json(judged.round),
        "lua": _json([judged.lua]),
        "spawns": _json(judged.spawns),
        "players": _json(judged.players),
        "publish": judged.publish,
    }


def _look(
    delivery_id: int | None, aliases: list[Mapping[str, Any]] | None, neighbours: list[Mapping[str, Any]] | None
) -> Look:
    return Look(
        delivery_id,
        tuple(KnownAlias(**alias) for alias in aliases or ()),
        tuple(_neighbour(row) for row in neighbours or ()),
    )


def _neighbour(row: Mapping[str, Any]) -> Neighbour:
    status = RoundStatus(row["round_status"])
    limit = row["limit_seconds"]
    half = Half(
        key=row["id"],
        round_number=row["round_number"],
        round_start_unix=row["round_start_unix"],
        round_end_unix=row["round_end_unix"],
        takes_slot=status not in _NO_SLOT and not row["is_bot_round"],
        limit_ms=None if limit is None else round(limit * _MS_PER_SECOND),
        named_first_start_unix=row["named_first_start_unix"],
    )
    return Neighbour(half, row["match_id"], status)
