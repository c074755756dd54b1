"""Where in each camera's picture objects come into view and leave it, drawn around such places."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.frame import CameraId
from camweave.core.topology import Zone
from camweave.sources.synthetic.plan import CameraSpec
from camweave.sources.synthetic.sight import Stay

APART = 0.09  # of the width: places nearer than this are of one zone
MARGIN = 0.045  # of the width: how far a zone reaches beyond its places


def draw_zones(specs: Sequence[CameraSpec], stays: Sequence[Stay]) -> tuple[Zone, ...]:
    """The zones of all cameras, from left to right in each."""
    return tuple(
        zone
        for spec in specs
        for zone in _zones(spec, [stay for stay in stays if stay.sure and stay.camera == spec.name])
    )


def _zones(spec: CameraSpec, stays: Sequence[Stay]) -> Iterator[Zone]:
    if not stays:
        return
    places = np.array([stay.entry for stay in stays] + [stay.exit for stay in stays])
    enters = np.arange(len(places)) < len(stays)
    group = _groups(places, APART * spec.width)
    order = sorted(set(group.tolist()), key=lambda one: places[group == one].mean(axis=0).tolist())
    for number, one in enumerate(order):
        kinds = set(enters[group == one].tolist())
        yield Zone(
            camera=CameraId(spec.name),
            name=f"zone_{number + 1}",
            outline=_outline(places[group == one], spec),
            ways="both" if len(kinds) > 1 else "entry" if True in kinds else "exit",
        )


def _groups(places: F64, apart: float) -> I64:
    """(N,) the same number for places that a chain of steps shorter than `apart` joins."""
    near = np.hypot(*(places[:, None] - places).transpose(2, 0, 1)) < apart
    group = np.arange(len(places))
    while True:
        least = np.where(near, group, len(places)).min(axis=1)
        if (least == group).all():
            return np.asarray(group, np.int64)
        group = least


def _outline(places: F64, spec: CameraSpec) -> tuple[tuple[float, float], ...]:
    """The hull around the places and a margin, cut to the picture."""
    step = MARGIN * spec.width
    corners = np.array([(-step, -step), (step, -step), (step, step), (-step, step)])
    around = (places[:, None] + corners).reshape(-1, 2).clip(0, (spec.width, spec.height))
    hull = cv2.convexHull(around.astype(np.float32))[:, 0]
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in hull)
