"""Judgement: what audits found beside the rows they looked at. It may be wiped and is found again."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION

from shared.db.tables.columns import instant, metadata, surrogate_id

plausibility_flags = Table(
    "plausibility_flags",
    metadata,
    surrogate_id(),
    Column("round_id", BigInteger, ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False),
    Column("player_guid", Text),
    Column("rule", Text, nullable=False),
    Column("value", DOUBLE_PRECISION),
    Column("bound", DOUBLE_PRECISION),
    instant("noted_at"),
    UniqueConstraint(
        "round_id",
        "player_guid",
        "rule",
        name="plausibility_flags_round_id_player_guid_rule_key",
        postgresql_nulls_not_distinct=True,
    ),
)

# When each audit last began: what changed since then is looked at next.
audit_runs = Table(
    "audit_runs",
    metadata,
    Column("audit", Text, primary_key=True),
    instant("started_at"),
    Column("rounds_checked", Integer, nullable=False),
)
