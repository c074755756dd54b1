"""One camera of a scenario as a source of frames, with its truth beside it."""

from collections.abc import Iterator
from typing import Self

from camweave.core.arrays import F64
from camweave.core.frame import CameraId, Frame, SourceInfo, Stamp
from camweave.core.tracks import BoxTable
from camweave.sources.synthetic.address import parse_address
from camweave.sources.synthetic.cameras import frame_times
from camweave.sources.synthetic.painter import Painter
from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.scenarios import camera_of, world_of
from camweave.sources.synthetic.truth import CameraTruth, camera_truth


class SyntheticSource:
    """Renders one camera of a scenario. Stamps carry the camera's own clock plus `offset`.

    The camera's clock begins at 0 with its first frame; `spec.offset` is what makes it the site's
    time, and like any source this one does not know it: a site file says `offset`.
    """

    def __init__(
        self, scenario: Scenario, name: str, *, camera: str | None = None, offset: float = 0.0
    ) -> None:
        """A camera of the scenario; `camera` is what it is called in the stamps (its own name)."""
        self.scenario = scenario
        self.spec = camera_of(scenario, name)
        self._offset = offset
        self._own: F64 = frame_times(self.spec, seconds=scenario.seconds, seed=scenario.seed)
        self._painter: Painter | None = None
        self.info = SourceInfo(
            camera=CameraId(camera or name),
            width=self.spec.width,
            height=self.spec.height,
            fps=self.spec.fps,
            declared_fps=self.spec.fps,
            frame_count=len(self._own),
        )

    @classmethod
    def from_text(cls, text: str, *, camera: str | None = None, offset: float = 0.0) -> Self:
        """The source that `synthetic:SCENARIO/NAME` means.

        Raises:
            InputError: it means none.
        """
        scenario, name = parse_address(text)
        return cls(scenario, name, camera=camera, offset=offset)

    @property
    def times(self) -> F64:
        """(F,) s: the stamps of all frames."""
        return self._own + self._offset

    @property
    def true_times(self) -> F64:
        """(F,) s: when the frames were taken, on the site's clock."""
        return self._own + self.spec.offset

    def truth(self) -> BoxTable:
        """Who is where in each frame, for scoring; frame numbers are the indices of the stamps."""
        return self.full_truth().table()

    def full_truth(self) -> CameraTruth:
        """The same with hidden objects, visible parts and places on the ground."""
        return camera_truth(world_of(self.scenario), self.spec, self.true_times)

    def __enter__(self) -> Self:
        self._painter = Painter(world_of(self.scenario), self.spec, seed=self.scenario.seed)
        return self

    def __exit__(self, *_: object) -> None:
        self._painter = None

    def __iter__(self) -> Iterator[Frame]:
        """Frames, index 0 first; the same ones each time."""
        painter = self._painter or Painter(
            world_of(self.scenario), self.spec, seed=self.scenario.seed
        )
        stamps = self.times.tolist()
        for index, image in enumerate(painter.frames(self.true_times)):
            yield Frame(Stamp(stamps[index], self.info.camera, index), image)
