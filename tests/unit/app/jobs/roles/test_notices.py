"""What workers are told of a site is enough to run it, and opens no camera."""

from datetime import UTC, datetime
from math import inf
from pathlib import Path

import pytest

from camweave.app.jobs.roles.notices import (
    ELSEWHERE,
    began_in,
    notice_of,
    site_in,
    store_in,
    topology_in,
)
from camweave.app.site.written import Written
from camweave.broker.topology import Topology
from camweave.core.errors import InputError, SiteError
from camweave.formats.messages.packed import Address
from camweave.formats.messages.sites import SiteNotice, pack_site, read_site

SITE = """
site: harbour
cameras:
  - {name: gate, source: "rtsp://admin:s3cret@10.0.0.7/", mask: gate.png}
  - {name: yard, source: yard.mp4, detector: {kind: motion, warm_up: 2}, offset: 0.25}
embedder: {kind: histogram}
tracker: weave
linker: {interval: 0.25, transitions: {gate -> yard: [1, .inf]}}
live: {fps: 12}
serve: {token: t0ken}
mqtt: {host: mosquitto, user: me, password: s3cret}
store: sqlite:///data/harbour.db
"""
BEGAN = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
TOPOLOGY = Topology(site="harbour", lossless=True, partitions=4, frame_queue="frame_queue")


@pytest.fixture
def written(tmp_path: Path) -> Written:
    file = tmp_path / "site.yaml"
    file.write_text(SITE)
    return Written.read(file)


def sent(written: Written) -> SiteNotice:
    """The notice as it comes to a worker."""
    address = Address("harbour", "monday")
    told = notice_of(written, address, lossless=True, began=BEGAN, topology=TOPOLOGY)
    packed = pack_site(told)
    return read_site(packed.headers, packed.body)


def test_a_worker_has_the_same_site_without_its_sources(written: Written) -> None:
    here, there = written.site, site_in(sent(written), {})
    assert [each.source for each in there.cameras] == [ELSEWHERE, ELSEWHERE]
    for mine, theirs in zip(here.cameras, there.cameras, strict=True):
        assert mine.model_copy(update={"source": ELSEWHERE}) == theirs
    assert there.linker == here.linker
    assert there.linker is not None
    assert there.linker.transitions is not None
    assert there.linker.transitions[0].most == inf
    assert there.live == here.live
    assert (there.serve, there.mqtt) == (None, None)


def test_no_secret_leaves_the_machine(written: Written) -> None:
    notice = sent(written)
    packed = pack_site(notice)
    for secret in (b"s3cret", b"t0ken", b"admin", b"10.0.0.7", b"yard.mp4"):
        assert secret not in packed.body


def test_files_are_looked_for_where_the_site_file_was_or_where_we_say(
    written: Written, tmp_path: Path
) -> None:
    notice = sent(written)
    assert site_in(notice, {}).cameras[0].mask == tmp_path / "gate.png"
    moved = site_in(notice, {"CAMWEAVE_FOLDER": "/srv/site"})
    assert moved.cameras[0].mask == Path("/srv/site/gate.png")


def test_the_store_is_the_same_one_from_every_folder(written: Written, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/data/harbour.db"
    assert store_in(site_in(sent(written), {}), {}) == url
    assert store_in(written.site, {}) == url
    elsewhere = {"CAMWEAVE_STORE": "postgresql://me@db/harbour"}
    assert store_in(written.site, elsewhere) == elsewhere["CAMWEAVE_STORE"]


def test_queues_and_the_date_are_as_the_publisher_says(written: Written) -> None:
    assert topology_in(sent(written)) == TOPOLOGY
    assert began_in(sent(written)) == BEGAN.timestamp()


def test_what_cannot_be_is_told_in_a_line(written: Written) -> None:
    notice = sent(written)
    odd = SiteNotice(notice.address, True, "today", notice.cameras, {"embedder": "of_mars"})
    with pytest.raises(SiteError, match="site harbour: embedder: unknown embedder"):
        site_in(odd, {})
    with pytest.raises(InputError, match="expected a date"):
        began_in(odd)
    with pytest.raises(InputError, match="need a store"):
        store_in(written.site.model_copy(update={"store": None}), {})
