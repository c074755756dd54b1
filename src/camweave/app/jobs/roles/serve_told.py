"""What is told of a site that is to be served: by its notice on a broker, or by its store alone."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from camweave.app.build.topology import make_topology
from camweave.app.jobs.live.gathering import GroundOf
from camweave.app.jobs.live.grounds import grounds_of
from camweave.app.jobs.roles.notices import began_in, site_in, store_in
from camweave.app.site.embedders import AnyEmbedderParams
from camweave.core.errors import CamweaveError, InputError
from camweave.core.frame import CameraId
from camweave.embedding.params import NoEmbedder
from camweave.formats.messages.packed import Address
from camweave.formats.messages.sites import SiteNotice
from camweave.store.store import open_store
from camweave.store.values import Run

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A run of a site, as far as whoever serves it has to know."""

    address: Address
    lossless: bool  # its times are those of media
    began: float  # s since 1970 at 0 of the clock that stamps its frames
    cameras: tuple[CameraId, ...]  # in the order of the site
    store: str  # its address
    linked: bool = True
    embedder: AnyEmbedderParams = field(default_factory=NoEmbedder)
    grounds: Mapping[CameraId, GroundOf] = field(default_factory=dict)


def told_by(notice: SiteNotice, store: str | None = None) -> Told:
    """What a notice tells; `store` takes the place of the site's.

    Raises:
        InputError: the notice is of a site that cannot be run, or has no store.
    """
    site = site_in(notice)
    grounds: Mapping[CameraId, GroundOf] = {}
    try:
        grounds = grounds_of(make_topology(site), site.linker)
    except CamweaveError as error:
        log.warning("serve: site %s: no map: %s", site.site, error)
    return Told(
        address=notice.address,
        lossless=notice.lossless,
        began=began_in(notice),
        cameras=notice.names,
        store=store or store_in(site),
        linked=site.linker is not None,
        embedder=site.embedder,
        grounds=grounds,
    )


def told_by_store(url: str, site: str | None, run: str | None) -> Told:
    """What a store tells of its latest run, of those that are meant.

    Raises:
        CamweaveError: it has no such run, or cannot be read.
    """
    with open_store(url, read_only=True) as store:
        runs = [each for each in store.runs() if _meant(each, site, run)]
    if not runs:
        raise InputError(f"{store}: no run {run or ''} of site {site or 'any'}")
    found = runs[-1]
    return Told(
        address=Address(found.site, found.name),
        lossless=found.recorded,
        began=found.began,
        cameras=tuple(each.name for each in found.cameras),
        store=url,
    )


def _meant(run: Run, site: str | None, name: str | None) -> bool:
    return site in {None, run.site, run.site.removesuffix(f"/{run.name}")} and name in {
        None,
        run.name,
    }
