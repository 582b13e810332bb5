"""Counting without reading whole tables: the rare states have indexes of their own, which the usual way never touches."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "round_events_quarantined_idx",
        "round_events",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("state = 'quarantined'"),
    )
    op.create_index(
        "publications_ended_idx",
        "publications",
        ["status"],
        unique=False,
        postgresql_where=sa.text("status IN ('dead', 'autopost_off', 'withdrawn')"),
    )


def downgrade() -> None:
    op.drop_index(
        "publications_ended_idx",
        table_name="publications",
        postgresql_where=sa.text("status IN ('dead', 'autopost_off', 'withdrawn')"),
    )
    op.drop_index(
        "round_events_quarantined_idx",
        table_name="round_events",
        postgresql_where=sa.text("state = 'quarantined'"),
    )
