"""Where objects stand: boxes to places on the ground, each with its error."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.sightings import Paths
from camweave.core.tracks import Tracklets
from camweave.ops.calibration import Calibration
from camweave.ops.earth import Origin, to_metres
from camweave.ops.ground import feet_of

BODY: Final = 1.7  # m, the height of who walks about, by which a grid's step is told
ENOUGH: Final = 10  # boxes for that
SMALL: Final = {2: "cm", 3: "mm"}  # by decades below a metre
NEARLY: Final = 0.35  # decades
TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundParams:
    """How far a place on the ground can be trusted. Shares are of the height of box or image."""

    foot_noise: float = 0.03  # of the box's height: standard deviation of a foot point
    least_noise: float = 1.0  # px
    cut_noise: float = 0.4  # of the box's height, where the image's lower edge cuts the feet off
    map_noise: float = 0.005  # of the image's height: what a calibration is off by, in px
    map_error: float = 0.35  # m: what views differ by, however near they are
    depth: float = 0.4  # of the apparent width: from the lower edge of a box to the middle
    widest: float = 6.0  # m, a width that is believed
    border: float = 2.0  # px: a box that comes so near to the edge is cut
    most_sigma: float = 5.0  # m: what is less sure has no place
    rate: float = 5.0  # places a second, at most


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where N boxes stand."""

    xy: F64  # (N, 2) m; NaN: nowhere, beyond the horizon or too unsure
    noise: F64  # (N, 2, 2) m²: new in each frame
    bias: F64  # (N, 2, 2) m²: the calibration's, the same in the next frame
    cut: Bool  # (N,) the image's lower edge cuts the feet off

    @property
    def covariance(self) -> F64:
        """(N, 2, 2) m²: of one place, against the truth."""
        return self.noise + self.bias

    @property
    def sigma(self) -> F64:
        """(N,) m: standard deviation to either side."""
        return np.asarray(np.sqrt(np.einsum("nii->n", self.covariance) / 2))


def standing(
    calibration: Calibration,
    xyxy: F32,
    size: tuple[int, int],
    params: GroundParams | None = None,
) -> Standing:
    """Where boxes (N, 4) of an image of `size` (width, height; 0 while unknown) stand, in m.

    The lower edge of a box is the near side of what stands there; its middle is taken to lie
    `depth` apparent widths further from the camera. What the pixel errors amount to on the
    ground comes from the slope of the map.
    """
    p = params or GroundParams()
    box = xyxy.astype(np.float64)
    width, height = box[:, 2] - box[:, 0], np.maximum(box[:, 3] - box[:, 1], 1.0)
    feet = np.stack([(box[:, 0] + box[:, 2]) / 2, box[:, 3]], axis=1)
    slope = calibration.slope(feet)
    across = np.linalg.norm(slope[:, :, 0], axis=1)
    away = -slope[:, :, 1] / np.maximum(np.linalg.norm(slope[:, :, 1], axis=1), TINY)[:, None]
    depth = p.depth * np.minimum(across * width, p.widest)
    cut = box[:, 3] >= size[1] - p.border if size[1] else np.zeros(len(box), np.bool_)
    side = (box[:, 0] <= p.border) | (box[:, 2] >= size[0] - p.border) if size[0] else cut
    pixel = np.maximum(p.foot_noise * height, p.least_noise)
    noise = np.stack([np.hypot(pixel, side * width / 4), pixel + cut * p.cut_noise * height], 1)
    shift = np.hypot(p.foot_noise * height, p.map_noise * (size[1] or height))
    made = Standing(
        calibration.to_ground(feet) + away * depth[:, None],
        _spread(slope, noise),
        _spread(slope, np.stack([shift, shift], 1)) + np.eye(2) * p.map_error**2,
        np.asarray(cut),
    )
    sure = np.nan_to_num(made.sigma, nan=np.inf) <= p.most_sigma
    return replace(made, xy=np.where(sure[:, None], made.xy, np.nan))


def paths_of(
    tracklets: Tracklets,
    calibration: Calibration | F64,
    params: GroundParams | None = None,
) -> Paths:
    """Where each tracklet stood, in order of time: at most `rate` places a second.

    A homography alone (3, 3) maps ideal pixels to metres. Places of cut feet, beyond the horizon
    and less sure than `most_sigma` are left out. A place is the mean over its part of a second.

    Raises:
        InputError: a singular homography, or a map that is not in metres (see `in_metres`).
    """
    p = params or GroundParams()
    known = calibration if isinstance(calibration, Calibration) else Calibration(calibration)
    if known.unit != "m":
        raise InputError(
            f"camera {tracklets.camera}: its map is in {known.unit}, not in metres. "
            "Bring the site's maps together first (in_metres)"
        )
    facing = known.facing(feet_of(tracklets.xyxy)) if len(tracklets.xyxy) else known
    found = standing(facing, tracklets.xyxy, (tracklets.width, tracklets.height), p)
    owner = np.repeat(np.arange(len(tracklets)), np.diff(tracklets.offsets))
    rows = np.flatnonzero(np.isfinite(found.xy).all(axis=1) & ~found.cut)
    return thinned(
        owner[rows],
        tracklets.time[rows],
        found.xy[rows],
        found.sigma[rows],
        count=len(tracklets),
        rate=p.rate,
    )


def thinned(owner: I64, time: F64, xy: F64, sigma: F64, *, count: int, rate: float) -> Paths:
    """Places (P,) of `count` owners, in order of owner and time, as means of `rate` a second."""
    span = np.floor(time * rate).astype(np.int64)
    first = np.flatnonzero(np.r_[True, (np.diff(owner) != 0) | (np.diff(span) != 0)][: len(time)])
    if not len(first):
        return Paths.none(count)
    weight = 1 / np.square(sigma)
    total = np.add.reduceat(weight, first)
    columns = np.column_stack([time, xy, sigma]) * weight[:, None]
    mean = np.add.reduceat(columns, first, axis=0) / total[:, None]
    offsets = np.searchsorted(owner[first], np.arange(count + 1)).astype(np.int64)
    return Paths(offsets, mean[:, 0].copy(), mean[:, 1:3].copy(), mean[:, 3].copy())


def in_metres(
    calibrations: Mapping[CameraId, Calibration], boxes: Mapping[CameraId, F32]
) -> tuple[dict[CameraId, Calibration], Origin | None]:
    """The maps of one site, all in the same metres, horizons put where no box stands.

    Degrees become metres east and north of an origin within the site, which is given back. The
    step of a grid is told by the height of the boxes: people are 1.7 m. A map in which they would
    be 170 or 1700 m high is one in cm or mm.

    Raises:
        InputError: maps of different units, or too few boxes to tell the step of a grid.
    """
    made = {name: _facing(each, boxes.get(name)) for name, each in calibrations.items()}
    units = sorted({each.unit for each in made.values()})
    if len(units) > 1:
        raise InputError(f"calibrations: units differ ({', '.join(units)}). Give all in one")
    if units == ["unknown"]:
        step = _step(made, boxes)
        return {name: each.scaled(step) for name, each in made.items()}, None
    if units == ["degree"]:
        origin = _origin(made, boxes)
        return {name: each.moved(to_metres(origin), "m") for name, each in made.items()}, origin
    return {name: _sized(each, boxes.get(name)) for name, each in made.items()}, None


def _facing(calibration: Calibration, xyxy: F32 | None) -> Calibration:
    known = xyxy is not None and len(xyxy) and calibration.lens is None
    return calibration.facing(feet_of(xyxy)) if known and xyxy is not None else calibration


def _sized(calibration: Calibration, xyxy: F32 | None) -> Calibration:
    """The same; in metres, where it is in cm or mm by what its boxes are high."""
    told = _heights(calibration, xyxy)
    if len(told) < ENOUGH:
        return calibration
    decades = float(np.log10(np.median(told) / BODY))
    tens = round(decades)
    if tens not in SMALL or abs(decades - tens) > NEARLY:
        return calibration
    taken = f"lengths taken to be {SMALL[tens]}: people would be {np.median(told):.0f} m high"
    made = calibration.scaled(10.0**-tens)
    return replace(made, told="; ".join(filter(None, (calibration.told, taken))))


def _step(calibrations: Mapping[CameraId, Calibration], boxes: Mapping[CameraId, F32]) -> float:
    """Metres of a grid's step: boxes' heights, as wide as they would be where they stand."""
    told = np.concatenate([_heights(each, boxes.get(name)) for name, each in calibrations.items()])
    if len(told) < ENOUGH:
        raise InputError(
            f"calibrations: the step of their grid is unknown, and {len(told)} boxes do not tell "
            "it. Give homographies in metres"
        )
    return BODY / float(np.median(told))


def _heights(calibration: Calibration, xyxy: F32 | None) -> F64:
    """How high boxes are in the map's lengths, of those that show it."""
    if xyxy is None or not len(xyxy):
        return np.empty(0)
    across = np.linalg.norm(calibration.slope(feet_of(xyxy))[:, :, 0], axis=1)
    told = across * (xyxy[:, 3] - xyxy[:, 1])
    return np.asarray(told[np.isfinite(told) & (told > 0)])


def _origin(calibrations: Mapping[CameraId, Calibration], boxes: Mapping[CameraId, F32]) -> Origin:
    """Degrees, rounded to a thousandth, so that it stays where it is when boxes are added."""
    empty = np.empty((0, 4), np.float32)
    places = np.concatenate(
        [each.to_ground(feet_of(boxes.get(name, empty))) for name, each in calibrations.items()]
    )
    places = places[np.isfinite(places).all(axis=1)]
    if not len(places):
        raise InputError("calibrations: no box stands on their ground. Check their direction")
    latitude, longitude = np.median(places, axis=0).round(3).tolist()
    return latitude, longitude


def _spread(slope: F64, noise: F64) -> F64:
    moved = slope * noise[:, None, :]
    return np.asarray(np.einsum("nij,nkj->nik", moved, moved))
