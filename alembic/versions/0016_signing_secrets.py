"""A game server may sign what it sends, and each of its secrets tells when it was last used."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signing_secrets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_with(secret, 'whsec_')", name=op.f("signing_secrets_secret_check")),
        sa.ForeignKeyConstraint(["server_id"], ["servers.server_id"], name=op.f("signing_secrets_server_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("signing_secrets_pkey")),
        sa.UniqueConstraint("secret", name="signing_secrets_secret_key"),
    )
    op.create_index("signing_secrets_server_id_idx", "signing_secrets", ["server_id"])
    op.create_table(
        "secret_uses",
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["server_id"], ["servers.server_id"], name=op.f("secret_uses_server_id_fkey")),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("secret_uses_pkey")),
    )


def downgrade() -> None:
    op.drop_table("secret_uses")
    op.drop_table("signing_secrets")
