"""A key that a sender gave a delivery means that delivery for good: nothing else is taken under it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(idempotency_key) BETWEEN 1 AND 255", name=op.f("idempotency_keys_idempotency_key_check")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("idempotency_keys_delivery_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["server_id"], ["servers.server_id"], name=op.f("idempotency_keys_server_id_fkey")),
        sa.PrimaryKeyConstraint("server_id", "idempotency_key", name=op.f("idempotency_keys_pkey")),
    )
    op.create_index("idempotency_keys_delivery_id_idx", "idempotency_keys", ["delivery_id"])


def downgrade() -> None:
    op.drop_table("idempotency_keys")
