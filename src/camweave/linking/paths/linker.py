"""The path linker: from tracklets to identities, with all that each link rests on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from camweave.core.corrections import Constraint
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.core.tracks import Tracklets
from camweave.linking.appearance import freed, learn_lens, looks_of, scatter_of
from camweave.linking.params import LinkParams
from camweave.linking.paths.gated import likely_passages
from camweave.linking.paths.laid import lay_views
from camweave.linking.paths.looking import differences
from camweave.linking.paths.mistaking import as_their_paths, mistaking
from camweave.linking.paths.passing import (
    Found,
    case_of,
    ends_of,
    joining,
    passing,
    planted,
)
from camweave.linking.paths.stepping import at_once
from camweave.linking.paths.telling import hints_of

LEARNINGS: Final = 2  # times that confident links tell; once, where no classes are mistaken
MORE: Final = 6  # weavings of the last pass
FEW: Final = 2  # of those before it


def find_paths(
    sightings: Sightings,
    topology: Topology | None,
    params: LinkParams,
    constraints: Sequence[Constraint],
    *,
    tracklets: Sequence[Tracklets] = (),
) -> Found:
    """Join the tracklets of one object; see `docs/adr/0015-path-linking.md`.

    Confident links of one pass tell the next one what changes in an object's looks, which classes
    are mistaken for one another, and how views without a ground lie to each other, where
    `tracklets` tell who stood where in them.
    """
    looks = looks_of(sightings.crops)
    case = at_once(case_of(sightings, looks, topology, params))
    scatter = scatter_of(sightings.crops)
    lens, passed, hints = learn_lens(scatter), None, None
    for _ in range(LEARNINGS):
        found = at_once(passing(case, lens, passed, FEW, hints=hints))
        one, other = likely_passages(found.nodes, ends_of(case, found.nodes), found.woven.transits)
        hints = hints_of(found.woven.transits, found.woven.curve, found.looking.again.curve)
        passed = found.nodes.last[one], found.nodes.first[other]
        apart = differences(
            case.plain, sightings.camera, found.nodes, groups=found.groups, woven=found.woven
        )
        lens = learn_lens(scatter, *apart)
        case = replace(
            case,
            laid=lay_views(sightings, tracklets, found.groups),
            mistaken=at_once(mistaking(case, found)),
        )
        if not case.kinds.confused:
            break
        believed = as_their_paths(sightings, planted(found).label)
        case = replace(case, believed=believed, plain=freed(believed, looks.vector))
    found = at_once(passing(case, lens, passed, MORE, hints=hints))
    return at_once(joining(case, found, constraints))
