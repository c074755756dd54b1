"""Videos from the log of results: whatever became of broker, messages and whoever wrote them."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag
from typing import Any

import numpy as np
import pytest
from tests.support.broker_parts import connected
from tests.support.rabbitmq import Node
from tests.support.results import Results, found, notice, number_in
from tests.support.videos import frames_in
from tests.support.waiting import until

from camweave.app.jobs.roles.compile_film import Compiled
from camweave.app.jobs.roles.compile_log import Compiling, LogCompiler
from camweave.broker.broker import Broker
from camweave.core.errors import FileFormatError, InputError, JobError
from camweave.core.events import Confirmed, Created, Event, Linked, Merged, Span
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.tracks import GlobalId
from camweave.formats.messages.sites import SiteNotice
from camweave.sinks.colours import id_colour

GATE, YARD = CameraId("gate"), CameraId("yard")
SOON = 60.0  # s
EDGE = (100, 20)  # px, y and x: on the edge of the box of the first frame


class Work:
    """A compiler: its videos are named after their cameras."""

    def __init__(self, broker: Broker, told: SiteNotice, *films: Path, **asked: Any) -> None:
        self.done, self.said = 0, ""  # frames, and what was told last
        self.stop = Flag()
        paths = {CameraId(film.stem): film for film in films}
        compiling = Compiling(films=paths, **asked)
        self._compiler = LogCompiler(
            broker, told, compiling, progress=self._came_to, say=self._hear
        )

    def __call__(self) -> list[Compiled]:
        return self._compiler.compile(self.stop)

    def _came_to(self, task: str, done: int, total: int | None) -> None:  # noqa: ARG002 - a Progress
        self.done = done

    def _hear(self, line: str) -> None:
        self.said = line


def numbers(path: Path) -> list[int]:
    """The pictures of a video, by number."""
    return [number_in(image) for _, image in frames_in(path)]


def near(pixel: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() < 45)


def test_nothing_is_missing_or_doubled_though_the_broker_was_restarted(tmp_path: Path) -> None:
    told, film = notice("hall", "gate", linked=False), tmp_path / "gate.mp4"
    rng = np.random.default_rng(1)
    times = dict(enumerate(np.cumsum(rng.uniform(0.02, 0.2, 60)).tolist()))
    with Node(tmp_path) as node, connected(node) as broker, ThreadPoolExecutor() as pool:
        work = Work(broker, told, film, as_shown=True)
        early = pool.submit(work)
        with Results(broker, told) as results:
            results.frames("gate", [*range(20), *range(10, 15), *range(20, 30)], times)
            until(lambda: work.done == 30, within=SOON)
            time.sleep(3)  # RabbitMQ 3.10 loses a stream that is younger when it is killed
            node.kill()
            node.start()
            results.frames("gate", [*range(25, 60), *range(40, 60)], times)
            results.end("gate", 60)
        done = early.result(SOON)
        late = Work(broker, told, tmp_path / "late" / "gate.mp4")()
    assert [(each.frames, each.lacking) for each in (*done, *late)] == [(60, "")] * 2
    shown = frames_in(film)
    assert [number_in(image) for _, image in shown] == list(range(60))
    assert np.allclose([at for at, _ in shown], [times[i] - times[0] for i in range(60)], atol=1e-4)
    assert numbers(tmp_path / "late" / "gate.mp4") == list(range(60))


GATE_FIRST = Span(TrackletKey(GATE, 1), 0.0, 1.0)


def known_as(identity: int, seq: int) -> list[Event]:
    """Track 1 of the gate was found to be somebody."""
    who = GlobalId(identity)
    return [
        Created(seq=seq, time=1.0, identity=who),
        Linked(seq=seq + 1, time=1.0, identity=who, span=GATE_FIRST),
        Confirmed(seq=seq + 2, time=1.0, identity=who),
    ]


def test_who_comes_after_the_run_sees_who_it_was_in_the_end(
    broker: Broker, site: str, tmp_path: Path
) -> None:
    told = notice(site, "gate", "yard")
    with Results(broker, told) as results:
        results.frames("gate", range(20))
        results.who(1.0, *known_as(3, 1), shown={"gate": {1: 3}})
        results.who(1.0, *known_as(3, 1), shown={"gate": {1: 3}})  # told twice
        results.frames("gate", range(20, 30))
        results.end("gate", 30)
        one, other = GlobalId(2), GlobalId(3)
        more: list[Event] = [
            Created(seq=4, time=3.0, identity=one),
            Confirmed(seq=5, time=3.0, identity=one),
            Merged(seq=6, time=3.0, identity=one, alias=other, tracklets=(GATE_FIRST.key,)),
        ]
        results.who(3.0, *more, shown={}, over=True)
    end, shown = tmp_path / "end" / "gate.mp4", tmp_path / "shown" / "gate.mp4"
    Work(broker, told, end)()
    Work(broker, told, shown, as_shown=True)()
    assert numbers(end) == numbers(shown) == list(range(30))
    assert near(frames_in(end)[0][1][EDGE], id_colour(2))
    pictures = [image for _, image in frames_in(shown)]
    assert not near(pictures[0][EDGE], id_colour(3)), "nobody knew it then"
    assert near(pictures[25][EDGE[0], EDGE[1] + 75], id_colour(3))


def test_what_is_missing_is_told_and_taken_only_where_that_is_asked_for(
    broker: Broker, site: str, tmp_path: Path
) -> None:
    told, film = notice(site, "gate", "yard", linked=False), tmp_path / "gate.mp4"
    with Results(broker, told) as results:
        results.frames("gate", [0, 1, 2, 5, 6])
        results.end("gate", 8)
        results.frames("yard", range(3))
        results.end("yard", 3)
    lack = "3 of 8 frames missing, the first is frame 3"
    for as_shown in (True, False):
        with pytest.raises(JobError, match=f"run r1: gate: {lack} in the log; --partial"):
            Work(broker, told, film, tmp_path / "yard.mp4", as_shown=as_shown)()
        assert not list(tmp_path.iterdir()), "half of a video is none"
    (made,) = Work(broker, told, film, partial=True)()
    assert (made.lacking, numbers(film)) == (lack, [0, 1, 2, 5, 6])
    with pytest.raises(InputError, match=r"no camera 'gat'.*gate"):
        Work(broker, told, tmp_path / "gat.mp4")


def test_what_a_newer_camweave_wrote_is_refused_by_name_or_left_out(
    broker: Broker, site: str, tmp_path: Path
) -> None:
    told, film = notice(site, "gate", linked=False), tmp_path / "gate.mp4"
    with Results(broker, told) as results:
        results.frames("gate", range(4))
        newer = found(told.address, "gate", 4)
        results.send(replace(newer, headers={**newer.headers, "schema": "camweave.found/9"}))
        results.frames("gate", [5])
        results.end("gate", 6)
    for as_shown in (False, True):
        with pytest.raises(FileFormatError, match="found/9 was written by a newer"):
            Work(broker, told, film, as_shown=as_shown)()
        (made,) = Work(broker, told, film, as_shown=as_shown, partial=True)()
        assert (made.frames, numbers(film)) == (5, [0, 1, 2, 3, 5])
        assert made.lacking == "1 of 6 frames missing, the first is frame 4"
        film.unlink()


def test_compilers_and_a_live_run_go_side_by_side(
    broker: Broker, site: str, tmp_path: Path
) -> None:
    told = notice(site, "gate", "yard", lossless=False, linked=False)
    both = [Work(broker, told, tmp_path / n / "gate.mp4", tmp_path / n / "yard.mp4") for n in "ab"]
    with Results(broker, told) as results, ThreadPoolExecutor() as pool:
        started = [pool.submit(work) for work in both]
        until(lambda: all("first frame" in work.said for work in both), within=SOON)
        for index in range(0, 60, 2):  # live, frames may be passed over
            results.frames("gate", [index])
            results.frames("yard", [index])
        results.end("gate", 60)
        results.end("yard", 60)
        done = [each.result(SOON) for each in started]
    assert [[each.frames for each in films] for films in done] == [[30, 30]] * 2
    assert numbers(tmp_path / "b" / "yard.mp4") == list(range(0, 60, 2))


def test_whoever_ends_it_has_a_video_of_what_there_was(
    broker: Broker, site: str, tmp_path: Path
) -> None:
    told = notice(site, "gate")
    work = Work(broker, told, tmp_path / "gate.mp4")
    with Results(broker, told) as results, ThreadPoolExecutor() as pool:
        results.frames("gate", range(12))
        ending = pool.submit(work)
        until(lambda: work.done == 12, within=SOON)
        work.stop.set()
        (made,) = ending.result(SOON)
    assert (made.frames, numbers(tmp_path / "gate.mp4")) == (12, list(range(12)))


def test_a_linker_that_never_speaks_is_not_waited_for_one_that_has_spoken_is(
    broker: Broker, site: str, tmp_path: Path
) -> None:
    told, film = notice(site, "gate"), tmp_path / "gate.mp4"
    with Results(broker, told) as results, ThreadPoolExecutor() as pool:
        results.frames("gate", range(5))
        results.end("gate", 5)
        results.flush()
        (made,) = Work(broker, told, film, patience=0.5)()
        assert made.frames == 5
        results.who(0.4, *known_as(4, 1), shown={"gate": {1: 4}})
        results.flush()
        work = Work(broker, told, film, patience=0.5)
        late = pool.submit(work)
        until(lambda: "the linker's last word" in work.said, within=SOON)
        results.who(0.5, shown={}, over=True)
        late.result(SOON)
    assert near(frames_in(film)[0][1][EDGE], id_colour(4))


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
def test_a_video_can_be_played_whatever_becomes_of_its_compiler(
    node: Node, broker: Broker, site: str, *, tmp_path: Path, by: int
) -> None:
    program, film = str(Path(sys.executable).with_name("camweave")), tmp_path / "gate.mp4"
    command = [program, "compile", "gate", "-o", str(film), "--as-shown", "--site", site]
    with Results(broker, notice(site, "gate", linked=False)) as results:
        results.frames("gate", range(160))
        results.flush()
        process = subprocess.Popen(
            command,
            env=os.environ | {"CAMWEAVE_BROKER": node.url},
            stderr=subprocess.PIPE,
            text=True,
        )
        until(lambda: any(each.stat().st_size > 20_000 for each in tmp_path.iterdir()), within=SOON)
        process.send_signal(by)
        _, said = process.communicate(timeout=SOON)
    (left,) = tmp_path.iterdir()
    played = numbers(left)
    assert played == list(range(len(played)))
    assert len(played) >= 50
    if by == signal.SIGINT:
        assert (process.returncode, left.name, "Traceback" in said) == (130, "gate.mp4", False)
