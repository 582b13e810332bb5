"""Which records of the spool have come to the database, and as what: each comes once, whatever dies meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OUTCOMES = (
    "'accepted', 'duplicate', 'revised', 'spooled', 'quarantined', "
    "'refused_auth', 'refused_size', 'refused_rate', 'refused_malformed'"
)


def upgrade() -> None:
    op.create_table(
        "drained_records",
        sa.Column("spool_id", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drained_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"outcome IN ({OUTCOMES})", name=op.f("drained_records_outcome_check")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("drained_records_delivery_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("spool_id", name=op.f("drained_records_pkey")),
    )
    op.create_index("drained_records_delivery_id_idx", "drained_records", ["delivery_id"])


def downgrade() -> None:
    op.drop_table("drained_records")
