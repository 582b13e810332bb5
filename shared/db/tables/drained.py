"""The ledger of the spool: which of its records have come here. A row is written by the transaction that brings one."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text

from shared.db.tables.columns import instant, metadata, one_of
from shared.domain.vocabulary import Outcome

drained_records = Table(
    "drained_records",
    metadata,
    Column("spool_id", Text, primary_key=True),
    Column("delivery_id", BigInteger, ForeignKey("deliveries.id", ondelete="CASCADE")),
    Column("outcome", Text),
    instant("received_at"),
    instant("drained_at"),
    one_of("outcome", Outcome),
    Index("drained_records_delivery_id_idx", "delivery_id"),
)
