"""Tracklets, and what they look like."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BOXES_AND_MOTIONS = (
    "entry_x_min", "entry_y_min", "entry_x_max", "entry_y_max",
    "exit_x_min", "exit_y_min", "exit_x_max", "exit_y_max",
    "entry_dx", "entry_dy", "exit_dx", "exit_dy",
)  # fmt: skip


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tracklet",
        sa.Column("camera_id", sa.Integer, sa.ForeignKey("camera.id"), nullable=False),
        sa.Column("tracklet_id", sa.BigInteger, nullable=False),
        sa.Column("class_id", sa.Integer, nullable=False),
        sa.Column("began", sa.Double, nullable=False),
        sa.Column("ended", sa.Double, nullable=False),
        sa.Column("frames", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.REAL, nullable=False) for name in BOXES_AND_MOTIONS),
        sa.Column("crops", sa.Integer, nullable=False),
        sa.Column("dimensions", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.LargeBinary, nullable=False)
            for name in ("crop_time", "crop_frame", "crop_quality", "crop_embedding")
        ),
        sa.PrimaryKeyConstraint("camera_id", "tracklet_id"),
    )
