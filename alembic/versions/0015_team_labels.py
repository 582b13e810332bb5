"""Operators may say what a team is called and drawn in; that is kept like every other decision of theirs."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NAME = "operator_decisions_action_check"


def upgrade() -> None:
    op.drop_constraint(op.f(_NAME), "operator_decisions", type_="check")
    op.create_check_constraint(op.f(_NAME), "operator_decisions", "action IN ('relink', 'team_name', 'team_color')")


def downgrade() -> None:
    # What was decided is evidence and stays; without the new words it is neither read nor added to.
    op.drop_constraint(op.f(_NAME), "operator_decisions", type_="check")
    op.execute(f"ALTER TABLE operator_decisions ADD CONSTRAINT {_NAME} CHECK (action IN ('relink')) NOT VALID")
