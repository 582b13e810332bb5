"""Deliveries for whoever looks after them: what is kept, what was answered to each copy, what became of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

Record = dict[str, Any]

_METADATA = """
    d.id AS delivery_id, d.server_id, d.kind, d.filename, d.event_id, d.content_sha256, d.byte_count,
    octet_length(d.body) AS kept_bytes, d.content_type, d.received_at
"""
_NEWEST = text(f"""
SELECT {_METADATA}, first.outcome, first.answer_code, e.state, e.round_id
FROM deliveries d
LEFT JOIN LATERAL (
    SELECT outcome, answer_code FROM delivery_receipts r WHERE r.delivery_id = d.id ORDER BY id LIMIT 1) first ON true
LEFT JOIN LATERAL (
    SELECT state, round_id FROM round_events e WHERE e.delivery_id = d.id ORDER BY id LIMIT 1) e ON true
WHERE CAST(:before_id AS bigint) IS NULL OR d.id < :before_id
ORDER BY d.id DESC LIMIT :limit
""")
_ONE = text(f"SELECT {_METADATA}, d.headers, d.payload_sha256 FROM deliveries d WHERE d.id = :delivery_id")
_RECEIPTS = text("""
SELECT received_at, outcome, answer_code FROM delivery_receipts WHERE delivery_id = :delivery_id ORDER BY id LIMIT :limit
""")
_EVENTS = text("""
SELECT id AS round_event_id, map_name, round_number, state, parse_status, link_status, link_reason, round_id, parse_notes,
       attempts, next_attempt_at
FROM round_events WHERE delivery_id = :delivery_id ORDER BY id
""")
_BODY = text("SELECT body FROM deliveries WHERE id = :delivery_id")
_MOST_RECEIPTS = 200


class DeliveryDetails:
    """Questions about kept deliveries, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest(self, limit: int, before_id: int | None) -> list[Record]:
        """The newest deliveries, from one id on downwards; each with what was first answered and where it stands."""
        return self._rows(_NEWEST, {"limit": limit, "before_id": before_id})

    def one(self, delivery_id: int) -> Record | None:
        """A delivery without its bytes, with the receipts of its copies and its events; None when there is none."""
        found = self._rows(_ONE, {"delivery_id": delivery_id})
        if not found:
            return None
        receipts = self._rows(_RECEIPTS, {"delivery_id": delivery_id, "limit": _MOST_RECEIPTS})
        return found[0] | {"receipts": receipts, "events": self._rows(_EVENTS, {"delivery_id": delivery_id})}

    def body(self, delivery_id: int) -> bytes | None:
        """The bytes as they came; None when there is no such delivery."""
        found: bytes | None = self._connection.execute(_BODY, {"delivery_id": delivery_id}).scalar_one_or_none()
        return found

    def _rows(self, statement: Any, parameters: Mapping[str, Any]) -> list[Record]:
        return [dict(row) for row in self._connection.execute(statement, parameters).mappings()]
