"""What a replay reads and writes besides the judgement itself: which rounds and deliveries, and each event as read anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, text

from shared.db.event_rows import Record
from shared.db.tables import awards, judgement, ledgers, merging, players
from shared.db.tables.judgement import NEAR_UNIX
from shared.domain.fingerprint import Fingerprint
from shared.domain.ingest_state import Move
from shared.domain.vocabulary import EventState


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


_ROUNDS = text(f"""
SELECT id AS round_id, server_id FROM rounds
WHERE (CAST(:round_id AS bigint) IS NULL OR split_part(match_id, '/', 1) =
        (SELECT split_part(match_id, '/', 1) FROM rounds WHERE id = :round_id))
  AND (CAST(:since AS timestamptz) IS NULL OR {NEAR_UNIX} >= EXTRACT(epoch FROM CAST(:since AS timestamptz))
       OR id IN (SELECT round_id FROM round_events WHERE received_at >= CAST(:since AS timestamptz)))
ORDER BY {NEAR_UNIX}, id
""")
_EVENT = """
SELECT d.id AS delivery_id, d.server_id, e.id AS round_event_id, e.state, e.link_reason
FROM deliveries d {join} JOIN round_events e ON e.delivery_id = d.id
"""
_EVENTS = text(_EVENT.format(join="") + "WHERE e.round_id = :round_id ORDER BY d.id FOR UPDATE OF e")
_WITHOUT_ROUND = text(
    _EVENT.format(join="LEFT")
    + """
WHERE e.round_id IS NULL AND d.kind NOT IN ('demo_analysis', 'unknown_file', 'other_message')
  AND (CAST(:since AS timestamptz) IS NULL OR d.received_at >= CAST(:since AS timestamptz))
ORDER BY d.id
"""
)
_STANDS = text("SELECT state FROM round_events WHERE id = :round_event_id FOR UPDATE")
_NOT_READ = frozenset(
    "id delivery_id server_id source filename received_at link_status link_reason link_details round_id state attempts "
    "next_attempt_at".split()
)
_READ = [column.name for column in judgement.round_events.columns if column.name not in _NOT_READ]
_READ_AGAIN = text(f"""
UPDATE round_events SET ({", ".join(_READ)}) = (
    SELECT {", ".join(f"given.{name}" for name in _READ)}
    FROM json_populate_record(NULL::round_events, CAST(:event AS json)) AS given)
WHERE id = :round_event_id
""")
_PUT = text("""
WITH put AS (
    UPDATE round_events SET state = :state, round_id = :round_id,
        link_status = CASE WHEN CAST(:round_id AS bigint) IS NULL THEN 'unlinked' ELSE link_status END,
        link_reason = CASE WHEN CAST(:round_id AS bigint) IS NULL THEN NULL ELSE link_reason END,
        next_attempt_at = NULL
    WHERE id = :round_event_id RETURNING id)
INSERT INTO round_event_moves (event_id, from_state, to_state, reason, at)
SELECT put.id, given.from_state, given.to_state, given.reason, :now
FROM put, json_populate_recordset(NULL::round_event_moves, CAST(:moves AS json)) AS given
""")
_FORGET_ALIASES = text("""
DELETE FROM round_fingerprints WHERE round_id = :round_id AND round_fingerprint <> ALL (:known)
""")
_KEEP_ALIAS = text("""
INSERT INTO round_fingerprints (round_fingerprint, round_id, tier, source, first_event_id, created_at)
SELECT :round_fingerprint, :round_id, :tier, e.source, e.id, :now FROM round_events e WHERE e.id = :round_event_id
ON CONFLICT ON CONSTRAINT round_fingerprints_pkey DO NOTHING
""")
_ALIASES = text("SELECT round_fingerprint FROM round_fingerprints WHERE round_id = :round_id")
_AGAIN_ENRICHED = text("UPDATE rounds SET ingest_state = 'enriched' WHERE id = :round_id")
_AS_STORED = text("SELECT to_jsonb(r) FROM rounds r WHERE id = :round_id")
_WITHDRAW = text("""
UPDATE publications SET status = 'withdrawn'
WHERE kind = 'round_post' AND subject = CAST(:round_id AS text) AND status IN ('pending', 'autopost_off', 'dead')
""")
_REMOVE = [
    text(f"DELETE FROM {table.name} WHERE {column} = :round_id")
    for table, column in (
        (judgement.lua_round_teams, "round_id"),
        (judgement.lua_spawn_stats, "round_id"),
        (judgement.field_conflicts, "round_id"),
        (judgement.round_fingerprints, "round_id"),
        (merging.round_redirects, "round_id"),
        (players.player_comprehensive_stats, "round_id"),
        (players.weapon_comprehensive_stats, "round_id"),
        (awards.round_awards, "round_id"),
        (awards.round_vs_stats, "round_id"),
        (awards.round_timeline, "round_id"),
        (ledgers.processed_endstats_files, "round_id"),
        (judgement.rounds, "id"),
    )
]


class Replays:
    """Questions and writings of a replay, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rounds(self, scope: Scope) -> list[ScopedRound]:
        """The rounds of a scope, the first played first, so that an R1 comes before its R2."""
        rows = self._connection.execute(_ROUNDS, {"since": scope.since, "round_id": scope.round_id})
        return [ScopedRound(row.round_id, row.server_id) for row in rows]

    def events(self, round_id: int) -> list[ScopedEvent]:
        """Every event that is linked to a round, which are ours alone from here on."""
        return self._events(self._connection.execute(_EVENTS, {"round_id": round_id}))

    def deliveries_without_round(self, scope: Scope) -> list[ScopedEvent]:
        """What belongs to no round although it might; of one round's scope none."""
        if scope.round_id is not None:
            return []
        return self._events(self._connection.execute(_WITHOUT_ROUND, {"since": scope.since}))

    def state(self, round_event_id: int) -> EventState:
        """Where an event stands; it is ours alone from here on."""
        return EventState(self._connection.execute(_STANDS, {"round_event_id": round_event_id}).scalar_one())

    def read_again(self, round_event_id: int, row: Record) -> None:
        """Write what an event says, read anew; its link and state are not touched."""
        self._connection.execute(_READ_AGAIN, {"round_event_id": round_event_id, "event": to_json(row).decode()})

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
        self._connection.execute(_PUT, parameters)

    def aliases(self, round_id: int) -> set[str]:
        """Every fingerprint that means a round."""
        return set(self._connection.execute(_ALIASES, {"round_id": round_id}).scalars())

    def keep_aliases(self, round_id: int, told: Iterable[tuple[int, Sequence[Fingerprint]]], now: datetime) -> None:
        """Of a round's fingerprints exactly those stay that its events tell. `told`: by event, in the order they came."""
        told = list(told)
        known = [alias.text for _event, aliases in told for alias in aliases]
        self._connection.execute(_FORGET_ALIASES, {"round_id": round_id, "known": known})
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
            self._connection.execute(_KEEP_ALIAS, rows)

    def note_enriched(self, round_id: int) -> None:
        """Its events are at most enriched now."""
        self._connection.execute(_AGAIN_ENRICHED, {"round_id": round_id})

    def as_stored(self, round_id: int) -> Record:
        """A round's row as plain data."""
        found: dict[str, Any] = self._connection.execute(_AS_STORED, {"round_id": round_id}).scalar_one()
        return found

    def remove(self, round_id: int) -> None:
        """Forget a round that nothing speaks for; what was not said of it yet stays unsaid."""
        self._connection.execute(_WITHDRAW, {"round_id": round_id})
        self.forget(round_id)

    def forget(self, round_id: int) -> None:
        """Delete a round and all that is judged of it; its posts are somebody else's."""
        for statement in _REMOVE:
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
