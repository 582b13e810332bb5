"""What waits in quarantine: authentic deliveries that nobody could make sense of, kept whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from shared.domain.vocabulary import EventState, Kind

_WAITING = """
SELECT e.delivery_id, e.id AS round_event_id, e.server_id, d.kind, e.filename, e.received_at, d.byte_count, e.attempts,
       coalesce(e.parse_notes ->> 'quarantine_reason', 'unstated') AS reason,
       coalesce(e.parse_notes -> 'problems', '[]') AS problems
FROM round_events e JOIN deliveries d ON d.id = e.delivery_id WHERE e.state = 'quarantined'
"""
_NEWEST = text(f"""
SELECT * FROM ({_WAITING}) AS waiting
WHERE (CAST(:reason AS text) IS NULL OR reason = :reason) AND (CAST(:before_id AS bigint) IS NULL OR delivery_id < :before_id)
ORDER BY delivery_id DESC LIMIT :limit
""")
_ONE = text(f"{_WAITING} AND e.delivery_id = :delivery_id FOR UPDATE OF e")
_STATE = text("SELECT state FROM round_events WHERE delivery_id = :delivery_id ORDER BY id LIMIT 1")
_COUNT_ATTEMPT = text("UPDATE round_events SET attempts = attempts + 1 WHERE id = :round_event_id")


@dataclass(frozen=True, slots=True)
class QuarantinedDelivery:
    """One of them. `problems`: what reading it found, by JSON pointer; `attempts`: how often it was read again in vain."""

    delivery_id: int
    round_event_id: int
    server_id: str
    kind: Kind
    filename: str | None
    received_at: datetime
    byte_count: int
    attempts: int
    reason: str
    problems: list[dict[str, Any]]


class Quarantine:
    """Questions about it, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest(self, limit: int, reason: str | None = None, before_id: int | None = None) -> list[QuarantinedDelivery]:
        """The newest, of one reason or of all, from one id on downwards."""
        parameters = {"limit": limit, "reason": reason, "before_id": before_id}
        return [QuarantinedDelivery(**row) for row in self._connection.execute(_NEWEST, parameters).mappings()]

    def one(self, delivery_id: int) -> QuarantinedDelivery | None:
        """One that waits, ours alone from here on; None when no such delivery does."""
        row = self._connection.execute(_ONE, {"delivery_id": delivery_id}).mappings().one_or_none()
        return None if row is None else QuarantinedDelivery(**row)

    def state(self, delivery_id: int) -> EventState | None:
        """Where a delivery's event stands; None when it has none."""
        found = self._connection.execute(_STATE, {"delivery_id": delivery_id}).scalar_one_or_none()
        return None if found is None else EventState(found)

    def count_attempt(self, round_event_id: int) -> None:
        """It was read again, in vain."""
        self._connection.execute(_COUNT_ATTEMPT, {"round_event_id": round_event_id})
