"""Intent: the outbox, what the preview shows, and the newest word of each reporter."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_to", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("further_message_ids", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('round_post')", name=op.f("publications_kind_check")),
        sa.CheckConstraint(
            "status IN ('pending', 'claimed', 'sent', 'dead', 'autopost_off', 'withdrawn')",
            name=op.f("publications_status_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("publications_pkey")),
        sa.UniqueConstraint("kind", "subject", "channel", name="publications_kind_subject_channel_key"),
    )
    op.create_index(
        "publications_open_idx",
        "publications",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending', 'claimed')"),
    )
    op.create_table(
        "preview_messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("publication_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("message", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("preview_messages_publication_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("preview_messages_pkey")),
        sa.UniqueConstraint("publication_id", "part", name="preview_messages_publication_id_part_key"),
    )
    op.create_table(
        "reporter_instances",
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("boot_id", sa.Text(), nullable=True),
        sa.Column("sender_version", sa.Text(), nullable=True),
        sa.Column("lua_kind", sa.Text(), nullable=True),
        sa.Column("config_problems", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("spool", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("last_hello_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_report_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["server_id"], ["servers.server_id"], name=op.f("reporter_instances_server_id_fkey")),
        sa.PrimaryKeyConstraint("server_id", "instance", name=op.f("reporter_instances_pkey")),
    )


def downgrade() -> None:
    op.drop_table("reporter_instances")
    op.drop_table("preview_messages")
    op.drop_index(
        "publications_open_idx", table_name="publications", postgresql_where=sa.text("status IN ('pending', 'claimed')")
    )
    op.drop_table("publications")
