"""Stage 5: the tracklets of all cameras to identities, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from camweave.app.build.topology import Ground, basis, make_topology
from camweave.app.jobs.followed import (
    chosen_ground,
    held_by_ground,
    logs_beside,
    told_as_overlap,
)
from camweave.app.jobs.held import (
    Held,
    held_in,
    still_there,
    told_by_hand,
    under_old_numbers,
    write_events,
)
from camweave.app.jobs.link_inputs import Given, files_of, notes_on, read_all
from camweave.app.jobs.link_outputs import Again, noted_of, write_all
from camweave.app.jobs.linked_site import LinkedSite
from camweave.app.jobs.recipe import Recipe
from camweave.app.jobs.stored_recording import frame_times, store_recording, told_of
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.linker import Linker
from camweave.app.site.load import read_site
from camweave.app.site.model import Site
from camweave.core.corrections import Constraint
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.sightings import Paths
from camweave.core.tracks import Tracklets
from camweave.linking.ground import in_metres, paths_of
from camweave.linking.link import link as linked
from camweave.linking.params import LinkParams
from camweave.linking.sightings import sightings_of
from camweave.store.address import address_of

SAID: Final = ("no embeddings: ", "no topology: appearance alone")  # as `basis` says already


def link(
    site: str | Path | Site,
    tracklets: Given | None = None,
    out: str | Path | None = None,
    *,
    params: LinkParams | None = None,
    corrections: Sequence[Constraint] = (),
    again: Again | None = None,
    watch: Stopwatch | None = None,
) -> LinkedSite:
    """Identities over all cameras of a site; written to the folder `out` where one is given.

    What is written there is written to the site's store, too, as a run of its own.

    `tracklets` names those of each camera; without them they are what `batch` left in `out`. A
    camera without tracklets is left out, and told. `params` stand in for the site's `linker`,
    `corrections` are pairs that must or cannot be one, besides those that were made in `out`.
    Identities that are in `out` already keep their numbers. `again` is noted for who links anew.

    Raises:
        SiteError: the site file is wrong.
        InputError: tracklets of no camera of this site, a topology that does not fit it, or
            embeddings of different dimensions.
        FileFormatError: a file cannot be read.
        OutputError: a result could not be written.
    """
    watch = watch or Stopwatch()
    again = again or Again(site=None if isinstance(site, Site) else Path(site))
    site = site if isinstance(site, Site) else read_site(site)
    folder = None if out is None else Path(out)
    given = files_of(site, tracklets, folder)
    with watch.part("read"):
        ground = make_topology(site)
        known = read_all(given, ground)
        held = held_in(folder, (params or site.linker or Linker()).most_overlap)
    linker = params if isinstance(params, Linker) else site.linker or Linker()
    said = Told(params or linker, linker, tuple(corrections), held, logs_beside(given))
    made = link_known(site, ground, known, said, watch=watch)
    if folder is not None:
        every = (*corrections, *held.constraints)
        digest = link_recipe(site, given, params=params, corrections=every).digest()
        noted = {"made_from": digest, **noted_of(again, given)}
        with watch.part("write"):
            write_events(held, made.events)
            if site.store is not None:
                times, events = frame_times(given, ground), told_of(made, folder)
                noted["stored_as"] = store_recording(site, made.tracklets, times, events)
            write_all(folder, site, made, noted=noted, watch=watch)
    return made


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What linking is told besides the tracklets."""

    params: LinkParams
    linker: Linker  # what the site says
    corrections: tuple[Constraint, ...]
    held: Held  # what the folder keeps to
    logs: Mapping[str, Path]  # detections of the cameras that have any


def link_known(
    site: Site, ground: Ground, known: Sequence[Tracklets], said: Told, *, watch: Stopwatch
) -> LinkedSite:
    """The same for tracklets that are read and on the site's clock."""
    drawn = ground.topology
    notes = notes_on(site, ground, known)
    with watch.part("prepare"):
        on_ground = chosen_ground(said.linker, known)
        ground = without_ground(ground) if on_ground == "off" else ground
        ground = in_one_plane(ground, known, notes)
        sightings = sightings_of(known, ground_paths(ground, known))
        held, events = still_there(said.held, sightings)
    with watch.part("link"):
        corrections = (*said.corrections, *held.constraints)
        pairs = held_by_ground(
            said.logs if on_ground == "follow" else {}, ground, known, corrections
        )
        made = linked(
            sightings, ground.topology, said.params, (*corrections, *pairs), tracklets=known
        )
        links = told_as_overlap(made.identities.links, pairs)
        made = replace(made, identities=replace(made.identities, links=links))
    if pairs:
        notes.append(f"followed on the ground: {len(pairs)} pairs of tracklets are one object")
    with watch.part("number"):
        numbered, more = under_old_numbers(held, sightings, made.identities)
        identities = told_by_hand(numbered.identities, sightings, corrections)
        made = replace(made, identities=identities)
    watch.counts["tracklets"] += len(sightings)
    rests = basis(ground, looks=bool(len(sightings.crops.time)))
    every = [f"linking rests on {rests}", *notes, *held.notes, *unsaid(made.notes)]
    return LinkedSite(
        linked=made,
        sightings=sightings,
        tracklets=tuple(known),
        ground=ground,
        drawn=drawn,
        notes=tuple(dict.fromkeys(every)),
        aliases=numbered.aliases,
        next_id=numbered.next_id,
        events=(*events, *more),
    )


def unsaid(notes: Sequence[str]) -> list[str]:
    """Those that do not say again what linking rests on."""
    return [note for note in notes if not note.startswith(SAID)]


def without_ground(ground: Ground) -> Ground:
    """The same, as if no camera were calibrated."""
    return replace(ground, calibrations={}, topology=replace(ground.topology, homographies={}))


def in_one_plane(ground: Ground, known: Sequence[Tracklets], notes: list[str]) -> Ground:
    """All calibrations in the same metres; without any, and told, where that cannot be had."""
    boxes = {each.camera: each.xyxy for each in known if len(each)}
    there = {name: each for name, each in ground.calibrations.items() if name in boxes}
    try:
        calibrations = in_metres(there, boxes)[0] if there else {}
    except InputError as reason:
        notes.append(f"no places on the ground: {reason}")
        calibrations = {}
    homographies = {name: each.homography for name, each in calibrations.items()}
    topology = replace(ground.topology, homographies=homographies)
    return replace(ground, calibrations=calibrations, topology=topology)


def ground_paths(ground: Ground, known: Sequence[Tracklets]) -> dict[CameraId, Paths]:
    """Where the tracklets of each calibrated camera stood."""
    return {
        each.camera: paths_of(each, ground.calibrations[each.camera])
        for each in known
        if each.camera in ground.calibrations
    }


def link_recipe(
    site: Site,
    given: Given,
    *,
    params: LinkParams | None = None,
    corrections: Sequence[Constraint] = (),
) -> Recipe:
    """What `link` makes its output of."""
    calibrations = [each.homography for each in site.cameras if each.homography is not None]
    return Recipe.of(
        "link",
        [*given.values(), *calibrations, *logs_beside(given).values()],
        names=list(given),
        linker=site.linker,
        params=params,
        cameras=[(each.name, each.offset, each.zones) for each in site.cameras],
        corrections=list(corrections),
        **({} if site.store is None else {"store": str(address_of(site.store.get_secret_value()))}),
    )
