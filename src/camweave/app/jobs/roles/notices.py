"""A site file as a notice to who has no site file, and back: nothing of it opens a camera."""

import os
from collections.abc import Mapping
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any, Final

from camweave.app.site.load import site_of
from camweave.app.site.model import Site
from camweave.app.site.written import Sent, Written
from camweave.broker.topology import Topology
from camweave.core.errors import InputError, SiteError
from camweave.formats.messages.packed import Address
from camweave.formats.messages.sites import SiteNotice
from camweave.store.values import kept_as

STORE: Final = "CAMWEAVE_STORE"  # takes the place of the site's `store`
FOLDER: Final = "CAMWEAVE_FOLDER"  # takes the place of the site file's folder
STAYS: Final = ("cameras", "site", "serve", "mqtt", "store")  # sections that are not sent as such
ELSEWHERE: Final = "broker://"  # the source of a camera that somebody else reads
WORDS: Final = {inf: ".inf", -inf: "-.inf"}  # as YAML has them; JSON has no such numbers
NUMBERS: Final = {word: number for number, word in WORDS.items()}


def notice_of(
    written: Written, address: Address, *, lossless: bool, began: datetime, topology: Topology
) -> SiteNotice:
    """What whoever publishes a site's frames tells of it."""
    told = written.document.data
    sections = {key: value for key, value in told.items() if key not in STAYS}
    queues = {
        "partitions": topology.partitions,
        "frame_queue": topology.frame_queue,
        "results_queue": topology.results_queue,
    }
    sections |= {"folder": str(written.folder), "queues": queues}
    if written.site.store is not None:
        sections["store"] = written.site.store.get_secret_value()
    cameras = [
        {key: value for key, value in section.items() if key != "source"}
        for section in written.sections.values()
    ]
    return SiteNotice(
        address,
        lossless=lossless,
        began=began.isoformat(),
        cameras=[_sendable(camera) for camera in cameras],
        sections=_sendable(sections),
    )


def site_in(notice: SiteNotice, environment: Mapping[str, str] = os.environ) -> Site:
    """The site of a notice; its files are looked for where the site file was.

    Raises:
        SiteError: one line per problem: another version of camweave wrote it, perhaps.
    """
    sections = {k: v for k, v in notice.sections.items() if k not in {"folder", "queues"}}
    cameras = [{**camera, "source": ELSEWHERE} for camera in notice.cameras]
    data = _read({**sections, "site": notice.address.site, "cameras": cameras})
    folder = environment.get(FOLDER) or str(notice.sections.get("folder") or ".")
    try:
        return site_of(Sent("site", data), Path(folder), {})
    except SiteError as error:
        raise SiteError(f"site {notice.address.site}: {error}") from None


def topology_in(notice: SiteNotice) -> Topology:
    """The exchanges and queues of a notice's site.

    Raises:
        InputError: they cannot be.
    """
    match notice.sections.get("queues"):
        case {
            "partitions": int(partitions),
            "frame_queue": str() | None as frames,
            "results_queue": str() | None as results,
        }:
            return Topology(
                site=notice.address.site,
                lossless=notice.lossless,
                partitions=partitions,
                frame_queue=frames,
                results_queue=results,
            )
        case None:
            return Topology(site=notice.address.site, lossless=notice.lossless)
        case other:
            raise InputError(f"site {notice.address.site}: queues: {repr(other)[:60]}")


def store_in(site: Site, environment: Mapping[str, str] = os.environ) -> str:
    """The address of a site's store.

    Raises:
        InputError: it has none.
    """
    given = environment.get(STORE)
    if given:
        return given
    if site.store is None:
        raise InputError(
            f"site {site.site}: its roles need a store to share: set `store` in the site file "
            f"(sqlite:///FILE, postgresql://USER@HOST/NAME), or {STORE}"
        )
    return site.store.get_secret_value()


def kept_in(notice: SiteNotice) -> str:
    """The site's name under which a store keeps who is who in the notice's run."""
    return kept_as(notice.address.site, notice.address.run, recorded=notice.lossless)


def began_in(notice: SiteNotice) -> float:
    """S since 1970 at 0 of the clock that stamps its frames.

    Raises:
        InputError: the date is none.
    """
    try:
        return datetime.fromisoformat(notice.began).timestamp()
    except ValueError:
        raise InputError(
            f"site {notice.address.site}: began: expected a date, found {notice.began[:40]!r}"
        ) from None


def _sendable(value: Any) -> Any:  # noqa: ANN401 - YAML holds anything
    """The same with the numbers that JSON has not as words."""
    match value:
        case dict():
            return {key: _sendable(each) for key, each in value.items()}
        case list():
            return [_sendable(each) for each in value]
        case float():
            return WORDS.get(value, value)
        case _:
            return value


def _read(value: Any) -> Any:  # noqa: ANN401 - as above
    match value:
        case dict():
            return {key: _read(each) for key, each in value.items()}
        case list():
            return [_read(each) for each in value]
        case str():
            return NUMBERS.get(value, value)
        case _:
            return value
