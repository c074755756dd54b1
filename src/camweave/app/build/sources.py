"""Makes the source that a text names: a file, a folder, or a synthetic scenario."""

import re
from pathlib import Path
from typing import Final

from camweave.core.errors import SourceError
from camweave.core.stages import Source
from camweave.sources.images import ImageFolderSource
from camweave.sources.video import VideoSource

STRANGE: Final = re.compile(r"[^A-Za-z0-9_-]+")
SYNTHETIC: Final = "synthetic:"
LIVE: Final = ("rtsp://", "rtsps://", "http://", "https://", "/dev/video")


def make_source(
    source: str, *, camera: str | None = None, fps: float | None = None, offset: float = 0.0
) -> Source:
    """The source that a text names: a video file, a folder of images, synthetic:SCENARIO/NAME.

    Without a name the camera is called after the file.

    Raises:
        SourceError: there is no such file, or it is a live camera.
    """
    if source.startswith(LIVE) or source.isdigit():
        raise SourceError(
            f"{source}: `camweave live` reads cameras; this command reads files and folders"
        )
    if source.startswith(SYNTHETIC):
        from camweave.sources.synthetic.source import SyntheticSource

        return SyntheticSource.from_text(source, camera=camera, offset=offset)
    camera = camera or camera_name(Path(source).stem)
    if Path(source).is_dir():
        return ImageFolderSource(source, camera=camera, fps=fps, offset=offset)
    return VideoSource(source, camera=camera, fps=fps, offset=offset)


def camera_name(text: str) -> str:
    """A text as a camera's name: characters that it may not have become `_`.

    >>> camera_name("north gate (1)")
    'north_gate_1_'
    """
    return STRANGE.sub("_", text)[:64] or "camera"
