"""Which delivery a sender's key stands for. A row is written by the transaction that keeps the delivery."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text

from shared.db.tables.columns import instant, metadata

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("server_id", Text, ForeignKey("servers.server_id"), primary_key=True),
    Column("idempotency_key", Text, primary_key=True),
    Column("delivery_id", BigInteger, ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False),
    instant("received_at"),
    CheckConstraint("length(idempotency_key) BETWEEN 1 AND 255", name="idempotency_key"),
    Index("idempotency_keys_delivery_id_idx", "delivery_id"),
)
