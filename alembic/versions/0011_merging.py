"""Rounds that turned out to be one keep answering to both ids; and what is learned of maps: who defends, for how long."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round_redirects",
        sa.Column("old_round_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("round_id < old_round_id", name=op.f("round_redirects_lower_survives_check")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("round_redirects_round_id_fkey")),
        sa.PrimaryKeyConstraint("old_round_id", name=op.f("round_redirects_pkey")),
    )
    op.create_index("round_redirects_round_id_idx", "round_redirects", ["round_id"])
    op.create_table(
        "map_defenders",
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("map_name", sa.Text(), nullable=False),
        sa.Column("axis_count", sa.Integer(), nullable=False),
        sa.Column("allies_count", sa.Integer(), nullable=False),
        sa.Column("base_limit_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("axis_count >= 0 AND allies_count >= 0", name=op.f("map_defenders_counts_check")),
        sa.CheckConstraint("base_limit_seconds > 0", name=op.f("map_defenders_base_limit_seconds_check")),
        sa.ForeignKeyConstraint(["server_id"], ["servers.server_id"], name=op.f("map_defenders_server_id_fkey")),
        sa.PrimaryKeyConstraint("server_id", "map_name", name=op.f("map_defenders_pkey")),
    )
    op.create_index("map_defenders_map_name_idx", "map_defenders", ["map_name"])


def downgrade() -> None:
    op.drop_table("map_defenders")
    op.drop_table("round_redirects")
