"""What was assumed in linking, told in sentences."""

from typing import Final

import numpy as np

from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.linking.paths.laid import notes_on_views
from camweave.linking.paths.passing import Found

FEW: Final = 30  # tracklets


def notes_on(
    sightings: Sightings, drawn: Topology | None, found: Found, site: Topology
) -> tuple[str, ...]:
    """One sentence for each thing that a reader of the identities should know."""
    if not len(sightings):
        return ("no tracklets: no identities",)
    return (*_on_looks(sightings), *_on_topology(sightings, drawn, found, site))


def _on_looks(sightings: Sightings) -> list[str]:
    crops = np.diff(sightings.crops.offsets)
    bare = int(np.sum(crops == 0))
    if not sightings.crops.embedding.shape[1] or bare == len(crops):
        return ["no embeddings: linked by time and place alone, and only where little else fits"]
    return (
        [f"{bare} of {len(crops)} tracklets have no embedding: time and place alone"]
        if bare
        else []
    )


def _on_topology(
    sightings: Sightings, drawn: Topology | None, found: Found, site: Topology
) -> list[str]:
    if len(sightings.cameras) == 1:
        return ["one camera: only its own tracklets were joined"]
    follows = int(np.sum(found.forest.source >= 0))
    learned = [t for t in site.transitions if t.origin == "learned"]
    notes = []
    if drawn is None or not drawn.transitions:
        told = (
            f"learned {len(learned)} transitions from {follows} links"
            if learned
            else ("appearance alone says who is who")
        )
        notes.append(f"no topology: {told}")
    pairs = int(np.triu(found.groups.together).sum())
    if pairs:
        some = "1 pair" if pairs == 1 else f"{pairs} pairs"
        notes.append(f"views overlap in {some} of cameras: told by looks and time")
    notes += notes_on_views(found.groups, found.laid, sightings.cameras)
    if not found.looking.across.share or len(sightings) < FEW:
        notes.append("few tracklets: what a likeness says is mostly assumed")
    return notes
