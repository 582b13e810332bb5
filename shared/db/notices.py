"""Which files were asked for by name, and whether they have come since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from shared.domain.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """A notice as it came. `body` is still in its content encoding; `asked_at`: when its newest copy came."""

    server_id: str
    body: bytes
    content_encoding: str | None
    asked_at: datetime


_NOTICES = text("""
SELECT d.server_id, d.body, d.headers ->> 'content-encoding' AS content_encoding, r.asked_at
FROM (SELECT delivery_id, max(received_at) AS asked_at FROM delivery_receipts
      WHERE received_at >= :since AND delivery_id IS NOT NULL AND outcome <> 'refused_malformed' GROUP BY delivery_id) r
JOIN deliveries d ON d.id = r.delivery_id
WHERE d.kind = :kind AND d.server_id = ANY (:server_ids)
""")
_HAS_COME = text("""
SELECT EXISTS (
    SELECT FROM deliveries d JOIN delivery_receipts r ON r.delivery_id = d.id
    WHERE d.server_id = :server_id AND d.kind = :kind AND d.filename = :filename AND r.received_at >= :since
)
""")


def notices(connection: Connection, server_ids: Sequence[str], since: datetime) -> list[StoredNotice]:
    """Every notice of these servers of which a copy came since then."""
    parameters = {"kind": Kind.FILENAME_NOTICE, "server_ids": list(server_ids), "since": since}
    return [StoredNotice(*row) for row in connection.execute(_NOTICES, parameters)]


def has_come(connection: Connection, server_id: str, kind: Kind, filename: str, since: datetime) -> bool:
    """Whether a file of this name has come since then, as new as or as one that was here."""
    parameters = {"server_id": server_id, "kind": kind, "filename": filename, "since": since}
    return bool(connection.execute(_HAS_COME, parameters).scalar_one())
