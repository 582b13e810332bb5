"""Judgement: what a round's endstats file awards, its log entry by entry, and the names players went by."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION

from shared.db.tables.columns import instant, json, metadata, one_of, surrogate_id
from shared.domain.awards import AwardCategory, AwardFault, AwardUnit, NobodyKnown

round_awards = Table(
    "round_awards",
    metadata,
    surrogate_id(),
    Column("round_id", BigInteger, ForeignKey("rounds.id"), nullable=False),
    Column("award_name", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("player_name", Text),
    Column("player_guid", Text),
    Column("award_value", Text, nullable=False),
    Column("award_value_numeric", DOUBLE_PRECISION),
    Column("award_unit", Text),
    Column("position", Integer, nullable=False),
    Column("reason", Text),
    UniqueConstraint("round_id", "position", name="round_awards_round_id_position_key"),
    one_of("category", AwardCategory),
    one_of("award_unit", AwardUnit),
    one_of("reason", (*AwardFault, *NobodyKnown)),
)

round_vs_stats = Table(
    "round_vs_stats",
    metadata,
    surrogate_id(),
    Column("round_id", BigInteger, ForeignKey("rounds.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("subject_name", Text),
    Column("subject_guid", Text),
    Column("player_name", Text),
    Column("player_guid", Text),
    Column("kills", Integer, nullable=False),
    Column("deaths", Integer, nullable=False),
    UniqueConstraint("round_id", "position", name="round_vs_stats_round_id_position_key"),
)

round_timeline = Table(
    "round_timeline",
    metadata,
    surrogate_id(),
    Column("round_id", BigInteger, ForeignKey("rounds.id"), nullable=False),
    Column("delivery_id", BigInteger, ForeignKey("deliveries.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("at_unix_ms", BigInteger),
    Column("label", Text, nullable=False),
    Column("player_guid", Text),
    Column("other_guid", Text),
    json("details"),
    UniqueConstraint("delivery_id", "ordinal", name="round_timeline_delivery_id_ordinal_key"),
    Index("round_timeline_round_id_idx", "round_id"),
)

player_aliases = Table(
    "player_aliases",
    metadata,
    Column("guid", Text, nullable=False),
    Column("alias", Text, nullable=False),
    instant("first_seen", nullable=True),
    instant("last_seen", nullable=True),
    Column("times_seen", Integer, nullable=False),
    UniqueConstraint("guid", "alias", name="player_aliases_guid_alias_key"),
)
