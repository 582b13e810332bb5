"""A player's rounds are found by his GUID, the newest first."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INDEX = "player_comprehensive_stats_player_guid_round_date_idx"


def upgrade() -> None:
    op.create_index(INDEX, "player_comprehensive_stats", ["player_guid", "round_date"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="player_comprehensive_stats")
