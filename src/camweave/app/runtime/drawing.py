"""One camera's pictures: draws what it shows, and encodes it as JPEG."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from camweave.core.arrays import I64, U8
from camweave.core.frame import CameraId, Frame
from camweave.core.tracks import View
from camweave.ops.images import shrink
from camweave.ops.jpeg import jpeg
from camweave.sinks.annotate import AnnotateParams, Annotator
from camweave.sinks.placeholder import SIZE, placeholder


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowingParams:
    """How pictures are drawn and encoded."""

    quality: int = 80  # of the JPEG, 1 to 100
    annotate: AnnotateParams = field(default_factory=AnnotateParams)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A frame, and what was found in it."""

    frame: Frame
    view: View | None  # None: nobody has looked yet
    global_id: I64 | None  # (T,) of the view's tracks, UNLINKED while unknown; None: no linker

    @property
    def time(self) -> float:
        """When it was taken, in s."""
        return self.frame.stamp.time

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) px."""
        return self.frame.size


@dataclass(frozen=True, slots=True, eq=False)
class Down:
    """A camera that shows nothing, and why."""

    reason: str  # one line
    since: float  # s
    last: Frame | None = None  # the last one there was
    lasted: float = 0.0  # s so far

    @property
    def time(self) -> float:
        """The instant that it shows, in s."""
        return self.since + self.lasted

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) px."""
        return SIZE if self.last is None else self.last.size


Sight: TypeAlias = Seen | Down


class Drawing:
    """Draws one camera. State: the trails of its tracks, cleared with each epoch."""

    def __init__(self, camera: CameraId, class_names: Sequence[str], params: ShowingParams) -> None:
        self._camera = camera
        self._class_names = class_names
        self._params = params
        self._epoch = 0
        self._annotator = Annotator(class_names, params.annotate)

    def follow(self, views: Sequence[View]) -> None:
        """Take every view since the last picture, for the trails."""
        for view in views:
            if view.stamp.epoch != self._epoch:
                self._epoch = view.stamp.epoch
                self._annotator = Annotator(self._class_names, self._params.annotate)
            self._annotator.follow(view)

    def draw(self, sight: Sight, width: int | None = None) -> U8:
        """(H, W, 3) BGR at most `width` px wide; a raw frame's image may be the frame's own."""
        match sight:
            case Seen(frame, view, global_id):
                if view is not None:
                    return self._annotator.paint(frame, view, global_id, width=width)
                return frame.image if width is None else shrink(frame.image, width)[0]
            case Down(reason, _, last, lasted):
                across, down = sight.size
                if width is not None and width < across:
                    across, down = width, max(1, round(down * width / across))
                behind = None if last is None else last.image
                note = span_text(lasted) if lasted >= 1 else ""
                size = across, down
                return placeholder(self._camera, reason, note=note, last=behind, size=size)

    def jpeg(self, image: U8) -> bytes:
        """The image, encoded.

        Raises:
            InputError: it is larger than a JPEG can be.
        """
        return jpeg(image, self._params.quality)


def span_text(seconds: float) -> str:
    """How long something has lasted, as people say it.

    >>> span_text(7.9), span_text(200), span_text(7500), span_text(200_000)
    ('for 7 s', 'for 3 min', 'for 2 h 5 min', 'for 2 days')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:  # noqa: PLR2004 - h; from here on days say it better
        return f"for {hours // 24} days"
    if hours:
        return f"for {hours} h {minutes} min" if minutes else f"for {hours} h"
    return f"for {minutes} min" if minutes else f"for {rest} s"
