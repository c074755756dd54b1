"""Who can follow whom at a site, and after how long: learned from its own tracklets."""

from dataclasses import replace
from pathlib import Path

from camweave.app.jobs.held import standing_in
from camweave.app.jobs.link import link
from camweave.app.jobs.link_inputs import Given, files_of
from camweave.app.jobs.link_outputs import LEARNED, to_export, write_learned
from camweave.app.jobs.linked_site import LinkedSite
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.linker import Linker
from camweave.app.site.load import read_site
from camweave.app.site.model import Site
from camweave.formats.learned import write_learned_file
from camweave.linking.learned import LearnedSite, learn_site


def learn(
    site: str | Path | Site,
    tracklets: Given | None = None,
    out: str | Path | None = None,
    *,
    watch: Stopwatch | None = None,
) -> tuple[LearnedSite, LinkedSite]:
    """What the tracklets of a site tell of it, and the linking that it was learned from.

    Written to the folder `out`, where one is given: zones and windows as `topology.learned.yaml`
    and `layout.learned.txt`, either of which can take the place of what the site has now; clocks
    and how views lie over each other as `learned.json`. What was drawn or is `locked` stays as it
    is. `tracklets` are as for `link`.

    Raises:
        SiteError: the site file is wrong.
        InputError: as `link`.
        FileFormatError: a file cannot be read.
        OutputError: a result could not be written.
    """
    site = site if isinstance(site, Site) else read_site(site)
    watch, folder = watch or Stopwatch(), None if out is None else Path(out)
    linker = site.linker or Linker()
    learning = replace(linker, learn="on") if linker.learn == "off" else linker
    given, said = files_of(site, tracklets, folder), standing_in(folder)
    made = link(site, given, params=learning, corrections=said, watch=watch)
    with watch.part("learn"):
        learned = learn_site(made.sightings, made.identities, made.drawn, made.tracklets)
    learned = replace(learned, topology=to_export(learned.topology, made, site))
    if folder is not None:
        write_learned(folder, site, made)
        write_learned_file(folder / LEARNED, learned.learned)
    return learned, made
