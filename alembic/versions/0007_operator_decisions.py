"""What operators decided is evidence too: kept for ever, honoured by every replay. Receipts are found by their delivery."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

GUARD = """
CREATE FUNCTION decisions_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence is append-only: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "operator_decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("action IN ('relink')", name=op.f("operator_decisions_action_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("operator_decisions_pkey")),
    )
    op.create_index("operator_decisions_subject_idx", "operator_decisions", ["subject"])
    op.execute(GUARD)
    for name, occasion, each in (("append_only", "UPDATE OR DELETE", "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER operator_decisions_{name} BEFORE {occasion} ON operator_decisions "
            f"FOR EACH {each} EXECUTE FUNCTION decisions_are_append_only()"
        )
    op.create_index("delivery_receipts_delivery_id_idx", "delivery_receipts", ["delivery_id"])


def downgrade() -> None:
    op.drop_index("delivery_receipts_delivery_id_idx", table_name="delivery_receipts")
    op.drop_index("operator_decisions_subject_idx", table_name="operator_decisions")
    op.drop_table("operator_decisions")
    op.execute("DROP FUNCTION decisions_are_append_only()")
