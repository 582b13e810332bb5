"""Rounds told by many voices: found by when they were, weapons and conflicts kept, waiting events found at once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NEAR_UNIX = sa.text(
    "(COALESCE(round_start_unix, round_end_unix, EXTRACT(epoch FROM round_date + round_time)::bigint))"
)
_WAITING = sa.text("state = 'parsed' AND round_id IS NULL")
_KINDS = (
    "'round_report', 'stats_message', 'suite_json', 'gametime_file', 'stats_file', 'endstats_file', 'proximity_file', "
    "'filename_notice', 'demo_analysis', 'unknown_file', 'other_message'"
)


def upgrade() -> None:
    op.drop_index("rounds_server_id_map_name_round_start_unix_idx", table_name="rounds")
    op.create_index("rounds_server_id_map_name_near_unix_idx", "rounds", ["server_id", "map_name", _NEAR_UNIX])
    op.create_index("round_events_waiting_idx", "round_events", ["server_id", "map_name"], postgresql_where=_WAITING)
    op.create_table(
        "weapon_comprehensive_stats",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("player_guid", sa.Text(), nullable=False),
        sa.Column("player_name", sa.Text(), nullable=False),
        sa.Column("weapon_index", sa.SmallInteger(), nullable=False),
        sa.Column("weapon_name", sa.Text(), nullable=False),
        sa.Column("kills", sa.Integer(), nullable=True),
        sa.Column("deaths", sa.Integer(), nullable=True),
        sa.Column("headshots", sa.Integer(), nullable=True),
        sa.Column("shots", sa.Integer(), nullable=True),
        sa.Column("hits", sa.Integer(), nullable=True),
        sa.Column("accuracy", postgresql.DOUBLE_PRECISION(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("weapon_comprehensive_stats_round_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("weapon_comprehensive_stats_pkey")),
        sa.UniqueConstraint(
            "round_id",
            "player_guid",
            "weapon_name",
            name="weapon_comprehensive_stats_round_id_player_guid_weapon_name_key",
        ),
    )
    op.create_table(
        "field_conflicts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("kept_value", sa.Text(), nullable=False),
        sa.Column("kept_source", sa.Text(), nullable=False),
        sa.Column("other_value", sa.Text(), nullable=False),
        sa.Column("other_source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kept_source IN ({_KINDS})", name=op.f("field_conflicts_kept_source_check")),
        sa.CheckConstraint(f"other_source IN ({_KINDS})", name=op.f("field_conflicts_other_source_check")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("field_conflicts_round_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("field_conflicts_pkey")),
        sa.UniqueConstraint(
            "round_id",
            "field",
            "other_source",
            "other_value",
            name="field_conflicts_round_id_field_other_source_other_value_key",
        ),
    )


def downgrade() -> None:
    op.drop_table("field_conflicts")
    op.drop_table("weapon_comprehensive_stats")
    op.drop_index("round_events_waiting_idx", table_name="round_events", postgresql_where=_WAITING)
    op.drop_index("rounds_server_id_map_name_near_unix_idx", table_name="rounds")
    op.create_index(
        "rounds_server_id_map_name_round_start_unix_idx", "rounds", ["server_id", "map_name", "round_start_unix"]
    )
