"""Events, and what they add up to: identities, aliases, visits, links, corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KNOWN = ["identity.site_id", "identity.identity"]
# Two halves, so that each of them can be asked by its index.
JOURNEY = """
CREATE VIEW journey AS
SELECT site.name AS site, visit.identity AS identity, visit.camera AS camera,
       visit.tracklet_id AS tracklet_id, visit.began AS began, visit.ended AS ended,
       visit.growing AS growing
FROM visit JOIN site ON site.id = visit.site_id
WHERE NOT EXISTS (
    SELECT 1 FROM alias WHERE alias.site_id = visit.site_id AND alias.alias = visit.identity
)
UNION ALL
SELECT site.name, alias.identity, visit.camera,
       visit.tracklet_id, visit.began, visit.ended,
       visit.growing
FROM alias
JOIN visit ON visit.site_id = alias.site_id AND visit.identity = alias.alias
JOIN site ON site.id = alias.site_id
"""


def upgrade() -> None:
    """Make them."""
    make_events()
    make_identities()
    make_links()
    op.execute(JOURNEY)


def make_events() -> None:
    """What happened."""
    op.create_table(
        "event",
        sa.Column("site_id", sa.Integer, sa.ForeignKey("site.id"), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("time", sa.Double, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "snapshot",
        sa.Column(
            "site_id", sa.Integer, sa.ForeignKey("site.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )


def make_identities() -> None:
    """Who there is, under which ids, and where they were seen."""
    op.create_table(
        "identity",
        sa.Column("site_id", sa.Integer, sa.ForeignKey("site.id"), nullable=False),
        sa.Column("identity", sa.BigInteger, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("confirmed", sa.Double),
        sa.Column("closed", sa.Double),
        sa.PrimaryKeyConstraint("site_id", "identity"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alias",
        sa.Column("site_id", sa.Integer, nullable=False),
        sa.Column("alias", sa.BigInteger, nullable=False),
        sa.Column("parent", sa.BigInteger, nullable=False),
        sa.Column("identity", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "alias"),
        sa.ForeignKeyConstraint(["site_id", "alias"], KNOWN),
        sa.ForeignKeyConstraint(["site_id", "identity"], KNOWN),
        sqlite_with_rowid=False,
    )
    op.create_index("alias_identity", "alias", ["site_id", "identity"])
    op.create_index("alias_parent", "alias", ["site_id", "parent"])
    op.create_table(
        "visit",
        sa.Column("camera", sa.Text, nullable=False),
        sa.Column("tracklet_id", sa.BigInteger, nullable=False),
        sa.Column("site_id", sa.Integer, nullable=False),
        sa.Column("identity", sa.BigInteger, nullable=False),
        sa.Column("began", sa.Double, nullable=False),
        sa.Column("ended", sa.Double, nullable=False),
        sa.Column("growing", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("camera", "tracklet_id", "site_id"),
        sa.ForeignKeyConstraint(["site_id", "identity"], KNOWN),
        sqlite_with_rowid=False,
    )
    op.create_index("visit_identity", "visit", ["site_id", "identity"])
    op.create_index("visit_began", "visit", ["site_id", "began"])


def make_links() -> None:
    """Why tracklets are one, and what people said."""
    op.create_table(
        "link",
        sa.Column("site_id", sa.Integer, sa.ForeignKey("site.id"), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("one_camera", sa.Text, nullable=False),
        sa.Column("one_tracklet", sa.BigInteger, nullable=False),
        sa.Column("other_camera", sa.Text, nullable=False),
        sa.Column("other_tracklet", sa.BigInteger, nullable=False),
        sa.Column("brought", sa.SmallInteger, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("evidence", sa.Double, nullable=False),
        sa.Column("similarity", sa.Double),
        sa.Column("gap", sa.Double, nullable=False),
        sa.Column("ended_by", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "seq", "place"),
    )
    op.create_index("link_one", "link", ["site_id", "one_camera", "one_tracklet"])
    op.create_index("link_other", "link", ["site_id", "other_camera", "other_tracklet"])
    op.create_table(
        "correction",
        sa.Column("site_id", sa.Integer, sa.ForeignKey("site.id"), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("said", sa.Double),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("undone_by", sa.BigInteger),
        sa.PrimaryKeyConstraint("site_id", "number"),
    )
