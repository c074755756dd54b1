"""Stage 2: detections to tracklets. No pixels are needed."""

from pathlib import Path
from typing import Final

from camweave.app.runtime.stopwatch import Stopwatch
from camweave.core.detections import DetectionLog
from camweave.core.errors import InputError
from camweave.core.tracks import Tracklets
from camweave.formats.camera_name import checked_camera
from camweave.formats.csv_table import write_csv
from camweave.formats.detections import read_detections
from camweave.formats.mot import read_mot_detections, write_mot
from camweave.formats.timing import Timing, timing_path, write_timing
from camweave.formats.tracklets import write_tracklets
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams

ZIP: Final = b"PK"  # what every .npz begins with
UNNAMED: Final = "camera"


def track(
    detections: str | Path | DetectionLog,
    out: str | Path | None = None,
    *,
    params: ByteTrackParams | None = None,
    fps: float | None = None,
    camera: str | None = None,
    watch: Stopwatch | None = None,
) -> Tracklets:
    """The tracklets of one camera's recording; written to `out` (`.npz`) where one is given.

    `detections` is a log, a `detections_raw.npz` or a MOTChallenge text. `fps` is the rate in
    frames/s of files that do not say it. A `*_timing.json` goes beside `out`.

    Raises:
        FileFormatError: the detections cannot be read.
        OutputError: a result could not be written.
    """
    watch = watch or Stopwatch()
    with watch.part("read"):
        log = (
            detections
            if isinstance(detections, DetectionLog)
            else load_detections(detections, camera=camera, fps=fps)
        )
    watch.counts |= {"frames": log.frame_count, "detections": len(log)}
    with watch.part("prepare"):
        tracker = ByteTrack(params, fps=log.fps)
    with watch.part("track"):
        tracklets = tracker.track(log)
    if out is not None:
        with watch.part("write"):
            write_tracklets(Path(out), tracklets)
        write_timing(timing_path(Path(out)), tracking_timing(log, tracklets, watch))
    return tracklets


def load_detections(
    path: str | Path, *, camera: str | None = None, fps: float | None = None
) -> DetectionLog:
    """Detections of a `.npz` or a MOTChallenge text file, told apart by how they begin.

    Raises:
        FileFormatError: neither of them, or broken; the member or the line is named.
        InputError: `fps` is no frame rate.
    """
    if fps is not None and not 0 < fps < float("inf"):
        raise InputError(f"--fps: expected frames per second, more than 0, got {fps:g}")
    path = Path(path)
    if begins_with(path, ZIP):
        return read_detections(path, camera=camera, fps=fps)
    name = checked_camera(camera or UNNAMED)
    return read_mot_detections(path, camera=name, fps=fps)


def begins_with(path: Path, magic: bytes) -> bool:
    """Whether a file begins with these bytes; a missing file does not."""
    try:
        with path.open("rb") as file:
            return file.read(len(magic)) == magic
    except OSError:
        return path.suffix == ".npz"  # so that the reader of that format says what is wrong


def tracking_timing(log: DetectionLog, tracklets: Tracklets, watch: Stopwatch) -> Timing:
    """What tracking took."""
    return Timing(
        stage="track",
        frames=log.frame_count,
        seconds=watch.seconds,
        work_seconds=watch.parts["track"],
        counts={
            "detections": len(log),
            "tracked_detections": len(tracklets.frame),
            "tracklets": len(tracklets),
        },
    )


def write_texts(tracklets: Tracklets, mot: Path | None, table: Path | None) -> None:
    """The same tracklets for people and other programs: MOTChallenge text, CSV.

    Raises:
        OutputError: a file could not be written.
    """
    if mot is not None:
        write_mot(mot, tracklets)
    if table is not None:
        write_csv(table, tracklets)
