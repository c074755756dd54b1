"""Whose looks a tracklet has: those of another embedder cannot be compared with them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nobody knows it of those that are there."""
    op.add_column("tracklet", sa.Column("embedder", sa.Text, nullable=False, server_default=""))
