"""Evidence: deliveries kept verbatim, and a receipt for every copy that arrived."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from shared.domain.vocabulary import Kind, Outcome

IMPORTED = "roundwire-import"
"""Stands among the headers of a delivery that no game server sent: an operator brought it, and nothing is posted for it."""


@dataclass(frozen=True, slots=True)
class RawDelivery:
    """One arrival. `body`: the bytes as received; `content_sha256` and `byte_count`: of the bytes after inflating."""

    server_id: str
    kind: Kind
    content_sha256: str
    body: bytes
    byte_count: int
    headers: Mapping[str, str]
    content_type: str | None
    remote_hash: str | None
    received_at: datetime
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A delivery as it is stored, but for its bytes. `content_encoding`: of those; `is_imported`: an operator brought it."""

    delivery_id: int
    server_id: str
    time_zone: str
    kind: Kind
    filename: str | None
    content_sha256: str
    byte_count: int
    content_encoding: str | None
    received_at: datetime
    is_imported: bool


_RECEIPT = text("""
INSERT INTO delivery_receipts (delivery_id, received_at, outcome, answer_code)
VALUES (:delivery_id, :received_at, :outcome, :answer_code)
""")
_FIRST_RESULT = text("""
SELECT d.id AS delivery_id, d.event_id, r.outcome, r.answer_code, e.state, e.link_status, e.link_reason, e.parse_notes,
       e.round_id, rounds.round_fingerprint, rounds.fingerprint_tier
FROM deliveries d
LEFT JOIN LATERAL (SELECT outcome, answer_code FROM delivery_receipts WHERE delivery_id = d.id ORDER BY id LIMIT 1) r ON true
LEFT JOIN round_events e ON e.delivery_id = d.id
LEFT JOIN rounds ON rounds.id = e.round_id
WHERE d.server_id = :server_id AND d.kind = :kind AND d.content_sha256 = :content_sha256
  AND d.filename IS NOT DISTINCT FROM :filename
""")
OF_STORED = f"""
d.id AS delivery_id, d.server_id, s.time_zone, d.kind, d.filename, d.content_sha256, d.byte_count,
d.headers ->> 'content-encoding' AS content_encoding, d.received_at, d.headers ->> '{IMPORTED}' IS NOT NULL AS is_imported
"""
"""The columns of a StoredDelivery, of `deliveries d` and `servers s`."""
_WITH_BODY = text(f"""
SELECT {OF_STORED}, d.body FROM deliveries d JOIN servers s USING (server_id) WHERE d.id = :delivery_id
""")
_BODY = text("SELECT body FROM deliveries WHERE id = :delivery_id")


def stored_delivery(row: Row[Any]) -> StoredDelivery:
    """The delivery of a row that has the columns `OF_STORED`."""
    return StoredDelivery(
        row.delivery_id,
        row.server_id,
        row.time_zone,
        Kind(row.kind),
        row.filename,
        row.content_sha256,
        row.byte_count,
        row.content_encoding,
        row.received_at,
        row.is_imported,
    )


class Deliveries:
    """Questions about what arrived, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write_receipt(self, delivery_id: int | None, outcome: Outcome, answer_code: int, received_at: datetime) -> None:
        """Count one arriving copy; a refused one has no delivery."""
        parameters = {
            "delivery_id": delivery_id,
            "outcome": outcome,
            "answer_code": answer_code,
            "received_at": received_at,
        }
        self._connection.execute(_RECEIPT, parameters)

    def first_result(self, raw: RawDelivery) -> Row[tuple[object, ...]]:
        """What became of these bytes when they came first: delivery, outcome, event state, link and round."""
        parameters = {
            "server_id": raw.server_id,
            "kind": raw.kind,
            "content_sha256": raw.content_sha256,
            "filename": raw.filename,
        }
        return self._connection.execute(_FIRST_RESULT, parameters).one()

    def with_body(self, delivery_id: int) -> tuple[StoredDelivery, bytes]:
        """A delivery with its verbatim bytes, which are still in its content encoding."""
        row = self._connection.execute(_WITH_BODY, {"delivery_id": delivery_id}).one()
        return stored_delivery(row), row.body

    def body(self, delivery_id: int) -> bytes:
        """The verbatim bytes of a delivery, still in its content encoding."""
        body: bytes = self._connection.execute(_BODY, {"delivery_id": delivery_id}).scalar_one()
        return body
