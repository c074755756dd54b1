"""Clean tracklets of one camera: split, joined, filled, and rid of false starts.

The steps, each in its own file: rows that double another tracklet's are taken out (`twins`); paths
are cut where their own link is doubtful (`splitting`); all parts are linked anew, at once
(`joining`); short and faint tracks are dropped; short gaps are filled (`filling`).
"""

from dataclasses import dataclass, replace

from camweave.core.arrays import Bool
from camweave.core.tracks import Tracklets
from camweave.refinement.assembly import assemble
from camweave.refinement.changes import Changes, Why
from camweave.refinement.joining import Scene, chain_of, link
from camweave.refinement.looks import learn_looks
from camweave.refinement.params import RefineParams
from camweave.refinement.pieces import cut, whole
from camweave.refinement.splitting import changed_looks, gaps, jumps
from camweave.refinement.sway import steadied
from camweave.refinement.telling import Story, tell
from camweave.refinement.tracks import call_roll
from camweave.refinement.twins import find_twins


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """Refined tracklets, and everything that was done to them."""

    tracklets: Tracklets
    changes: Changes


def refine(tracklets: Tracklets, params: RefineParams | None = None) -> Refined:
    """Split, join, fill and drop, with the whole recording in view.

    A joined track keeps the id of its earliest part; what is split off gets a new id above all
    others. Rows that were predicted are made anew. Looks are weighed where tracklets were embedded.
    """
    params = params or RefineParams()
    twins = find_twins(tracklets, params.twin)
    pieces = whole(tracklets, ~twins.row)
    pieces = cut(pieces, gaps(pieces, params.doubt))
    pieces, sway, habits = steadied(pieces, params.window)
    jump = jumps(pieces, habits, params)
    look = changed_looks(tracklets, pieces, learn_looks(tracklets, pieces), params)
    pieces = cut(pieces, jump | look)
    begins = pieces.offsets[:-1]
    scene = Scene(
        habits=habits,
        looks=learn_looks(tracklets, pieces),
        class_id=tracklets.class_id[pieces.source],
        torn=jump[begins] | look[begins],
        image=_image(tracklets),
        sway=sway,
    )
    links = link(pieces, scene, params)
    roll = call_roll(tracklets, pieces, chain_of(links.after), params)
    made, filled = assemble(
        tracklets,
        pieces,
        roll,
        (sway, replace(params, fill=min(params.fill, habits.lasts(params.vague)))),
    )
    story = Story(tracklets, pieces, roll, links, _why(jump[begins], look[begins]))
    return Refined(made, tell(story, twins, made, filled))


def _image(tracklets: Tracklets) -> tuple[float, float, float, float]:
    """Left, top, right and bottom in px: the image, or where its size is unknown, all boxes."""
    if tracklets.width and tracklets.height:
        return 0.0, 0.0, float(tracklets.width), float(tracklets.height)
    if not len(tracklets.frame):
        return 0.0, 0.0, 0.0, 0.0
    (left, top), (right, bottom) = tracklets.xyxy[:, :2].min(0), tracklets.xyxy[:, 2:].max(0)
    return float(left), float(top), float(right), float(bottom)


def _why(jump: Bool, look: Bool) -> list[Why]:
    """What each piece was cut from the one before it for."""
    return ["looks" if l_ else "jump" if j_ else "gap" for j_, l_ in zip(jump, look, strict=True)]
