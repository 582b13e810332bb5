"""Who won: a table of matches, a result per gaming session, and what tells the worker that a score may be another now."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_CONFIDENCES = "'verified_header', 'time_fallback', 'ambiguous', 'missing'"
_REASONS = (
    "'r1_only', 'r2_only', 'not_played_out', 'undecidable', 'side_unreadable', 'defender_unknown', "
    "'defenders_disagree', 'roster_unknown', 'teams_mixed', 'no_swap', 'scoring_error'"
)
_SCORED = """
match_id, map_name, round_number, gaming_session_id, play_number, revision, round_status, is_valid, invalid_reason,
round_start_unix, round_end_unix, winner_team, defender_team, sides_source, round_stopwatch_state, score_confidence,
actual_duration_seconds, limit_seconds, header_clock_seconds, time_to_beat_seconds, next_timelimit_minutes, end_reason
"""
# The revision grows with whatever else is shown of a round, its players among it.
NOTE_DUE = """
CREATE FUNCTION note_score_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.gaming_session_id IS NOT NULL THEN
        INSERT INTO scores_due (gaming_session_id) VALUES (OLD.gaming_session_id);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.gaming_session_id IS DISTINCT FROM OLD.gaming_session_id
       AND NEW.gaming_session_id IS NOT NULL THEN
        INSERT INTO scores_due (gaming_session_id) VALUES (NEW.gaming_session_id);
    END IF;
    RETURN NULL;
END $$
"""
NOTE_SESSION = """
CREATE FUNCTION note_session_score_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO scores_due (gaming_session_id) VALUES (NEW.id);
    RETURN NULL;
END $$
"""
# Under which limit a map's first rounds are played decides only where a first round is missing.
NOTE_BASE_LIMIT = """
CREATE FUNCTION note_base_limit_scores_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO scores_due (gaming_session_id)
    SELECT DISTINCT gaming_session_id FROM matches
    WHERE server_id = NEW.server_id AND map_name = NEW.map_name AND r1_round_id IS NULL;
    RETURN NULL;
END $$
"""


def _of(row: str) -> str:
    return ", ".join(f"{row}.{name.strip()}" for name in _SCORED.split(","))


def upgrade() -> None:
    _create_matches()
    _create_session_results()
    op.create_table(
        "scores_due",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("gaming_session_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("scores_due_pkey")),
    )
    op.create_index("scores_due_gaming_session_id_idx", "scores_due", ["gaming_session_id"])
    op.execute("INSERT INTO scores_due (gaming_session_id) SELECT id FROM gaming_sessions WHERE rounds_count > 0")
    op.execute(NOTE_DUE)
    op.execute(NOTE_SESSION)
    op.execute(NOTE_BASE_LIMIT)
    op.execute(
        f"CREATE TRIGGER rounds_score_due AFTER UPDATE ON rounds FOR EACH ROW "
        f"WHEN (({_of('OLD')}) IS DISTINCT FROM ({_of('NEW')})) EXECUTE FUNCTION note_score_due()"
    )
    op.execute(
        "CREATE TRIGGER rounds_score_leave AFTER DELETE ON rounds FOR EACH ROW EXECUTE FUNCTION note_score_due()"
    )
    op.execute(
        "CREATE TRIGGER gaming_sessions_score_due AFTER UPDATE ON gaming_sessions FOR EACH ROW "
        "WHEN ((OLD.started_at, OLD.ended_at, OLD.session_date) IS DISTINCT FROM "
        "(NEW.started_at, NEW.ended_at, NEW.session_date)) EXECUTE FUNCTION note_session_score_due()"
    )
    op.execute(
        "CREATE TRIGGER map_defenders_score_due AFTER INSERT OR UPDATE OF base_limit_seconds ON map_defenders "
        "FOR EACH ROW EXECUTE FUNCTION note_base_limit_scores_due()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER map_defenders_score_due ON map_defenders")
    op.execute("DROP TRIGGER gaming_sessions_score_due ON gaming_sessions")
    op.execute("DROP TRIGGER rounds_score_leave ON rounds")
    op.execute("DROP TRIGGER rounds_score_due ON rounds")
    op.execute("DROP FUNCTION note_base_limit_scores_due()")
    op.execute("DROP FUNCTION note_session_score_due()")
    op.execute("DROP FUNCTION note_score_due()")
    op.drop_table("scores_due")
    op.drop_table("session_results")
    op.drop_table("matches")


def _create_matches() -> None:
    op.create_table(
        "matches",
        sa.Column("match_id", sa.Text(), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("map_name", sa.Text(), nullable=False),
        sa.Column("gaming_session_id", sa.BigInteger(), nullable=False),
        sa.Column("play_number", sa.Integer(), nullable=True),
        sa.Column("r1_round_id", sa.BigInteger(), nullable=True),
        sa.Column("r2_round_id", sa.BigInteger(), nullable=True),
        sa.Column("pairing", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("map_wins_a", sa.SmallInteger(), nullable=False),
        sa.Column("map_wins_b", sa.SmallInteger(), nullable=False),
        sa.Column("points_a", sa.SmallInteger(), nullable=False),
        sa.Column("points_b", sa.SmallInteger(), nullable=False),
        sa.Column("time_a", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("time_b", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("team_a_side_r1", sa.SmallInteger(), nullable=True),
        sa.Column("team_a_side_r2", sa.SmallInteger(), nullable=True),
        sa.Column("completeness_pct", sa.SmallInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "pairing IN ('named', 'walk', 'single_r1', 'single_r2')", name=op.f("matches_pairing_check")
        ),
        sa.CheckConstraint("verdict IN ('A', 'B', 'draw', 'none')", name=op.f("matches_verdict_check")),
        sa.CheckConstraint("rule IN ('header', 'r1_from_limit', 'time', 'none')", name=op.f("matches_rule_check")),
        sa.CheckConstraint(f"confidence IN ({_CONFIDENCES})", name=op.f("matches_confidence_check")),
        sa.CheckConstraint(f"reason IN ({_REASONS})", name=op.f("matches_reason_check")),
        sa.CheckConstraint("team_a_side_r1 IN (1, 2) AND team_a_side_r2 IN (1, 2)", name=op.f("matches_side_check")),
        sa.CheckConstraint(
            "counted = (reason IS NULL) AND counted = (verdict <> 'none')", name=op.f("matches_counted_check")
        ),
        sa.CheckConstraint(
            "points_a = 2 * map_wins_a + (verdict = 'draw')::int AND points_b = 2 * map_wins_b + (verdict = 'draw')::int "
            "AND map_wins_a = (verdict = 'A')::int AND map_wins_b = (verdict = 'B')::int",
            name=op.f("matches_brought_check"),
        ),
        sa.CheckConstraint("completeness_pct BETWEEN 0 AND 100", name=op.f("matches_completeness_pct_check")),
        sa.ForeignKeyConstraint(
            ["gaming_session_id"], ["gaming_sessions.id"], name=op.f("matches_gaming_session_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["r1_round_id"], ["rounds.id"], name=op.f("matches_r1_round_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["r2_round_id"], ["rounds.id"], name=op.f("matches_r2_round_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["server_id"], ["servers.server_id"], name=op.f("matches_server_id_fkey")),
        sa.PrimaryKeyConstraint("match_id", name=op.f("matches_pkey")),
        sa.UniqueConstraint("r1_round_id", name="matches_r1_round_id_key", deferrable=True, initially="IMMEDIATE"),
        sa.UniqueConstraint("r2_round_id", name="matches_r2_round_id_key", deferrable=True, initially="IMMEDIATE"),
    )
    op.create_index("matches_gaming_session_id_idx", "matches", ["gaming_session_id"])


def _create_session_results() -> None:
    jsonb = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.create_table(
        "session_results",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("gaming_session_id", sa.BigInteger(), nullable=False),
        sa.Column("session_date", sa.Date(), nullable=False),
        sa.Column("map_name", sa.Text(), server_default="ALL", nullable=False),
        sa.Column("team_1_name", sa.Text(), nullable=True),
        sa.Column("team_2_name", sa.Text(), nullable=True),
        sa.Column("team_1_guids", jsonb, nullable=False),
        sa.Column("team_2_guids", jsonb, nullable=False),
        sa.Column("map_wins_a", sa.Integer(), nullable=True),
        sa.Column("map_wins_b", sa.Integer(), nullable=True),
        sa.Column("draws", sa.Integer(), nullable=True),
        sa.Column("points_a", sa.Integer(), nullable=True),
        sa.Column("points_b", sa.Integer(), nullable=True),
        sa.Column("score", sa.Text(), nullable=True),
        sa.Column("winning_team", sa.SmallInteger(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("confidence_counts", jsonb, nullable=False),
        sa.Column("total_rounds", sa.Integer(), nullable=False),
        sa.Column("counted_maps", sa.Integer(), nullable=False),
        sa.Column("round_details", jsonb, nullable=False),
        sa.Column("details_version", sa.SmallInteger(), server_default=sa.text("2"), nullable=False),
        sa.Column("session_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("had_substitutions", sa.Boolean(), nullable=False),
        sa.Column("substitution_details", jsonb, nullable=False),
        sa.CheckConstraint(f"confidence IN ({_CONFIDENCES})", name=op.f("session_results_confidence_check")),
        sa.CheckConstraint("winning_team IN (0, 1, 2)", name=op.f("session_results_winning_team_check")),
        sa.CheckConstraint(
            "(counted_maps = 0) = (map_wins_a IS NULL) AND (counted_maps = 0) = (map_wins_b IS NULL) "
            "AND (counted_maps = 0) = (winning_team IS NULL) AND (counted_maps = 0) = (score IS NULL)",
            name=op.f("session_results_scored_check"),
        ),
        sa.CheckConstraint(
            "map_wins_a + map_wins_b + draws = counted_maps", name=op.f("session_results_map_wins_check")
        ),
        sa.CheckConstraint("points_a + points_b = 2 * counted_maps", name=op.f("session_results_points_check")),
        sa.ForeignKeyConstraint(
            ["gaming_session_id"], ["gaming_sessions.id"], name=op.f("session_results_gaming_session_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("session_results_pkey")),
        sa.UniqueConstraint("gaming_session_id", "map_name", name="session_results_gaming_session_id_map_name_key"),
    )
