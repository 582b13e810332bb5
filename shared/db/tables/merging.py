"""Judgement: ids of rounds that turned out to be others, and what is learned of maps from the rounds played on them."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from shared.db.tables.columns import instant, metadata, seconds

round_redirects = Table(
    "round_redirects",
    metadata,
    Column("old_round_id", BigInteger, primary_key=True, autoincrement=False),
    Column("round_id", BigInteger, ForeignKey("rounds.id"), nullable=False),
    instant("at"),
    CheckConstraint("round_id < old_round_id", name="lower_survives"),
    Index("round_redirects_round_id_idx", "round_id"),
)

map_defenders = Table(
    "map_defenders",
    metadata,
    Column("server_id", Text, ForeignKey("servers.server_id"), primary_key=True),
    Column("map_name", Text, primary_key=True),
    Column("axis_count", Integer, nullable=False),
    Column("allies_count", Integer, nullable=False),
    seconds("base_limit_seconds"),
    instant("updated_at"),
    CheckConstraint("axis_count >= 0 AND allies_count >= 0", name="counts"),
    CheckConstraint("base_limit_seconds > 0", name="base_limit_seconds"),
    Index("map_defenders_map_name_idx", "map_name"),
)
