"""The tables, one definition for SQLite and PostgreSQL.

Rows that come by the million are keyed by what they are (camera of a run, epoch, frame, track) and
lie in that order: what one camera saw in a time is one stretch of the table. They have no foreign
keys, which would cost PostgreSQL a sixth of its time: rows are only ever written together with
their frame, and a camera is never deleted.
"""

from typing import Final

from sqlalchemy import (
    REAL,
    BigInteger,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

HEAD: Final = "0005"  # the revision that these tables are at

metadata: Final = MetaData()


def _is(name: str, kind: type) -> Column[object]:
    return Column(name, kind, nullable=False)


def _of(name: str, table: str) -> Column[object]:
    return Column(name, Integer, ForeignKey(f"{table}.id"), nullable=False)


site: Final = Table(
    "site", metadata,
    Column("id", Integer, primary_key=True), Column("name", Text, nullable=False, unique=True),
)  # fmt: skip

run: Final = Table(
    "run", metadata,
    Column("id", Integer, primary_key=True),
    _of("site_id", "site"),
    _is("name", Text),
    _is("began", Double),
    UniqueConstraint("site_id", "name"),
)  # fmt: skip

camera: Final = Table(
    "camera", metadata,
    Column("id", Integer, primary_key=True),
    _of("run_id", "run"),
    _is("name", Text),
    _is("width", Integer),
    _is("height", Integer),
    _is("fps", Double),
    _is("class_names", Text),
    UniqueConstraint("run_id", "name"),
)  # fmt: skip

frame: Final = Table(
    "frame", metadata,
    _is("camera_id", Integer), _is("epoch", Integer), _is("frame", BigInteger),
    _is("time", Double),
    PrimaryKeyConstraint("camera_id", "epoch", "frame"),
    Index("frame_time", "camera_id", "time"),
    sqlite_with_rowid=False,
)  # fmt: skip

# Keys first, as SQLite keeps them; so there are no gaps between the columns on PostgreSQL either.
track_point: Final = Table(
    "track_point", metadata,
    _is("camera_id", Integer), _is("epoch", Integer), _is("frame", BigInteger),
    _is("track_id", BigInteger), _is("time", Double),
    _is("x_min", REAL), _is("y_min", REAL), _is("x_max", REAL), _is("y_max", REAL),
    _is("score", REAL), _is("class_id", Integer),
    PrimaryKeyConstraint("camera_id", "epoch", "frame", "track_id"),
    sqlite_with_rowid=False,
)  # fmt: skip

camera_state: Final = Table(
    "camera_state", metadata,
    Column("camera_id", Integer, ForeignKey("camera.id"), primary_key=True, autoincrement=False),
    _is("epoch", Integer), _is("frame", BigInteger), _is("version", Integer),
    _is("state", LargeBinary),
)  # fmt: skip

# Of what is remembered, by the place of each look; the same place is written again and again.
camera_look: Final = Table(
    "camera_look", metadata,
    _is("camera_id", Integer), _is("place", BigInteger), _is("look", LargeBinary),
    PrimaryKeyConstraint("camera_id", "place"),
)  # fmt: skip

BOXES: Final = tuple(
    f"{end}_{side}" for end in ("entry", "exit") for side in ("x_min", "y_min", "x_max", "y_max")
)
MOTIONS: Final = ("entry_dx", "entry_dy", "exit_dx", "exit_dy")
CROPS: Final = ("crop_time", "crop_frame", "crop_quality", "crop_embedding")

tracklet: Final = Table(
    "tracklet", metadata,
    _of("camera_id", "camera"), _is("tracklet_id", BigInteger), _is("class_id", Integer),
    _is("began", Double), _is("ended", Double), _is("frames", BigInteger),
    *(_is(name, REAL) for name in (*BOXES, *MOTIONS)),
    _is("crops", Integer), _is("dimensions", Integer),
    *(_is(name, LargeBinary) for name in CROPS),
    Column("embedder", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("camera_id", "tracklet_id"),
)  # fmt: skip

event: Final = Table(
    "event", metadata,
    _of("site_id", "site"), _is("seq", BigInteger), _is("time", Double), _is("kind", Text),
    _is("body", Text),
    PrimaryKeyConstraint("site_id", "seq"),
    sqlite_with_rowid=False,
)  # fmt: skip

snapshot: Final = Table(
    "snapshot", metadata,
    Column("site_id", Integer, ForeignKey("site.id"), primary_key=True, autoincrement=False),
    _is("seq", BigInteger), _is("body", Text),
)  # fmt: skip

identity: Final = Table(
    "identity", metadata,
    _of("site_id", "site"), _is("identity", BigInteger), _is("created", Double),
    Column("confirmed", Double), Column("closed", Double),
    PrimaryKeyConstraint("site_id", "identity"),
    sqlite_with_rowid=False,
)  # fmt: skip

KNOWN: Final = ("identity.site_id", "identity.identity")

alias: Final = Table(
    "alias", metadata,
    _is("site_id", Integer), _is("alias", BigInteger),
    _is("parent", BigInteger), _is("identity", BigInteger),
    PrimaryKeyConstraint("site_id", "alias"),
    ForeignKeyConstraint(["site_id", "alias"], KNOWN),
    ForeignKeyConstraint(["site_id", "identity"], KNOWN),
    Index("alias_identity", "site_id", "identity"),
    Index("alias_parent", "site_id", "parent"),
    sqlite_with_rowid=False,
)  # fmt: skip

visit: Final = Table(
    "visit", metadata,
    _is("camera", Text), _is("tracklet_id", BigInteger), _is("site_id", Integer),
    _is("identity", BigInteger), _is("began", Double), _is("ended", Double),
    _is("growing", SmallInteger),
    # Not from the site on: SQLite would go through all of a site rather than use an index.
    PrimaryKeyConstraint("camera", "tracklet_id", "site_id"),
    ForeignKeyConstraint(["site_id", "identity"], KNOWN),
    Index("visit_identity", "site_id", "identity"),
    Index("visit_began", "site_id", "began"),
    sqlite_with_rowid=False,
)  # fmt: skip

link: Final = Table(
    "link", metadata,
    _of("site_id", "site"), _is("seq", BigInteger), _is("place", Integer),
    _is("one_camera", Text), _is("one_tracklet", BigInteger),
    _is("other_camera", Text), _is("other_tracklet", BigInteger),
    _is("brought", SmallInteger),
    _is("how", Text), _is("evidence", Double), Column("similarity", Double), _is("gap", Double),
    Column("ended_by", BigInteger), _is("body", Text),
    PrimaryKeyConstraint("site_id", "seq", "place"),
    Index("link_one", "site_id", "one_camera", "one_tracklet"),
    Index("link_other", "site_id", "other_camera", "other_tracklet"),
)  # fmt: skip

correction: Final = Table(
    "correction", metadata,
    _of("site_id", "site"), _is("number", BigInteger), _is("kind", Text), _is("who", Text),
    Column("said", Double), _is("body", Text), Column("undone_by", BigInteger),
    PrimaryKeyConstraint("site_id", "number"),
)  # fmt: skip
