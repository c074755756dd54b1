"""Which of a site's windows a link went by."""

from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition
from camweave.linking.paths.layout import Layout
from camweave.linking.possible import zone_bits, zone_sets, zones_of
from camweave.linking.possible_steps import ANYWHERE


class Windows:
    """The windows of a site, by the cameras and zones that tracklets leave and come through.

    Those with zones only between cameras that were linked by zones, as the layout had them.
    """

    def __init__(self, sightings: Sightings, site: Topology, layout: Layout) -> None:
        """Find in which zones the tracklets begin and end."""
        self._begin, self._end = sightings.begin.tolist(), sightings.end.tolist()
        self._camera = [sightings.cameras[c] for c in sightings.camera.tolist()]
        self._exits, self._entries = (
            zone_sets(sightings, site.zones, end).tolist() for end in ("exit", "entry")
        )
        bits = zone_bits(site.zones)
        names = sightings.cameras
        by_zone = {(names[way.source], names[way.target]) for way in layout.zoned}
        self._ways: dict[tuple[CameraId, CameraId], list[tuple[Transition, int, int]]] = {}
        for each in site.transitions:
            way = each.source, each.target
            if way in by_zone or each.exit_zone is each.entry_zone is None:
                self._ways.setdefault(way, []).append((each, *zones_of(each, bits)))

    def of(self, one: int, other: int) -> Transition | None:
        """The window by which row `one` went on as row `other`; None: none is for their zones.

        The one that holds the time between, if any does; of several that with most zones, then
        the shorter.
        """
        gap = self._begin[other] - self._end[one]
        fit = [
            (not each.least <= gap <= each.most, -named, each.most - each.least, number, each)
            for number, (each, out, into) in enumerate(
                self._ways.get((self._camera[one], self._camera[other]), ())
            )
            if (out == ANYWHERE or out & self._exits[one])
            and (into == ANYWHERE or into & self._entries[other])
            for named in [(out != ANYWHERE) + (into != ANYWHERE)]
        ]
        return min(fit)[-1] if fit else None
