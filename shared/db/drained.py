"""The ledger of the spool: what of it has come here already, and as what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from shared.domain.spool_record import SpoolHead
from shared.domain.vocabulary import Kind, Outcome

_KNOWN = text("SELECT spool_id FROM drained_records WHERE spool_id = ANY (:spool_ids)")
_NOTE = text("""
INSERT INTO drained_records (spool_id, delivery_id, outcome, received_at, drained_at)
SELECT one.*, :now
FROM unnest(CAST(:spool_ids AS text[]), CAST(:delivery_ids AS bigint[]), CAST(:outcomes AS text[]),
            CAST(:moments AS timestamptz[])) AS one
ON CONFLICT ON CONSTRAINT drained_records_pkey DO NOTHING
""")
# One whose receipt was committed although nobody was told of it has been counted by that.
_COUNT_REFUSALS = text("""
WITH given AS (
    SELECT * FROM unnest(CAST(:spool_ids AS text[]), CAST(:moments AS timestamptz[]), CAST(:outcomes AS text[]),
                         CAST(:codes AS smallint[]), CAST(:uncertain AS boolean[]))
        AS one (spool_id, received_at, outcome, answer_code, may_be_stored)),
noted AS (
    INSERT INTO drained_records (spool_id, outcome, received_at, drained_at)
    SELECT spool_id, outcome, received_at, :now FROM given
    ON CONFLICT ON CONSTRAINT drained_records_pkey DO NOTHING RETURNING spool_id)
INSERT INTO delivery_receipts (received_at, outcome, answer_code)
SELECT received_at, outcome, answer_code FROM given JOIN noted USING (spool_id)
WHERE NOT (may_be_stored AND EXISTS (
    SELECT FROM delivery_receipts r
    WHERE r.received_at = given.received_at AND r.delivery_id IS NULL AND r.outcome = given.outcome))
""")
_STORED_BEFORE = text("""
SELECT d.id AS delivery_id, r.outcome FROM deliveries d JOIN delivery_receipts r ON r.delivery_id = d.id
WHERE d.server_id = :server_id AND d.kind = :kind AND d.content_sha256 = :content_sha256
  AND d.filename IS NOT DISTINCT FROM :filename AND r.received_at = :received_at
""")
# Any change committed for sure makes everything sure that was committed before it.
_MAKE_SURE = text("UPDATE drained_records SET drained_at = drained_at WHERE spool_id = :spool_id")
_FOUND = text(
    "SELECT spool_id, delivery_id, outcome, received_at, drained_at FROM drained_records WHERE spool_id = :spool_id"
)
_BECAME = text("SELECT outcome, count(*) FROM drained_records WHERE delivery_id IS NOT NULL GROUP BY outcome")
_OF_DELIVERY = text("""
SELECT spool_id, delivery_id, outcome, received_at, drained_at FROM drained_records
WHERE delivery_id = :delivery_id ORDER BY received_at, spool_id
""")


@dataclass(frozen=True, slots=True)
class Brought:
    """A record of the spool as it came. `outcome`: what it turned out to be; None for what is no delivery."""

    spool_id: str
    delivery_id: int | None
    outcome: Outcome | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class DrainedRecord(Brought):
    """The same, as the ledger has it."""

    drained_at: datetime


class Drained:
    """Questions about the ledger, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, spool_ids: Sequence[str]) -> set[str]:
        """Those of them that are here."""
        return set(self._connection.execute(_KNOWN, {"spool_ids": list(spool_ids)}).scalars()) if spool_ids else set()

    def note(self, brought: Sequence[Brought], now: datetime) -> int:
        """Enter records; answers how many of them were not entered already."""
        parameters = {
            "spool_ids": [one.spool_id for one in brought],
            "delivery_ids": [one.delivery_id for one in brought],
            "outcomes": [one.outcome for one in brought],
            "moments": [one.received_at for one in brought],
            "now": now,
        }
        return self._connection.execute(_NOTE, parameters).rowcount

    def count_refusals(self, heads: Sequence[SpoolHead], now: datetime) -> None:
        """Enter refusals, each with its receipt; those that are entered already stay as they are."""
        parameters = {
            "spool_ids": [head.spool_id for head in heads],
            "moments": [head.received_at for head in heads],
            "outcomes": [head.outcome for head in heads],
            "codes": [head.answer_code for head in heads],
            "uncertain": [head.may_be_stored for head in heads],
            "now": now,
        }
        self._connection.execute(_COUNT_REFUSALS, parameters)

    def stored_before(
        self, server_id: str, kind: Kind, content_sha256: str, filename: str | None, received_at: datetime
    ) -> tuple[int, Outcome] | None:
        """The delivery and the outcome of an arrival that was committed although nobody was told of it."""
        parameters = {
            "server_id": server_id,
            "kind": kind,
            "content_sha256": content_sha256,
            "filename": filename,
            "received_at": received_at,
        }
        row = self._connection.execute(_STORED_BEFORE, parameters).first()
        return None if row is None else (row.delivery_id, Outcome(row.outcome))

    def make_sure(self, spool_id: str) -> None:
        """Change next to nothing, so that the commit that follows has something to make durable."""
        self._connection.execute(_MAKE_SURE, {"spool_id": spool_id})

    def became(self) -> dict[Outcome, int]:
        """What the deliveries that waited turned out to be."""
        return {Outcome(outcome): int(count) for outcome, count in self._connection.execute(_BECAME)}

    def find(self, spool_id: str) -> DrainedRecord | None:
        """One record."""
        row = self._connection.execute(_FOUND, {"spool_id": spool_id}).mappings().one_or_none()
        return None if row is None else DrainedRecord(**row)

    def of_delivery(self, delivery_id: int) -> list[DrainedRecord]:
        """The records that brought copies of a delivery."""
        return [
            DrainedRecord(**row)
            for row in self._connection.execute(_OF_DELIVERY, {"delivery_id": delivery_id}).mappings()
        ]
