"""Validates a site, and opens each source and model once."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from camweave.app.build.camera_motion import make_camera_motion
from camweave.app.build.detectors import make_detector
from camweave.app.build.embedders import make_embedder
from camweave.app.build.streams import Playing, make_stream
from camweave.app.build.topology import basis, make_topology
from camweave.app.build.trackers import make_tracker
from camweave.app.jobs.roles.reaching import URL as BROKER
from camweave.app.jobs.services import STORE, broker_text, mqtt_text, store_text
from camweave.app.runtime.site_clock import SiteClock
from camweave.app.site.embedders import AnyEmbedderParams
from camweave.app.site.load import read_site
from camweave.app.site.masking import masked
from camweave.app.site.model import AnyDetectorParams, AnyMotionParams, Camera, Site
from camweave.app.site.trackers import AnyTrackerParams
from camweave.core.errors import CamweaveError, InputError
from camweave.core.frame import Frame
from camweave.formats.calibration import read_calibration
from camweave.sources.streams.pace import Pace

NAMED: Final = 3  # classes that are listed
CROP: Final = (128, 64)  # px, height and width of the crop that an embedder is tried on


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at."""

    what: str  # "camera cam_a", "detector yolo"
    good: bool
    text: str


def check(site: str | Path | Site) -> list[Checked]:
    """Every source, model and setting of a site, each looked at once; problems among them.

    Raises:
        SiteError: the file itself is wrong; every problem has its line.
    """
    site = site if isinstance(site, Site) else read_site(site)
    frames: dict[str, Frame] = {}
    sources = [
        tried(f"camera {camera.name}", partial(source_text, camera, frames))
        for camera in site.cameras
    ]
    return [
        *sources,
        *detectors(site, frames),
        *camera_motions(site),
        *embedders(site, frames),
        *trackers(site),
        *linking(site),
        *services(site),
    ]


def tried(what: str, look: Callable[[], str]) -> Checked:
    """What `look` says, or why it cannot."""
    try:
        return Checked(what, True, masked(look()))
    except CamweaveError as error:
        return Checked(what, False, masked(str(error)))


def source_text(camera: Camera, frames: dict[str, Frame]) -> str:
    """What a source says of itself, once its first frame is there; the frame is kept."""
    clock = SiteClock()
    connect = make_stream(camera, Playing(clock=clock, pace=Pace(clock.now), lossless=True))
    with connect() as opened:
        first = next(iter(opened), None)
        if first is None:
            raise InputError(f"{camera.source}: not a single frame")
        frames[camera.name] = first
        info = opened.info
    count = f", {info.frame_count} frames" if info.frame_count else ""
    declared = info.declared_fps
    said = "" if declared is None or declared == info.fps else f" (the file says {declared:g})"
    return f"{info.width}x{info.height}, {info.fps:g} frames/s{said}{count}: {camera.source}"


def detectors(site: Site, frames: Mapping[str, Frame]) -> Iterator[Checked]:
    """Each detector once, tried on the first frames of the cameras that use it."""
    users: dict[AnyDetectorParams, list[Camera]] = {}
    for camera in site.cameras:
        users.setdefault(camera.detector, []).append(camera)
    for params, cameras in users.items():
        look = partial(detector_text, params, cameras, frames)
        yield tried(f"detector {params.kind}", look)


def detector_text(
    params: AnyDetectorParams, cameras: Sequence[Camera], frames: Mapping[str, Frame]
) -> str:
    """What a detector can find, and for whom."""
    bare = make_detector(params)
    for camera in cameras:
        kept = make_detector(bare, keep=camera.kept)
        if camera.name in frames:
            kept.detect([frames[camera.name]])
    names = bare.class_names
    few = ", ".join(names[:NAMED]) + (f" ... ({len(names)} classes)" if names[NAMED:] else "")
    return f"finds {few} for {', '.join(camera.name for camera in cameras)}"


def camera_motions(site: Site) -> Iterator[Checked]:
    """Each way of telling a camera's motion once, where there is one."""
    users: dict[AnyMotionParams, list[str]] = {}
    for camera in site.cameras:
        users.setdefault(camera.camera_motion, []).append(camera.name)
    for params, cameras in users.items():
        if params.kind != "none":
            look = partial(motion_text, params, cameras)
            yield tried(f"camera motion {params.kind}", look)


def motion_text(params: AnyMotionParams, cameras: Sequence[str]) -> str:
    """That it can be told, and for whom."""
    make_camera_motion(params)
    return f"for {', '.join(cameras)}"


def embedders(site: Site, frames: Mapping[str, Frame]) -> Iterator[Checked]:
    """Each embedder once, tried on a crop of a first frame."""
    users: dict[AnyEmbedderParams, list[str]] = {}
    for camera in site.cameras:
        users.setdefault(camera.embedder, []).append(camera.name)
    for params, cameras in users.items():
        if params.kind != "none":
            look = partial(embedder_text, params, cameras, frames)
            yield tried(f"embedder {params.kind}", look)


def embedder_text(
    params: AnyEmbedderParams, cameras: Sequence[str], frames: Mapping[str, Frame]
) -> str:
    """What it is, what runs it, and for whom."""
    embedder = make_embedder(params)
    if embedder is None:
        return "nothing is embedded"
    crops = [frames[name].image[: CROP[0], : CROP[1]] for name in cameras if name in frames]
    if crops:
        embedder.embed(crops)
    return f"for {', '.join(cameras)}: {embedder.name}"


def trackers(site: Site) -> Iterator[Checked]:
    """Each tracker once."""
    users: dict[AnyTrackerParams, list[str]] = {}
    for camera in site.cameras:
        users.setdefault(camera.tracker, []).append(camera.name)
    for params, cameras in users.items():
        make_tracker(params, fps=25.0)
        yield Checked(f"tracker {params.kind}", True, f"for {', '.join(cameras)}")


def linking(site: Site) -> Iterator[Checked]:
    """Each calibration, and what linking will rest on."""
    looked = [
        tried(f"calibration {camera.name}", partial(calibration_text, camera))
        for camera in site.cameras
        if camera.homography is not None
    ]
    yield from looked
    if site.linker is not None:
        broken = {each.what.removeprefix("calibration ") for each in looked if not each.good}
        look = partial(linking_text, site, broken)
        yield tried(f"linker {site.linker.linkage}", look)


def calibration_text(camera: Camera) -> str:
    """What a calibration was read from, and what was taken for granted."""
    if camera.homography is None:
        return "none"
    calibration = read_calibration(camera.homography, camera=camera.name)
    return f"{calibration.told or 'image px to ground m'}: {camera.homography}"


def linking_text(site: Site, broken: Collection[str]) -> str:
    """What linking rests on; a calibration that is broken is told elsewhere."""
    cameras = tuple(
        camera.model_copy(update={"homography": None}) if camera.name in broken else camera
        for camera in site.cameras
    )
    ground = make_topology(site.model_copy(update={"cameras": cameras}))
    looks = any(camera.embedder.kind != "none" for camera in site.cameras)
    return f"rests on {basis(ground, looks=looks)}"


def services(site: Site) -> Iterator[Checked]:
    """The store and the brokers that the site, or the environment, names."""
    url = os.environ.get(STORE) or (site.store.get_secret_value() if site.store else None)
    if url is not None:
        yield tried("store", partial(store_text, url))
    if site.mqtt is not None:
        yield tried("mqtt", partial(mqtt_text, site.mqtt))
    if os.environ.get(BROKER):
        yield tried("broker", broker_text)
