"""What a likeness says at this site: from who met, who may have passed, and who surely did."""

from typing import Final

import numpy as np

from camweave.core.arrays import F32, I64
from camweave.core.sightings import Sightings
from camweave.linking.paths.curves import Looking, counts, learn_likeness, relearned
from camweave.linking.paths.meetings import Meetings, dots
from camweave.linking.paths.nodes import Nodes
from camweave.linking.paths.pairs import LIKENESSES, Census
from camweave.linking.paths.stepping import Steps
from camweave.linking.paths.together import Groups, overlapping
from camweave.linking.paths.woven import Woven

CLOSE: Final = 0.6  # m: who met so near in two cameras is one object, mostly
ENOUGH: Final = 300  # pairs of one camera that tell how alike two objects are
SURE: Final = 0.9  # odds of a link that tells
SURE_MEETING: Final = 5.0  # nats of a meeting that tells

Passed = tuple[I64, I64]  # rows (Q,) of tracklets that travel time says may be one object


def learning_looking(
    sightings: Sightings, vector: F32, met: Meetings, census: Census, *, passed: Passed | None
) -> Steps[Looking]:
    """How alike two objects are, and one; views that overlap must not spoil the first.

    `passed` is a fairer sample of one object's looks than the candidates are, which are chosen by
    looks; so is who met at one place on the ground.
    """
    own_camera = sightings.camera[met.one] == sightings.camera[met.other]
    between, own = counts(met.fair[~own_camera]), counts(met.fair[own_camera])
    enough, d = own_camera.sum() >= ENOUGH, vector.shape[1]
    strangers = own if enough else own + between
    yield
    first = learn_likeness(strangers, census.across + between, len(sightings), dimension=d)
    yield
    views = overlapping(sightings, met, first)
    yield
    clean = ~views[sightings.camera[met.one], sightings.camera[met.other]]
    elsewhere = clean & ~own_camera
    alien = met.fair[elsewhere if elsewhere.sum() >= ENOUGH else clean]
    candidates = census.across + counts(met.similarity[~clean])
    known = learn_likeness(counts(alien), candidates, len(sightings), dimension=d)
    yield
    fairer = np.zeros(LIKENESSES) if passed is None else counts(dots(vector, *passed))
    surely = (met.distance < CLOSE) & ~own_camera
    across = relearned(known, fairer, counts(met.similarity[surely]))
    own = counts(met.similarity[own_camera])  # as those are that they are held against
    strangers = own if enough else own + between
    return Looking(
        across,
        learn_likeness(strangers, census.again, len(sightings), dimension=d, usual=across.same),
    )


def differences(
    plain: F32, camera: I64, nodes: Nodes, *, groups: Groups, woven: Woven
) -> tuple[F32, F32]:
    """What differs between tracklets that are one for sure: of one camera, and of two.

    Args:
        plain: (N, D) looks.
        camera: (N,) index of the camera.
        nodes: what paths were woven of.
        groups: who was seen by several cameras at once.
        woven: the paths.
    """
    sure = woven.chosen[woven.odds[woven.chosen] >= SURE]
    one = nodes.last[woven.cues.pairs.one[sure]]
    other = nodes.first[woven.cues.pairs.other[sure]]
    met = groups.meetings
    joined = (groups.label[met.one] == groups.label[met.other]) & (groups.nats >= SURE_MEETING)
    one, other = np.append(one, met.one[joined]), np.append(other, met.other[joined])
    seen = plain[one].any(axis=1) & plain[other].any(axis=1)
    one, other = one[seen], other[seen]
    again = camera[one] == camera[other]
    return plain[one[again]] - plain[other[again]], plain[one[~again]] - plain[other[~again]]
