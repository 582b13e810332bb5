"""Evidence: what arrived. Append-only; a trigger of the migration refuses every update and delete."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.db.tables.columns import instant, json, metadata, one_of, surrogate_id
from shared.domain.vocabulary import Kind, OperatorAction, Outcome

servers = Table(
    "servers",
    metadata,
    Column("server_id", Text, primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("secret_hashes", ARRAY(Text), nullable=False, server_default="{}"),
    Column("webhook_id", Text, unique=True),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    instant("last_seen_at", nullable=True),
    instant("created_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    surrogate_id(),
    Column("server_id", Text, ForeignKey("servers.server_id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),
    Column("payload_sha256", Text),
    Column("event_id", Text),
    Column("filename", Text),
    Column("content_type", Text),
    json("headers", nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("remote_hash", Text),
    instant("received_at"),
    one_of("kind", Kind),
    UniqueConstraint(
        "server_id",
        "kind",
        "content_sha256",
        "filename",
        name="deliveries_server_id_kind_content_sha256_filename_key",
        postgresql_nulls_not_distinct=True,
    ),
    Index("deliveries_server_id_event_id_idx", "server_id", "event_id"),
)

delivery_receipts = Table(
    "delivery_receipts",
    metadata,
    surrogate_id(),
    Column("delivery_id", BigInteger, ForeignKey("deliveries.id")),
    instant("received_at"),
    Column("outcome", Text, nullable=False),
    Column("answer_code", SmallInteger, nullable=False),
    Column("attempt", Integer),
    one_of("outcome", Outcome),
    Index("delivery_receipts_received_at_idx", "received_at"),
    Index("delivery_receipts_delivery_id_idx", "delivery_id"),
)

operator_decisions = Table(
    "operator_decisions",
    metadata,
    surrogate_id(),
    instant("decided_at"),
    Column("decided_by", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    json("details", nullable=False),
    Column("reason", Text, nullable=False),
    one_of("action", OperatorAction),
    Index("operator_decisions_subject_idx", "subject"),
)
