"""What a worker did for a site, counted: by the thread that works, and read by any."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from time import time as unix_time

from camweave.app.runtime.figures import of_stages
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.core.frame import CameraId, Stamp
from camweave.core.station import Figure


class WorkTally:
    """Counts of one site."""

    def __init__(self, site: str, began: float | None) -> None:
        """`began` is s since 1970 at 0 of the frames' clock; None: their times are of media."""
        self.repeated = self.refused = 0  # frames there before; messages that were given up
        self.rows = 0  # that the store got
        self.bare = 0  # results that a picture would have made too large
        self.seconds = 0.0  # s that went into looking at frames
        self.watch = Stopwatch()  # of these, what the stages took
        self._site, self._began = site, began
        self._frames: Counter[CameraId] = Counter()
        self._overtaken: Counter[CameraId] = Counter()
        self._delays: dict[CameraId, float] = defaultdict(float)  # s from capture to now, added up
        self._newest: dict[CameraId, float] = {}  # s since 1970, of capture

    @property
    def frames(self) -> int:
        """Frames that were worked on."""
        return self._frames.total()

    def overtaken(self, camera: CameraId) -> None:
        """One frame was let go for a newer one."""
        self._overtaken[camera] += 1

    def worked(self, stamp: Stamp) -> None:
        """One frame is done."""
        self._frames[stamp.camera] += 1
        if self._began is not None:
            self._newest[stamp.camera] = captured = self._began + stamp.time
            self._delays[stamp.camera] += unix_time() - captured

    def stored(self, rows: int, seconds: float) -> None:
        """So many rows are in the store, after so many s; another thread may say so."""
        self.rows += rows
        self.watch.parts["store"] += seconds

    def figures(self) -> Iterator[Figure]:
        """All of it; how old results are, where frames are taken as they happen."""
        site, now = ("site", self._site), unix_time()
        for name, told, counts in (
            ("frames_worked_total", "Frames that were worked on.", self._frames),
            ("frames_dropped_total", "Frames that a newer one overtook.", self._overtaken),
        ):
            for camera, count in tuple(counts.items()):
                of = (site, ("camera", camera))
                yield Figure(name=name, help=told, value=count, labels=of)
        told = "Time from capture to result, added up over frames."
        for camera, seconds in tuple(self._delays.items()):
            of = (site, ("camera", camera))
            yield Figure(name="result_delay_seconds_total", help=told, value=seconds, labels=of)
        told = "Time since the capture of the newest frame that was worked on."
        for camera, captured in tuple(self._newest.items()):
            of = (site, ("camera", camera))
            yield Figure(name="result_age_seconds", help=told, value=now - captured, labels=of)
        for name, words, value in (
            ("frames_repeated_total", "Frames that came again.", self.repeated),
            ("frames_refused_total", "Messages that went to the dead letters.", self.refused),
            ("results_bare_total", "Results whose picture was left out as too large.", self.bare),
            ("rows_total", "Track rows that went to the store.", self.rows),
            ("work_seconds_total", "Time that went into looking at frames.", self.seconds),
        ):
            yield Figure(name=name, help=words, value=value, labels=(site,))
        yield from of_stages(self.watch, (site,))
