"""Judgement: the gaming sessions of each server, who played in them together, and what is still to be looked at."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)

from shared.db.tables.columns import instant, json, metadata, surrogate_id

gaming_sessions = Table(
    "gaming_sessions",
    metadata,
    surrogate_id(),
    Column("server_id", Text, ForeignKey("servers.server_id"), nullable=False),
    instant("started_at"),
    instant("ended_at"),
    Column("session_date", Date, nullable=False),
    Column("rounds_count", Integer, nullable=False),
    Column("retired_into", BigInteger, ForeignKey("gaming_sessions.id")),
    UniqueConstraint("id", "server_id", name="gaming_sessions_id_server_id_key"),
    CheckConstraint("started_at <= ended_at", name="order"),
    CheckConstraint("rounds_count >= 0", name="rounds_count"),
    # The lower id survives, and what is retired holds no rounds any more.
    CheckConstraint("retired_into IS NULL OR (retired_into < id AND rounds_count = 0)", name="retired_into"),
    Index(
        "gaming_sessions_alive_idx", "server_id", "started_at", unique=True, postgresql_where=text("rounds_count > 0")
    ),
    Index("gaming_sessions_session_date_idx", "session_date", postgresql_where=text("rounds_count > 0")),
    Index("gaming_sessions_retired_into_idx", "retired_into", postgresql_where=text("retired_into IS NOT NULL")),
)

session_teams = Table(
    "session_teams",
    metadata,
    surrogate_id(),
    Column("gaming_session_id", BigInteger, ForeignKey("gaming_sessions.id"), nullable=False),
    Column("map_name", Text, nullable=False, server_default="ALL"),
    Column("team_name", Text, nullable=False),
    Column("team_slot", Text, nullable=False),
    json("player_guids", nullable=False),
    json("player_names", nullable=False),
    Column("color", Text),
    Column("detected_from_round_id", BigInteger, ForeignKey("rounds.id", ondelete="SET NULL")),
    Column("is_custom_name", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint(
        "gaming_session_id", "map_name", "team_slot", name="session_teams_gaming_session_id_map_name_team_slot_key"
    ),
    CheckConstraint("team_slot IN ('A', 'B')", name="team_slot"),
)

# What a round of a session was before it changed or went; a trigger writes it in the transaction that changes the round.
session_changes = Table(
    "session_changes",
    metadata,
    surrogate_id(),
    Column("server_id", Text, nullable=False),
    Column("round_id", BigInteger, nullable=False),
    Column("round_start_unix", BigInteger),
    Column("round_end_unix", BigInteger),
    Column("round_date", Date),
    Column("round_time", Time),
    Column("actual_duration_seconds", Numeric(9, 3)),
    Index("session_changes_server_id_idx", "server_id"),
)
