"""What a replay reads and writes besides the judgement itself: which rounds and deliveries, and each event as read anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection

from shared.db import replay_statements as sql
from shared.db.event_rows import Record
from shared.domain.fingerprint import Fingerprint
from shared.domain.ingest_state import Move
from shared.domain.vocabulary import WITHHELD, EventState


@dataclass(frozen=True, slots=True)
class Scope:
    """What is replayed: everything, or one round's whole match, or what was played or arrived since an instant."""

    since: datetime | None = None
    round_id: int | None = None


@dataclass(frozen=True, slots=True)
class ScopedRound:
    """A round to be judged again."""

    round_id: int
    server_id: str


@dataclass(frozen=True, slots=True)
class ScopedEvent:
    """A delivery to be read again, with its event. `round_event_id`, `state` None: it has none."""

    delivery_id: int
    server_id: str
    round_event_id: int | None
    state: EventState | None
    link_reason: str | None


class Replays:
    """Questions and writings of a replay, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rounds(self, scope: Scope) -> list[ScopedRound]:
        """The rounds of a scope, the first played first, so that an R1 comes before its R2."""
        rows = self._connection.execute(sql.ROUNDS, {"since": scope.since, "round_id": scope.round_id})
        return [ScopedRound(row.round_id, row.server_id) for row in rows]

    def events(self, round_id: int) -> list[ScopedEvent]:
        """Every event that is linked to a round, which are ours alone from here on."""
        return self._events(self._connection.execute(sql.EVENTS, {"round_id": round_id}))

    def deliveries_without_round(self, scope: Scope) -> list[ScopedEvent]:
        """What belongs to no round although it might; of one round's scope none. Who was withheld waits for somebody's word."""
        if scope.round_id is not None:
            return []
        parameters = {"since": scope.since, "withheld": list(WITHHELD)}
        return self._events(self._connection.execute(sql.WITHOUT_ROUND, parameters))

    def state(self, round_event_id: int) -> EventState:
        """Where an event stands; it is ours alone from here on."""
        return EventState(self._connection.execute(sql.STANDS, {"round_event_id": round_event_id}).scalar_one())

    def read_again(self, round_event_id: int, row: Record) -> None:
        """Write what an event says, read anew; its link and state are not touched."""
        self._connection.execute(sql.READ_AGAIN, {"round_event_id": round_event_id, "event": to_json(row).decode()})

    def put(self, round_event_id: int, moves: Sequence[Move], round_id: int | None, now: datetime) -> None:
        """Let an event go through moves. `round_id` None: it belongs to no round any more."""
        told = [{"from_state": m.from_state, "to_state": m.to_state, "reason": m.reason} for m in moves]
        parameters = {
            "round_event_id": round_event_id,
            "state": moves[-1].to_state,
            "round_id": round_id,
            "moves": to_json(told).decode(),
            "now": now,
        }
        self._connection.execute(sql.PUT, parameters)

    def aliases(self, round_id: int) -> set[str]:
        """Every fingerprint that means a round."""
        return set(self._connection.execute(sql.ALIASES, {"round_id": round_id}).scalars())

    def keep_aliases(self, round_id: int, told: Iterable[tuple[int, Sequence[Fingerprint]]], now: datetime) -> None:
        """Of a round's fingerprints exactly those stay that its events tell. `told`: by event, in the order they came."""
        told = list(told)
        known = [alias.text for _event, aliases in told for alias in aliases]
        self._connection.execute(sql.FORGET_ALIASES, {"round_id": round_id, "known": known})
        rows = [
            {
                "round_fingerprint": alias.text,
                "tier": alias.tier,
                "round_id": round_id,
                "round_event_id": round_event_id,
                "now": now,
            }
            for round_event_id, aliases in told
            for alias in aliases
        ]
        if rows:
            self._connection.execute(sql.KEEP_ALIAS, rows)

    def note_enriched(self, round_id: int) -> None:
        """Its events are at most enriched now."""
        self._connection.execute(sql.AGAIN_ENRICHED, {"round_id": round_id})

    def as_stored(self, round_id: int) -> Record:
        """A round's row as plain data."""
        found: dict[str, Any] = self._connection.execute(sql.AS_STORED, {"round_id": round_id}).scalar_one()
        return found

    def remove(self, round_id: int) -> None:
        """Forget a round that nothing speaks for; what was not said of it yet stays unsaid."""
        self._connection.execute(sql.WITHDRAW, {"round_id": round_id})
        self.forget(round_id)

    def forget(self, round_id: int) -> None:
        """Delete a round and all that is judged of it; its posts are somebody else's."""
        for statement in sql.REMOVE:
            self._connection.execute(statement, {"round_id": round_id})

    @staticmethod
    def _events(rows: Iterable[Any]) -> list[ScopedEvent]:
        return [
            ScopedEvent(
                row.delivery_id,
                row.server_id,
                row.round_event_id,
                EventState(row.state) if row.state else None,
                row.link_reason,
            )
            for row in rows
        ]
