"""Scenarios of the small world as recordings: no picture is made, so minutes take seconds."""

from collections.abc import Iterable
from dataclasses import replace

from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.recorded.filming import film_scenario
from camweave.sources.synthetic.recorded.footage import Footage
from camweave.sources.synthetic.recorded.params import RecordedParams
from camweave.sources.synthetic.recorded.recording import log_footages, record_footages
from camweave.sources.synthetic.recorded.site import RecordedLog, RecordedSite
from camweave.sources.synthetic.scenarios import world_of


def record_site(scenario: Scenario, params: RecordedParams | None = None) -> RecordedSite:
    """What detector, tracker and embedder make of a scenario, and what is true of it.

    Equal scenarios and params give equal recordings. Faults of the params change the recording,
    never the truth.
    """
    chosen = params or RecordedParams()
    return record_footages_of(scenario, film_scenario(scenario, fps=chosen.fps), chosen)


def record_footages_of(
    scenario: Scenario, footages: Iterable[Footage], params: RecordedParams
) -> RecordedSite:
    """The same of what was filmed before, by `film_scenario` at the frame rate of `params`."""
    site = record_footages(scenario.name, footages, world_of(scenario).looks, params)
    return replace(site, scenario=scenario)


def record_detections(
    scenario: Scenario, params: RecordedParams | None = None
) -> tuple[RecordedLog, ...]:
    """The detections of which `record_site` makes its tracklets, with an embedding each.

    In order of camera name; `Tracklets.detection` counts their rows.
    """
    chosen = params or RecordedParams()
    footages = film_scenario(scenario, fps=chosen.fps)
    return log_footages(footages, world_of(scenario).looks, chosen)
