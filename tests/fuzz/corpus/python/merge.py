"""merged message

Revision ID: d1
"""
from alembic import op
import sqlalchemy as sa

revision = "d1"
down_revision = ("b1", "c1")
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("merged", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("merged")
