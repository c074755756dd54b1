"""Runs, cameras, frames, the rows of tracks, and what a worker remembers of a camera."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

CAPTURED = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', run.began + track_point.time, 'unixepoch')",
    "postgresql": "to_timestamp(run.began + track_point.time)",
}
OBJECT_TRACKS = """
CREATE VIEW object_tracks AS
SELECT site.name || '/' || run.name || '/' || camera.name || '/' || track_point.epoch
       || '/' || track_point.frame || '/' || track_point.track_id AS id,
       track_point.frame AS frame_id,
       track_point.track_id AS track_id,
       track_point.class_id AS object_class_id,
       track_point.score AS confidence,
       track_point.x_min AS x_min,
       track_point.y_min AS y_min,
       track_point.x_max AS x_max,
       track_point.y_max AS y_max,
       {captured} AS timestamp
FROM track_point
JOIN camera ON camera.id = track_point.camera_id
JOIN run ON run.id = camera.run_id
JOIN site ON site.id = run.site_id
"""


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "site",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("site_id", sa.Integer, sa.ForeignKey("site.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("began", sa.Double, nullable=False),
        sa.UniqueConstraint("site_id", "name"),
    )
    op.create_table(
        "camera",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run_id", sa.Integer, sa.ForeignKey("run.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("fps", sa.Double, nullable=False),
        sa.Column("class_names", sa.Text, nullable=False),
        sa.UniqueConstraint("run_id", "name"),
    )
    make_rows()
    op.create_table(
        "camera_state",
        sa.Column(
            "camera_id",
            sa.Integer,
            sa.ForeignKey("camera.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("frame", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
    )
    op.execute(OBJECT_TRACKS.format(captured=CAPTURED[op.get_bind().dialect.name]))


def make_rows() -> None:
    """The tables that grow with every frame, in the order of their keys where SQLite can."""
    op.create_table(
        "frame",
        sa.Column("camera_id", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("frame", sa.BigInteger, nullable=False),
        sa.Column("time", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "epoch", "frame"),
        sqlite_with_rowid=False,
    )
    op.create_index("frame_time", "frame", ["camera_id", "time"])
    op.create_table(
        "track_point",
        sa.Column("camera_id", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("frame", sa.BigInteger, nullable=False),
        sa.Column("track_id", sa.BigInteger, nullable=False),
        sa.Column("time", sa.Double, nullable=False),
        *(
            sa.Column(name, sa.REAL, nullable=False)
            for name in ("x_min", "y_min", "x_max", "y_max", "score")
        ),
        sa.Column("class_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "epoch", "frame", "track_id"),
        sqlite_with_rowid=False,
    )
