"""Evidence: what arrived. The triggers below keep it append-only for every role, its owner included."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# One server may be forgotten: `demo`, whose rounds nobody played.
GUARD = """
CREATE FUNCTION evidence_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_demo boolean := false;
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'deliveries' THEN
        of_demo := OLD.server_id = 'demo';
    ELSIF TG_OP = 'DELETE' THEN
        of_demo := EXISTS (SELECT FROM deliveries WHERE id = OLD.delivery_id AND server_id = 'demo');
    END IF;
    IF of_demo THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'evidence is append-only: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""
GUARDED = ("deliveries", "delivery_receipts")


def upgrade() -> None:
    op.create_table(
        "servers",
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("secret_hashes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("server_id", name=op.f("servers_pkey")),
        sa.UniqueConstraint("webhook_id", name=op.f("servers_webhook_id_key")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("payload_sha256", sa.Text(), nullable=True),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("filename", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("headers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("byte_count", sa.Integer(), nullable=False),
        sa.Column("remote_hash", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('round_report', 'stats_message', 'suite_json', 'gametime_file', 'stats_file', 'endstats_file', 'proximity_file', 'filename_notice', 'demo_analysis', 'unknown_file', 'other_message')",
            name=op.f("deliveries_kind_check"),
        ),
        sa.ForeignKeyConstraint(["server_id"], ["servers.server_id"], name=op.f("deliveries_server_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("deliveries_pkey")),
        sa.UniqueConstraint(
            "server_id",
            "kind",
            "content_sha256",
            "filename",
            name="deliveries_server_id_kind_content_sha256_filename_key",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("deliveries_server_id_event_id_idx", "deliveries", ["server_id", "event_id"], unique=False)
    op.create_table(
        "delivery_receipts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer_code", sa.SmallInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'duplicate', 'revised', 'spooled', 'quarantined', 'refused_auth', 'refused_size', 'refused_rate', 'refused_malformed')",
            name=op.f("delivery_receipts_outcome_check"),
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("delivery_receipts_delivery_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("delivery_receipts_pkey")),
    )
    op.create_index("delivery_receipts_received_at_idx", "delivery_receipts", ["received_at"], unique=False)
    op.execute(GUARD)
    for table in GUARDED:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION evidence_is_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION evidence_is_append_only()"
        )


def downgrade() -> None:
    op.drop_index("delivery_receipts_received_at_idx", table_name="delivery_receipts")
    op.drop_table("delivery_receipts")
    op.drop_index("deliveries_server_id_event_id_idx", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_table("servers")
    op.execute("DROP FUNCTION evidence_is_append_only()")
