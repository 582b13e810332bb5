"""Ledgers: what became of each file, under its name. A row is written by the transaction that brings about what it says."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from shared.db.tables.columns import instant, json, metadata, one_of
from shared.domain.vocabulary import FileStatus, Kind

processed_files = Table(
    "processed_files",
    metadata,
    Column("filename", Text, nullable=False),
    Column("server_id", Text, ForeignKey("servers.server_id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("file_hash", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    instant("next_attempt_at", nullable=True),
    Column("error_code", Text),
    Column("delivery_id", BigInteger, ForeignKey("deliveries.id"), nullable=False),
    instant("processed_at"),
    UniqueConstraint("server_id", "filename", name="processed_files_server_id_filename_key"),
    one_of("kind", Kind),
    one_of("status", FileStatus),
    # What was imported has nothing left to say, and what was not says why.
    CheckConstraint("(status = 'imported') = (error_code IS NULL)", name="error_code"),
)

processed_endstats_files = Table(
    "processed_endstats_files",
    metadata,
    Column("filename", Text, nullable=False),
    Column("server_id", Text, ForeignKey("servers.server_id"), nullable=False),
    Column("round_id", BigInteger, ForeignKey("rounds.id")),
    Column("success", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    instant("next_attempt_at", nullable=True),
    Column("error_message", Text),
    Column("awards_count", Integer),
    Column("vs_count", Integer),
    instant("processed_at"),
    UniqueConstraint("server_id", "filename", name="processed_endstats_files_server_id_filename_key"),
    # A file's awards stand in a round, or it says why they do not.
    CheckConstraint("success = (round_id IS NOT NULL)", name="round_id"),
    CheckConstraint("success = (error_message IS NULL)", name="error_message"),
    Index("processed_endstats_files_round_id_key", "round_id", unique=True, postgresql_where=text("success")),
)

proximity_processed_files = Table(
    "proximity_processed_files",
    metadata,
    Column("filename", Text, nullable=False),
    Column("server_id", Text, ForeignKey("servers.server_id"), nullable=False),
    Column("file_hash", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    instant("next_attempt_at", nullable=True),
    Column("error_code", Text),
    Column("aggregates_applied", Boolean, nullable=False, server_default=text("false")),
    Column("tracker_version", Text),
    Column("round_key", Text),
    json("capabilities"),
    instant("processed_at"),
    UniqueConstraint("server_id", "filename", name="proximity_processed_files_server_id_filename_key"),
    one_of("status", FileStatus),
)
