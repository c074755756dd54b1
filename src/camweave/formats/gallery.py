"""`gallery.npz`: whom a live linker remembers, so that it knows them after a restart.

Members: schema, began, time, next_id, embedder, totals (C, D), counts (C,), and those of
`sightings.npz`, with one crop a tracklet at most, which is its mean look.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from camweave.core.arrays import F64
from camweave.core.sightings import Sightings
from camweave.formats.members import Members
from camweave.formats.npz import write_npz
from camweave.formats.sightings import members_of, sightings_in

KIND: Final = "gallery"
VERSION: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class SavedGallery:
    """What the file says."""

    began: float  # s of Unix time, when the site's clock was at 0
    time: float  # s, of the last linking
    next_id: int  # that is given out next
    embedder: str  # whose looks these are
    sightings: Sightings
    total: F64  # (C, D) sum of the looks that each camera saw
    count: F64  # (C,) of how many


def write_gallery(path: Path, gallery: SavedGallery) -> None:
    """Write it whole, under the schema `camweave.gallery/1`.

    Raises:
        OutputError: the file could not be written.
    """
    write_npz(
        path,
        {
            "schema": np.array(f"camweave.{KIND}/{VERSION}"),
            "began": np.array(gallery.began),
            "time": np.array(gallery.time),
            "next_id": np.array(gallery.next_id),
            "embedder": np.array(gallery.embedder),
            "totals": gallery.total,
            "counts": gallery.count,
            **members_of(gallery.sightings),
        },
    )


def read_gallery(path: Path) -> SavedGallery:
    """All of a file.

    Raises:
        FileFormatError: not such a file, of a newer version, or with a row that cannot be.
    """
    m = Members.read(path)
    m.check_schema(KIND, VERSION)
    sightings = sightings_in(m)
    cameras = len(sightings.cameras)
    total = m.reals("totals", cameras, -1)
    looks = sightings.crops.embedding
    if len(looks) and looks.shape[1] != total.shape[1]:
        m.fail(f"totals: expected {looks.shape[1]} columns, found {total.shape[1]}")
    return SavedGallery(
        began=float(m.reals("began")),
        time=float(m.reals("time")),
        next_id=int(m.integers("next_id")),
        embedder=m.text("embedder"),
        sightings=sightings,
        total=total,
        count=m.reals("counts", cameras),
    )
