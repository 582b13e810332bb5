"""A round's awards, duels and log, the names players went by, and ledgers of what became of each file."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KINDS = (
    "'round_report', 'stats_message', 'suite_json', 'gametime_file', 'stats_file', 'endstats_file', 'proximity_file', "
    "'filename_notice', 'demo_analysis', 'unknown_file', 'other_message'"
)
_STATUSES = "'imported', 'filed', 'waiting', 'quarantined'"
_CATEGORIES = "'combat', 'deaths', 'skills', 'weapons', 'teamwork', 'objectives', 'timing', 'other'"
_UNITS = "'percent', 'seconds', 'metres', 'times', 'kills'"
_REASONS = "'emitter_mislabel', 'unknown_award', 'nameless', 'name_not_in_round', 'name_shared'"


def upgrade() -> None:
    _add_awards()
    _add_timeline()
    _add_ledgers()
    op.create_table(
        "player_aliases",
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times_seen", sa.Integer(), nullable=False),
        sa.UniqueConstraint("guid", "alias", name="player_aliases_guid_alias_key"),
    )


def _add_awards() -> None:
    op.create_table(
        "round_awards",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("award_name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("player_name", sa.Text(), nullable=True),
        sa.Column("player_guid", sa.Text(), nullable=True),
        sa.Column("award_value", sa.Text(), nullable=False),
        sa.Column("award_value_numeric", postgresql.DOUBLE_PRECISION(), nullable=True),
        sa.Column("award_unit", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(f"category IN ({_CATEGORIES})", name=op.f("round_awards_category_check")),
        sa.CheckConstraint(f"award_unit IN ({_UNITS})", name=op.f("round_awards_award_unit_check")),
        sa.CheckConstraint(f"reason IN ({_REASONS})", name=op.f("round_awards_reason_check")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("round_awards_round_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("round_awards_pkey")),
        sa.UniqueConstraint("round_id", "position", name="round_awards_round_id_position_key"),
    )
    op.create_table(
        "round_vs_stats",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject_name", sa.Text(), nullable=True),
        sa.Column("subject_guid", sa.Text(), nullable=True),
        sa.Column("player_name", sa.Text(), nullable=True),
        sa.Column("player_guid", sa.Text(), nullable=True),
        sa.Column("kills", sa.Integer(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("round_vs_stats_round_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("round_vs_stats_pkey")),
        sa.UniqueConstraint("round_id", "position", name="round_vs_stats_round_id_position_key"),
    )


def _add_timeline() -> None:
    op.create_table(
        "round_timeline",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("at_unix_ms", sa.BigInteger(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("player_guid", sa.Text(), nullable=True),
        sa.Column("other_guid", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("round_timeline_delivery_id_fkey")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("round_timeline_round_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("round_timeline_pkey")),
        sa.UniqueConstraint("delivery_id", "ordinal", name="round_timeline_delivery_id_ordinal_key"),
    )
    op.create_index("round_timeline_round_id_idx", "round_timeline", ["round_id"])


def _add_ledgers() -> None:
    op.create_table(
        "processed_files",
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("processed_files_kind_check")),
        sa.CheckConstraint(f"status IN ({_STATUSES})", name=op.f("processed_files_status_check")),
        sa.CheckConstraint(
            "(status = 'imported') = (error_code IS NULL)", name=op.f("processed_files_error_code_check")
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("processed_files_delivery_id_fkey")),
        sa.ForeignKeyConstraint(["server_id"], ["servers.server_id"], name=op.f("processed_files_server_id_fkey")),
        sa.UniqueConstraint("server_id", "filename", name="processed_files_server_id_filename_key"),
    )
    op.create_table(
        "processed_endstats_files",
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=True),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("awards_count", sa.Integer(), nullable=True),
        sa.Column("vs_count", sa.Integer(), nullable=True),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("success = (round_id IS NOT NULL)", name=op.f("processed_endstats_files_round_id_check")),
        sa.CheckConstraint(
            "success = (error_message IS NULL)", name=op.f("processed_endstats_files_error_message_check")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("processed_endstats_files_round_id_fkey")),
        sa.ForeignKeyConstraint(
            ["server_id"], ["servers.server_id"], name=op.f("processed_endstats_files_server_id_fkey")
        ),
        sa.UniqueConstraint("server_id", "filename", name="processed_endstats_files_server_id_filename_key"),
    )
    op.create_index(
        "processed_endstats_files_round_id_key",
        "processed_endstats_files",
        ["round_id"],
        unique=True,
        postgresql_where=sa.text("success"),
    )
    op.create_table(
        "proximity_processed_files",
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("aggregates_applied", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("tracker_version", sa.Text(), nullable=True),
        sa.Column("round_key", sa.Text(), nullable=True),
        sa.Column("capabilities", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"status IN ({_STATUSES})", name=op.f("proximity_processed_files_status_check")),
        sa.ForeignKeyConstraint(
            ["server_id"], ["servers.server_id"], name=op.f("proximity_processed_files_server_id_fkey")
        ),
        sa.UniqueConstraint("server_id", "filename", name="proximity_processed_files_server_id_filename_key"),
    )


def downgrade() -> None:
    op.drop_table("player_aliases")
    op.drop_table("proximity_processed_files")
    op.drop_index(
        "processed_endstats_files_round_id_key",
        table_name="processed_endstats_files",
        postgresql_where=sa.text("success"),
    )
    op.drop_table("processed_endstats_files")
    op.drop_table("processed_files")
    op.drop_index("round_timeline_round_id_idx", table_name="round_timeline")
    op.drop_table("round_timeline")
    op.drop_table("round_vs_stats")
    op.drop_table("round_awards")
