"""Broken times are noted with their round, and what is not plausible beside it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FLAGGED = sa.text("flags IS NOT NULL")


def upgrade() -> None:
    op.add_column("rounds", sa.Column("flags", postgresql.JSONB(none_as_null=True), nullable=True))
    op.create_index("rounds_flags_idx", "rounds", ["id"], postgresql_where=_FLAGGED)
    op.create_table(
        "plausibility_flags",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("player_guid", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("value", postgresql.DOUBLE_PRECISION(), nullable=True),
        sa.Column("bound", postgresql.DOUBLE_PRECISION(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("plausibility_flags_round_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("plausibility_flags_pkey")),
        sa.UniqueConstraint(
            "round_id",
            "player_guid",
            "rule",
            name="plausibility_flags_round_id_player_guid_rule_key",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "audit_runs",
        sa.Column("audit", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rounds_checked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("audit", name=op.f("audit_runs_pkey")),
    )


def downgrade() -> None:
    op.drop_table("audit_runs")
    op.drop_table("plausibility_flags")
    op.drop_index("rounds_flags_idx", table_name="rounds", postgresql_where=_FLAGGED)
    op.drop_column("rounds", "flags")
