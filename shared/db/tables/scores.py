"""Judgement: who won each match and each gaming session, and whose score has to be worked out anew."""

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
    text,
)

from shared.db.tables.columns import instant, json, metadata, one_of, seconds, side, sides_check, surrogate_id
from shared.domain.vocabulary import Confidence, MatchReason, Pairing, ScoringRule, Verdict

matches = Table(
    "matches",
    metadata,
    Column("match_id", Text, primary_key=True),
    Column("server_id", Text, ForeignKey("servers.server_id"), nullable=False),
    Column("map_name", Text, nullable=False),
    Column("gaming_session_id", BigInteger, ForeignKey("gaming_sessions.id"), nullable=False),
    Column("play_number", Integer),
    Column("r1_round_id", BigInteger, ForeignKey("rounds.id", ondelete="SET NULL")),
    Column("r2_round_id", BigInteger, ForeignKey("rounds.id", ondelete="SET NULL")),
    Column("pairing", Text),
    Column("verdict", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("confidence", Text, nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("reason", Text),
    Column("map_wins_a", SmallInteger, nullable=False),
    Column("map_wins_b", SmallInteger, nullable=False),
    Column("points_a", SmallInteger, nullable=False),
    Column("points_b", SmallInteger, nullable=False),
    seconds("time_a"),
    seconds("time_b"),
    side("team_a_side_r1"),
    side("team_a_side_r2"),
    Column("completeness_pct", SmallInteger),
    Column("status", Text),
    Column("note", Text, nullable=False),
    instant("updated_at"),
    # Deferrable: one statement may hand a round from one match to another.
    UniqueConstraint("r1_round_id", name="matches_r1_round_id_key", deferrable=True, initially="IMMEDIATE"),
    UniqueConstraint("r2_round_id", name="matches_r2_round_id_key", deferrable=True, initially="IMMEDIATE"),
    one_of("pairing", Pairing),
    one_of("verdict", Verdict),
    one_of("rule", ScoringRule),
    one_of("confidence", Confidence),
    one_of("reason", MatchReason),
    sides_check("team_a_side_r1", "team_a_side_r2"),
    CheckConstraint("counted = (reason IS NULL) AND counted = (verdict <> 'none')", name="counted"),
    CheckConstraint(
        "points_a = 2 * map_wins_a + (verdict = 'draw')::int AND points_b = 2 * map_wins_b + (verdict = 'draw')::int "
        "AND map_wins_a = (verdict = 'A')::int AND map_wins_b = (verdict = 'B')::int",
        name="brought",
    ),
    CheckConstraint("completeness_pct BETWEEN 0 AND 100", name="completeness_pct"),
    Index("matches_gaming_session_id_idx", "gaming_session_id"),
)

session_results = Table(
    "session_results",
    metadata,
    surrogate_id(),
    Column("gaming_session_id", BigInteger, ForeignKey("gaming_sessions.id"), nullable=False),
    Column("session_date", Date, nullable=False),
    Column("map_name", Text, nullable=False, server_default="ALL"),
    Column("team_1_name", Text),
    Column("team_2_name", Text),
    json("team_1_guids", nullable=False),
    json("team_2_guids", nullable=False),
    Column("map_wins_a", Integer),
    Column("map_wins_b", Integer),
    Column("draws", Integer),
    Column("points_a", Integer),
    Column("points_b", Integer),
    Column("score", Text),
    Column("winning_team", SmallInteger),
    Column("confidence", Text, nullable=False),
    json("confidence_counts", nullable=False),
    Column("total_rounds", Integer, nullable=False),
    Column("counted_maps", Integer, nullable=False),
    json("round_details", nullable=False),
    Column("details_version", SmallInteger, nullable=False, server_default=text("2")),
    instant("session_start"),
    instant("session_end"),
    Column("duration_minutes", Integer, nullable=False),
    Column("had_substitutions", Boolean, nullable=False),
    json("substitution_details", nullable=False),
    UniqueConstraint("gaming_session_id", "map_name", name="session_results_gaming_session_id_map_name_key"),
    one_of("confidence", Confidence),
    CheckConstraint("winning_team IN (0, 1, 2)", name="winning_team"),
    # Where nothing counts there is no score, and no 0:0 either.
    CheckConstraint(
        "(counted_maps = 0) = (map_wins_a IS NULL) AND (counted_maps = 0) = (map_wins_b IS NULL) "
        "AND (counted_maps = 0) = (winning_team IS NULL) AND (counted_maps = 0) = (score IS NULL)",
        name="scored",
    ),
    CheckConstraint("map_wins_a + map_wins_b + draws = counted_maps", name="map_wins"),
    CheckConstraint("points_a + points_b = 2 * counted_maps", name="points"),
)

# A session in which something happened that its score may rest on; triggers write it where that happens.
scores_due = Table(
    "scores_due",
    metadata,
    surrogate_id(),
    Column("gaming_session_id", BigInteger, nullable=False),
    Index("scores_due_gaming_session_id_idx", "gaming_session_id"),
)
