"""Judgement: what is concluded about the players of a round. It may be wiped and rebuilt."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION

from shared.db.tables.columns import instant, json, metadata, one_of, surrogate_id
from shared.domain.vocabulary import R2Basis

_COUNTERS = (
    "kills deaths damage_given damage_received team_damage_given team_damage_received gibs self_kills team_kills "
    "team_gibs headshots headshot_kills time_played_seconds"
).split()
_RATES = (
    "time_played_minutes time_dead_minutes time_dead_minutes_original time_dead_ratio time_played_percent xp kd_ratio "
    "dpm efficiency"
).split()
_DEEDS = (
    "kill_assists kill_steals objectives_completed objectives_destroyed objectives_stolen objectives_returned "
    "dynamites_planted dynamites_defused times_revived revives_given most_useful_kills useless_kills denied_playtime "
    "constructions"
).split()
_STREAKS = (
    "double_kills triple_kills quad_kills multi_kills mega_kills killing_spree_best death_spree_worst full_selfkills"
).split()

player_comprehensive_stats = Table(
    "player_comprehensive_stats",
    metadata,
    surrogate_id(),
    Column("round_id", BigInteger, ForeignKey("rounds.id"), nullable=False),
    Column("round_date", Date),
    Column("map_name", Text, nullable=False),
    Column("round_number", SmallInteger, nullable=False),
    Column("player_guid", Text, nullable=False),
    Column("player_guid_full", Text),
    Column("player_name", Text, nullable=False),
    Column("clean_name", Text, nullable=False),
    Column("team", SmallInteger),
    Column("is_bot", Boolean, nullable=False),
    *(Column(name, Integer) for name in _COUNTERS),
    *(Column(name, DOUBLE_PRECISION) for name in _RATES),
    Column("bullets_fired", Integer),
    Column("hits", Integer),
    Column("accuracy", DOUBLE_PRECISION),
    *(Column(name, Integer) for name in _DEEDS),
    Column("tank_meatshield", DOUBLE_PRECISION),
    *(Column(name, Integer) for name in _STREAKS),
    Column("r2_basis", Text),
    Column("played_source", Text),
    json("flags"),
    instant("created_at"),
    # May be missing: operators add and drop these four by statements of their own.
    Column("time_alive_seconds", Integer),
    Column("avg_respawn_seconds", DOUBLE_PRECISION),
    Column("longest_life_seconds", Integer),
    Column("longest_death_seconds", Integer),
    UniqueConstraint("round_id", "player_guid", name="player_comprehensive_stats_round_id_player_guid_key"),
    CheckConstraint("team IN (1, 2, 3)", name="team"),
    one_of("r2_basis", R2Basis),
    Index("player_comprehensive_stats_player_guid_round_date_idx", "player_guid", "round_date"),
)

weapon_comprehensive_stats = Table(
    "weapon_comprehensive_stats",
    metadata,
    surrogate_id(),
    Column("round_id", BigInteger, ForeignKey("rounds.id"), nullable=False),
    Column("player_guid", Text, nullable=False),
    Column("player_name", Text, nullable=False),
    Column("weapon_index", SmallInteger, nullable=False),
    Column("weapon_name", Text, nullable=False),
    *(Column(name, Integer) for name in ("kills", "deaths", "headshots", "shots", "hits")),
    Column("accuracy", DOUBLE_PRECISION),
    UniqueConstraint(
        "round_id",
        "player_guid",
        "weapon_name",
        name="weapon_comprehensive_stats_round_id_player_guid_weapon_name_key",
    ),
)
