"""The round_events that are still on their way: those to be judged again, and those whose round has been said."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from shared.domain.vocabulary import EventState


@dataclass(frozen=True, slots=True)
class UnfinishedEvent:
    """An event that was not judged (`seen`) or waits for its round (`parsed`). `attempts`: how often judging failed."""

    round_event_id: int
    delivery_id: int
    server_id: str
    state: EventState
    attempts: int


_DUE = text("""
SELECT id AS round_event_id, delivery_id, server_id, state, attempts FROM round_events
WHERE state IN ('seen', 'parsed') AND round_id IS NULL AND next_attempt_at <= :now
ORDER BY next_attempt_at LIMIT :limit
""")
_IS_STILL = text("SELECT state = :state AND round_id IS NULL FROM round_events WHERE id = :round_event_id FOR UPDATE")
_POSTPONE = text("""
UPDATE round_events SET attempts = :attempts, next_attempt_at = :next_attempt_at
WHERE id = :round_event_id AND state IN ('seen', 'parsed')
""")
# A round that is not to be posted has no publication; one that is, has had its from the moment it was judged.
_SETTLE_PUBLISHED = text("""
WITH said AS (
    SELECT e.id, e.round_id,
           CASE WHEN p.id IS NULL THEN 'not_publishable' WHEN p.status = 'sent' THEN 'sent' ELSE 'autopost_off' END AS reason
    FROM round_events e JOIN rounds r ON r.id = e.round_id
    LEFT JOIN publications p ON p.kind = 'round_post' AND p.subject = r.id::text AND p.channel = 'rounds'
    WHERE e.state = 'enriched'
      AND (p.id IS NULL OR p.status = 'autopost_off' OR (p.status = 'sent' AND p.revision = r.revision))
    ORDER BY e.id LIMIT :limit FOR UPDATE OF e SKIP LOCKED),
settled AS (
    UPDATE round_events e SET state = 'published' FROM said WHERE e.id = said.id AND e.state = 'enriched'
    RETURNING e.id, e.round_id, said.reason),
moved AS (
    INSERT INTO round_event_moves (event_id, from_state, to_state, reason, at)
    SELECT id, 'enriched', 'published', reason, :now FROM settled),
shown AS (
    UPDATE rounds SET ingest_state = 'published' WHERE id IN (SELECT round_id FROM settled))
SELECT count(*) FROM settled
""")


class Events:
    """Questions about unfinished events, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(self, now: datetime, limit: int) -> list[UnfinishedEvent]:
        """Events whose next attempt is due, the longest waiting first."""
        rows = self._connection.execute(_DUE, {"now": now, "limit": limit})
        return [UnfinishedEvent(**row._mapping) for row in rows]  # noqa: SLF001  SQLAlchemy's public row mapping

    def is_still_unfinished(self, event: UnfinishedEvent) -> bool:
        """Whether nobody took it on in the meantime; it is ours alone from here on."""
        parameters = {"round_event_id": event.round_event_id, "state": event.state}
        return bool(self._connection.execute(_IS_STILL, parameters).scalar_one_or_none())

    def postpone(self, round_event_id: int, attempts: int, next_attempt_at: datetime) -> None:
        """Count a failed attempt and name the time of the next."""
        parameters = {"round_event_id": round_event_id, "attempts": attempts, "next_attempt_at": next_attempt_at}
        self._connection.execute(_POSTPONE, parameters)

    def settle_published(self, now: datetime, limit: int) -> int:
        """Move events to `published` whose round's publication is sent in its newest revision, or needs none."""
        return int(self._connection.execute(_SETTLE_PUBLISHED, {"now": now, "limit": limit}).scalar_one())
