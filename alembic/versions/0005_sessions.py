"""Gaming sessions: the table, who played together in them, and what tells the worker that a round's session may be another."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

AWAITS_SESSION = """
gaming_session_id IS NULL AND round_status <> 'ghost' AND NOT is_bot_round
AND (round_start_unix IS NOT NULL OR round_end_unix IS NOT NULL OR round_date + round_time IS NOT NULL)
"""
# A round is new to its session only once, and the index above finds it; everything later is noted here, whoever does it.
NOTE_CHANGE = """
CREATE FUNCTION note_session_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO session_changes (server_id, round_id, round_start_unix, round_end_unix, round_date, round_time,
                                 actual_duration_seconds)
    VALUES (OLD.server_id, OLD.id, OLD.round_start_unix, OLD.round_end_unix, OLD.round_date, OLD.round_time,
            OLD.actual_duration_seconds);
    RETURN NULL;
END $$
"""
ON_UPDATE = """
CREATE TRIGGER rounds_session_change AFTER UPDATE ON rounds FOR EACH ROW
WHEN (OLD.gaming_session_id IS NOT NULL AND (
    NEW.gaming_session_id IS NULL
    OR (OLD.round_start_unix, OLD.round_end_unix, OLD.round_date, OLD.round_time, OLD.actual_duration_seconds,
        OLD.round_status, OLD.is_bot_round, OLD.map_name, OLD.match_id)
       IS DISTINCT FROM
       (NEW.round_start_unix, NEW.round_end_unix, NEW.round_date, NEW.round_time, NEW.actual_duration_seconds,
        NEW.round_status, NEW.is_bot_round, NEW.map_name, NEW.match_id)))
EXECUTE FUNCTION note_session_change()
"""
ON_DELETE = """
CREATE TRIGGER rounds_session_leave AFTER DELETE ON rounds FOR EACH ROW
WHEN (OLD.gaming_session_id IS NOT NULL) EXECUTE FUNCTION note_session_change()
"""


def upgrade() -> None:
    op.create_table(
        "gaming_sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_date", sa.Date(), nullable=False),
        sa.Column("rounds_count", sa.Integer(), nullable=False),
        sa.Column("retired_into", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("started_at <= ended_at", name=op.f("gaming_sessions_order_check")),
        sa.CheckConstraint("rounds_count >= 0", name=op.f("gaming_sessions_rounds_count_check")),
        sa.CheckConstraint(
            "retired_into IS NULL OR (retired_into < id AND rounds_count = 0)",
            name=op.f("gaming_sessions_retired_into_check"),
        ),
        sa.ForeignKeyConstraint(
            ["retired_into"], ["gaming_sessions.id"], name=op.f("gaming_sessions_retired_into_fkey")
        ),
        sa.ForeignKeyConstraint(["server_id"], ["servers.server_id"], name=op.f("gaming_sessions_server_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("gaming_sessions_pkey")),
        sa.UniqueConstraint("id", "server_id", name="gaming_sessions_id_server_id_key"),
    )
    op.create_index(
        "gaming_sessions_alive_idx",
        "gaming_sessions",
        ["server_id", "started_at"],
        unique=True,
        postgresql_where=sa.text("rounds_count > 0"),
    )
    op.create_index(
        "gaming_sessions_session_date_idx",
        "gaming_sessions",
        ["session_date"],
        postgresql_where=sa.text("rounds_count > 0"),
    )
    op.create_index(
        "gaming_sessions_retired_into_idx",
        "gaming_sessions",
        ["retired_into"],
        postgresql_where=sa.text("retired_into IS NOT NULL"),
    )
    op.create_table(
        "session_teams",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("gaming_session_id", sa.BigInteger(), nullable=False),
        sa.Column("map_name", sa.Text(), server_default="ALL", nullable=False),
        sa.Column("team_name", sa.Text(), nullable=False),
        sa.Column("team_slot", sa.Text(), nullable=False),
        sa.Column("player_guids", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("player_names", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("detected_from_round_id", sa.BigInteger(), nullable=True),
        sa.Column("is_custom_name", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("team_slot IN ('A', 'B')", name=op.f("session_teams_team_slot_check")),
        sa.ForeignKeyConstraint(
            ["detected_from_round_id"],
            ["rounds.id"],
            name=op.f("session_teams_detected_from_round_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["gaming_session_id"], ["gaming_sessions.id"], name=op.f("session_teams_gaming_session_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("session_teams_pkey")),
        sa.UniqueConstraint(
            "gaming_session_id", "map_name", "team_slot", name="session_teams_gaming_session_id_map_name_team_slot_key"
        ),
    )
    op.create_table(
        "session_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("round_start_unix", sa.BigInteger(), nullable=True),
        sa.Column("round_end_unix", sa.BigInteger(), nullable=True),
        sa.Column("round_date", sa.Date(), nullable=True),
        sa.Column("round_time", sa.Time(), nullable=True),
        sa.Column("actual_duration_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("session_changes_pkey")),
    )
    op.create_index("session_changes_server_id_idx", "session_changes", ["server_id"])
    op.create_foreign_key(
        "rounds_gaming_session_id_server_id_fkey",
        "rounds",
        "gaming_sessions",
        ["gaming_session_id", "server_id"],
        ["id", "server_id"],
    )
    op.create_index(
        "rounds_awaits_session_idx", "rounds", ["server_id", "id"], postgresql_where=sa.text(AWAITS_SESSION)
    )
    op.create_index(
        "rounds_gaming_session_id_round_start_unix_idx",
        "rounds",
        ["gaming_session_id", "round_start_unix"],
        postgresql_where=sa.text("gaming_session_id IS NOT NULL"),
    )
    op.execute(NOTE_CHANGE)
    op.execute(ON_UPDATE)
    op.execute(ON_DELETE)


def downgrade() -> None:
    op.execute("DROP TRIGGER rounds_session_leave ON rounds")
    op.execute("DROP TRIGGER rounds_session_change ON rounds")
    op.execute("DROP FUNCTION note_session_change()")
    op.drop_index("rounds_gaming_session_id_round_start_unix_idx", table_name="rounds")
    op.drop_index("rounds_awaits_session_idx", table_name="rounds")
    op.drop_constraint("rounds_gaming_session_id_server_id_fkey", "rounds", type_="foreignkey")
    op.execute("UPDATE rounds SET gaming_session_id = NULL, play_number = NULL WHERE gaming_session_id IS NOT NULL")
    op.drop_table("session_changes")
    op.drop_table("session_teams")
    op.drop_table("gaming_sessions")
