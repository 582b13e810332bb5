"""Times of each player's lives, all null for older rows. On its own, so that it can be taken back on its own.

Operators may have added or dropped these columns by hand before: both ways take the table as they find it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLE = "player_comprehensive_stats"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("time_alive_seconds", sa.Integer(), nullable=True), if_not_exists=True)
    op.add_column(
        _TABLE, sa.Column("avg_respawn_seconds", postgresql.DOUBLE_PRECISION(), nullable=True), if_not_exists=True
    )
    op.add_column(_TABLE, sa.Column("longest_life_seconds", sa.Integer(), nullable=True), if_not_exists=True)
    op.add_column(_TABLE, sa.Column("longest_death_seconds", sa.Integer(), nullable=True), if_not_exists=True)


def downgrade() -> None:
    op.drop_column(_TABLE, "longest_death_seconds", if_exists=True)
    op.drop_column(_TABLE, "longest_life_seconds", if_exists=True)
    op.drop_column(_TABLE, "avg_respawn_seconds", if_exists=True)
    op.drop_column(_TABLE, "time_alive_seconds", if_exists=True)
