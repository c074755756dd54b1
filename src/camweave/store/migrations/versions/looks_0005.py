"""Looks that cameras' lines remember: one row each, so that a frame writes only its new ones."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table. States that hold their looks themselves stay as they are."""
    op.create_table(
        "camera_look",
        sa.Column("camera_id", sa.Integer, nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("look", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "place"),
    )
