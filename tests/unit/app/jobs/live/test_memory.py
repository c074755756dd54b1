"""Who is who outlives the process, whatever ends it; what is damaged is kept and begins anew."""

import logging
import resource
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import time

import pytest
from tests.unit.linking.live.live_world import A, B, Visit, line, tracklets_of

from camweave.app.jobs.live.chronicle import Chronicle
from camweave.app.jobs.live.gathering import Instant
from camweave.app.jobs.live.line import Line
from camweave.app.jobs.live.linking import Linking
from camweave.app.jobs.live.memory import Memory
from camweave.app.jobs.live.recalling import GALLERY, JOURNAL
from camweave.app.site.embedders import AnyEmbedderParams
from camweave.core.errors import OutputError
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.embedding.params import HistogramParams
from camweave.formats.gallery import read_gallery, write_gallery
from camweave.formats.journal import read_journal
from camweave.linking.live.feed import Feed
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.moving import of_cameras
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry

LIMITS = RegistryParams(memory=3600.0, most_overlap=0.0)
LOOKS = HistogramParams()


@dataclass
class Lived:
    """What came of a process."""

    after: dict[CameraId, int]  # the tracklet numbers that it went on from
    registry: Registry

    def who(self, camera: CameraId, number: int) -> int:
        return int(self.registry.identity_of(TrackletKey(camera, number)))


def lived(
    folder: Path, *visits: Visit, looks: AnyEmbedderParams = LOOKS, save: bool = True
) -> Lived:
    """A process from start to end that sees these visits, in s after its start.

    All is told in no time; so the next one's clock goes on from the last thing that was told.
    """
    with Memory(folder, LIMITS, looks) as memory:
        known = memory.recalled
        after = {camera: known.last_tracklet_id(camera) for camera in (A, B)}
        linker = LiveLinker(line(5.0, 20.0), registry=known.registry)
        if known.gallery is not None:
            linker.restore(of_cameras(known.gallery, linker.cameras))
        with Linking(linker, memory.hear) as linking, ExitStack() as ends:
            if save:
                ends.enter_context(memory.keeping(linking, time() - known.gone))
            see(linking, [later(each, known.gone) for each in visits], known.gone)
        return Lived(after, linker.registry)


def later(visit: Visit, seconds: float) -> Visit:
    return replace(visit, begin=visit.begin + seconds, end=visit.end + seconds)


def see(linking: Linking, visits: list[Visit], since: float) -> None:
    """Tell the linker of 20 s, interval by interval."""
    feeds = {c: Feed.of_tracklets(tracklets_of(c, visits)) for c in (A, B)}
    growing = {camera: feed.growing() for camera, feed in feeds.items()}
    for step in range(1, 40):
        instant = since + 0.5 * step
        for camera, feed in feeds.items():
            growing[camera].gather(feed.until(instant))
        snapshots = tuple(each.snapshot(instant) for each in growing.values())
        linking.tell(Instant(instant, snapshots))
    linking.settle()


SEEN = Visit(A, 1, 1.0, 14.0, look=3)
AGAIN = Visit(B, 5, 2.0, 9.0, look=3)  # 8 s after the last sight, where the clock goes on
NEW = Visit(A, 5, 3.0, 9.0, look=4)


def test_who_was_seen_before_is_met_again_and_somebody_new_gets_the_next_id(
    tmp_path: Path,
) -> None:
    assert lived(tmp_path, SEEN).who(A, 1) == 1
    again = lived(tmp_path, AGAIN, NEW)
    assert again.after == {A: 1, B: 0}
    assert (again.who(B, 5), again.who(A, 5)) == (1, 2)


def test_an_id_is_written_down_before_it_is_told_though_nothing_else_is_saved(
    tmp_path: Path,
) -> None:
    lived(tmp_path, SEEN, save=False)
    assert not (tmp_path / GALLERY).exists()
    again = lived(tmp_path, AGAIN, NEW)
    assert again.who(A, 1) == 1
    assert {again.who(B, 5), again.who(A, 5)} == {2, 3}  # nobody knows what 1 looked like


def test_the_clock_goes_on_for_as_long_as_nobody_was_there(tmp_path: Path) -> None:
    with Memory(tmp_path, LIMITS, LOOKS) as memory:
        assert memory.recalled.gone == 0.0
    lived(tmp_path, SEEN)
    saved = read_gallery(tmp_path / GALLERY)
    write_gallery(tmp_path / GALLERY, replace(saved, began=time() - 500.0))
    with Memory(tmp_path, LIMITS, LOOKS) as memory:
        assert memory.recalled.gone == pytest.approx(500.0, abs=5.0)


@pytest.mark.parametrize("began", [0.0, 4e9])
def test_a_host_whose_date_was_set_back_does_not_turn_the_clock_back(
    tmp_path: Path, began: float
) -> None:
    lived(tmp_path, SEEN)
    saved = read_gallery(tmp_path / GALLERY)
    write_gallery(tmp_path / GALLERY, replace(saved, began=began))
    with Memory(tmp_path, LIMITS, LOOKS) as memory:
        assert memory.recalled.gone >= saved.time + 1.0


def test_a_damaged_gallery_is_kept_aside_and_ids_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lived(tmp_path, SEEN)
    (tmp_path / GALLERY).write_bytes(b"PK\x03\x04 and no more")
    again = lived(tmp_path, AGAIN)
    assert again.who(A, 1) == 1
    assert again.who(B, 5) == 2
    (line_,) = errors(caplog)
    assert "gallery.npz" in line_
    assert "looks begin anew" in line_
    (kept,) = tmp_path.glob("gallery.npz.damaged-*")
    assert kept.read_bytes().startswith(b"PK")


@pytest.mark.parametrize("with_gallery", [True, False])
def test_a_damaged_journal_is_kept_aside_and_no_id_is_given_out_twice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, with_gallery: bool
) -> None:
    lived(tmp_path, SEEN, NEW)
    journal = tmp_path / JOURNAL
    lines = journal.read_bytes().split(b"\n")
    journal.write_bytes(b"\n".join([*lines[:3], b"{not json", *lines[3:]]))
    if not with_gallery:
        (tmp_path / GALLERY).unlink()
    again = lived(tmp_path, AGAIN)
    assert again.who(B, 5) == 3
    (line_,) = errors(caplog)
    assert f"{journal}:4: damaged" in line_
    assert "who is who begins anew, with id 3" in line_
    assert len(list(tmp_path.glob("identities.jsonl.damaged-*"))) == 1
    assert lived(tmp_path, NEW).who(A, 5) == 4


def test_a_torn_last_line_costs_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lived(tmp_path, SEEN)
    with (tmp_path / JOURNAL).open("ab") as journal:
        journal.write(b'[{"kind": "crea')
    assert lived(tmp_path, AGAIN).who(B, 5) == 1
    assert not errors(caplog)


def test_looks_of_another_embedder_are_not_compared(tmp_path: Path) -> None:
    lived(tmp_path, SEEN)
    again = lived(tmp_path, AGAIN, looks=HistogramParams(bands=5))
    assert again.who(A, 1) == 1
    assert again.who(B, 5) == 2


def test_a_folder_is_one_sites(tmp_path: Path) -> None:
    with (
        Memory(tmp_path, LIMITS, LOOKS),
        pytest.raises(OutputError, match="another process"),
        Memory(tmp_path, LIMITS, LOOKS),
    ):
        pass


def test_a_journal_that_grew_large_begins_anew_with_what_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camweave.app.jobs.live.memory.LARGE", 200)
    lived(tmp_path, SEEN)
    told = read_journal(tmp_path / JOURNAL)
    assert told.snapshot is not None
    assert lived(tmp_path, AGAIN, NEW).who(B, 5) == 1


def test_a_disk_that_is_full_is_told_once_and_made_up_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Memory(tmp_path, LIMITS, LOOKS) as memory:
        linker = LiveLinker(line(5.0, 20.0), registry=memory.recalled.registry)
        with Linking(linker, memory.hear) as linking:
            with limited(resource.RLIMIT_FSIZE, (tmp_path / JOURNAL).stat().st_size + 10):
                see(linking, [SEEN], 0.0)
            assert len(errors(caplog)) == 1
            with memory.keeping(linking, time()):
                pass
    assert lived(tmp_path, AGAIN).who(B, 5) == 1


@contextmanager
def limited(what: int, most: int) -> Iterator[None]:
    """This process may use no more of it; a file that would be larger is an error, no signal."""
    before = resource.getrlimit(what)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(what, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(what, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_people_are_told_of_everybody_who_is_known(tmp_path: Path) -> None:
    lived(tmp_path, SEEN, NEW)
    chronicle = Chronicle()
    with Memory(tmp_path, LIMITS, LOOKS) as memory:
        memory.tell(chronicle, Line([], 10))
    with chronicle.open() as known:
        cards = [known.book.card(each) for each in known.book.newest()]
        assert {(each.global_id, each.status, each.cameras) for each in cards} == {
            (1, "confirmed", (A,)),
            (2, "confirmed", (A,)),
        }
        assert all(not each.here for each in cards)
        assert not known.happenings.after(0)


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
