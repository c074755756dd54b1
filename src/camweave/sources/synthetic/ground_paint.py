"""The ground and the sky of a backdrop: materials, markings, grain, haze."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import cv2
import numpy as np

from camweave.core.arrays import F32, F64, I32, U8
from camweave.sources.synthetic.cameras import Pinhole
from camweave.sources.synthetic.optics import HAZE, HAZE_DISTANCE, SHIFT, subpixels
from camweave.sources.synthetic.paths import lay_paths
from camweave.sources.synthetic.plan import Line, Material, Plan, Point

NEAR = 0.8  # m: what is nearer to the lens is cut off
WIDER = 1.2  # pictures to either side beyond which polygons are cut off
MATERIALS: tuple[Material, ...] = (
    "grass", "asphalt", "sidewalk", "paving", "kerb", "paint", "soil", "water",
)  # fmt: skip
COLOURS = {
    "grass": (72, 128, 104), "asphalt": (100, 98, 96), "sidewalk": (164, 170, 174),
    "paving": (148, 168, 190), "kerb": (186, 190, 194), "paint": (226, 230, 232),
    "soil": (82, 110, 140), "water": (176, 148, 92),
}  # fmt: skip
# How strong the grain of each material is, at its three sizes.
GRAIN = {
    "grass": (26, 20, 16), "asphalt": (12, 6, 7), "sidewalk": (6, 4, 5), "paving": (7, 6, 5),
    "kerb": (6, 4, 3), "paint": (14, 8, 6), "soil": (20, 14, 10), "water": (6, 10, 6),
}  # fmt: skip
SIZES = (0.035, 0.14, 0.9)  # m of ground to one cell of the grain
SLABS = {"sidewalk": (1.5, 0.03), "paving": (1.0, 0.035)}  # m: side of a slab, width of a joint
TILE = 256
BLUE = np.array([222.0, 172.0, 118.0])  # BGR of the sky high up
GRAIN_SEED = 20261


def paint_ground(plan: Plan, pinhole: Pinhole) -> F32:
    """Sky and ground (H, W, 3) as light, without things, shadows, or what a sensor does to it."""
    image = _sky(pinhole)
    label = np.full((pinhole.height, pinhole.width), len(MATERIALS), np.uint8)
    far_field = [(-3e3, -3e3), (3e3, -3e3), (3e3, 3e3), (-3e3, 3e3)]
    fill_ground(image, label, pinhole, far_field, material="grass")
    for area in plan.areas:
        fill_ground(image, label, pinhole, area.outline, material=area.material)
    _wear(image, label, plan, pinhole)
    for line in plan.lines:
        for piece in pieces_of(line):
            fill_ground(image, label, pinhole, piece, material=line.material)
    light = image.astype(np.float32)
    _grain(light, label, pinhole)
    _woods(light, pinhole)
    return light


def fill_ground(
    image: U8, label: U8, pinhole: Pinhole, outline: Sequence[Point], *, material: Material
) -> None:
    """Fill a polygon of the ground, and note its material in `label` (H, W)."""
    points = project_polygon(pinhole, np.array([(x, y, 0.0) for x, y in outline]))
    if points is not None:
        cv2.fillPoly(image, [points], COLOURS[material], cv2.LINE_AA, SHIFT)
        cv2.fillPoly(label, [points], MATERIALS.index(material), cv2.LINE_8, SHIFT)


def project_polygon(pinhole: Pinhole, points: F64) -> I32 | None:
    """A polygon (n, 3) m as OpenCV draws it, cut to what is in view; None where nothing is left."""
    seen = pinhole.to_camera(points)
    wide = WIDER * pinhole.width / pinhole.intrinsics[0, 0]
    sides = np.array([(0, 0, 1), (1, 0, wide), (-1, 0, wide), (0, 1, wide), (0, -1, wide)])
    inside = seen @ sides.T - (NEAR, 0, 0, 0, 0)
    highest = inside.max(axis=0)
    if (highest <= 0).any():
        return None
    for number in np.flatnonzero(inside.min(axis=0) <= 0).tolist():
        seen = _cut(seen, seen @ sides[number] - (NEAR if number == 0 else 0.0))
        if not len(seen):
            return None
    return subpixels(pinhole.to_image(seen))


def _cut(points: F64, inside: F64) -> F64:
    """The part (m, 3) of a polygon (n, 3) where `inside` (n,), a linear function, is above 0."""
    if (inside > 0).all():
        return points
    after = np.append(inside[1:], inside[0])
    crosses = (inside > 0) != (after > 0)
    share = inside / np.where(crosses, inside - after, 1.0)
    between = points + (np.roll(points, -1, axis=0) - points) * share[:, None]
    both = np.stack([points, between], axis=1).reshape(-1, points.shape[1])
    return np.asarray(both[np.stack([inside > 0, crosses], axis=1).ravel()])


def pieces_of(line: Line) -> list[list[Point]]:
    """A stripe as polygons: one for each segment or dash."""
    out: list[list[Point]] = []
    for (x0, y0), (x1, y1) in pairwise(line.points):
        length = float(np.hypot(x1 - x0, y1 - y0))
        ax, ay = (x1 - x0) / length, (y1 - y0) / length
        lx, ly = -ay * line.width / 2, ax * line.width / 2
        dash = line.dash if line.dash > 0 else length
        for begin in np.arange(0.0, length - 1e-6, dash + line.gap).tolist():
            end = min(begin + dash, length)
            sx, sy, ex, ey = x0 + ax * begin, y0 + ay * begin, x0 + ax * end, y0 + ay * end
            out.append([(sx + lx, sy + ly), (ex + lx, ey + ly), (ex - lx, ey - ly),
                        (sx - lx, sy - ly)])  # fmt: skip
    return out


def _wear(image: U8, label: U8, plan: Plan, pinhole: Pinhole) -> None:
    """Tyres darken the two tracks of every lane."""
    mask = np.zeros_like(label)
    ways = lay_paths([(route.points, route.radius) for route in plan.drives])
    for number in range(len(ways)):
        points = ways.samples(number)[::6]
        way = np.gradient(points, axis=0)
        left = np.stack([-way[:, 1], way[:, 0]], axis=1) / np.hypot(way[:, 0], way[:, 1])[:, None]
        for inner, outer in ((0.52, 1.08), (-1.08, -0.52)):
            one, other = points + left * inner, points + left * outer
            quads = np.stack([one[:-1], one[1:], other[1:], other[:-1]], axis=1)
            seen = pinhole.to_camera(np.concatenate([quads, np.zeros((*quads.shape[:2], 1))], 2))
            pixels = pinhole.to_image(seen)
            near = (np.abs(pixels) < 2 * pinhole.width).all(axis=(1, 2))
            for quad in subpixels(pixels[near & (seen[..., 2] > NEAR).all(axis=1)]):
                cv2.fillConvexPoly(mask, quad, 255, cv2.LINE_8, SHIFT)
    mask[label != MATERIALS.index("asphalt")] = 0
    soft = cv2.GaussianBlur(mask, (0, 0), 3)
    taken = cv2.multiply(image, cv2.merge([soft] * 3), scale=0.09 / 255)
    cv2.subtract(image, taken, dst=image)


@cache
def grain_tile() -> F32:
    """(TILE, TILE) noise around 0 that repeats without a seam, about -1 to 1."""
    raw = np.random.default_rng(GRAIN_SEED).random((TILE, TILE)).astype(np.float32) - 0.5
    wide = np.tile(raw, (3, 3))
    soft = cv2.GaussianBlur(wide, (0, 0), 1.0)[TILE : 2 * TILE, TILE : 2 * TILE]
    return np.asarray(soft / np.abs(soft).max(), np.float32)


def sampled(tile: F32, x: F32, y: F32) -> F32:
    """The tile (TILE, TILE) read at places (H, W), repeating for ever."""
    mapped = cv2.remap(
        tile,
        np.mod(x, TILE).astype(np.float32),
        np.mod(y, TILE).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )
    return np.asarray(mapped, np.float32)


def _grain(light: F32, label: U8, pinhole: Pinhole) -> None:
    """Texture of the materials and joints between slabs, finer than a pixel nowhere; then haze."""
    rows, columns = np.nonzero(label < len(MATERIALS))
    top = int(rows.min()) if len(rows) else pinhole.height
    height = pinhole.height - top
    if not len(columns) or height == 0:
        return
    x, y, depth = ground_under(pinhole, top)
    footprint = depth / pinhole.intrinsics[0, 0] * 1.5  # m that one pixel spans, about
    ground = label[top:]
    total = np.zeros((height, pinhole.width), np.float32)
    for octave, size in enumerate(SIZES):
        strength = np.array([*(GRAIN[name][octave] for name in MATERIALS), 0], np.float32)
        fade = np.clip(1.5 - footprint / (size * 4), 0, 1)
        total += sampled(grain_tile(), x / size, y / size) * fade * strength[ground]
    for name, (side, joint) in SLABS.items():
        here = ground == MATERIALS.index(name)
        for place in (x, y):
            away = np.abs(np.mod(place / side, 1.0) - 0.5) * side
            line = np.clip((away - side / 2 + np.maximum(joint, footprint)) / footprint, 0, 1)
            total -= here * line * np.clip(joint / footprint, 0, 1) * 26
    light[top:] += total[..., None]
    far = (1 - np.exp(-depth / HAZE_DISTANCE))[..., None] * (ground < len(MATERIALS))[..., None]
    light[top:] += (HAZE.astype(np.float32) - light[top:]) * far
    np.clip(light, 0, 255, out=light)


def ground_under(pinhole: Pinhole, top: int) -> tuple[F32, F32, F32]:
    """Ground x, y and depth (H - top, W) m below the pixels of the rows from `top` on."""
    u = np.arange(pinhole.width, dtype=np.float32) + 0.5
    v = np.arange(top, pinhole.height, dtype=np.float32)[:, None] + 0.5
    a, b, c = pinhole.homography.astype(np.float32)
    away = np.maximum(c[0] * u + (c[1] * v + c[2]), 1e-4)
    x, y = (row[0] * u + (row[1] * v + row[2]) for row in (a, b))
    return (x / away).clip(-1e4, 1e4), (y / away).clip(-1e4, 1e4), 1 / away


def _sky(pinhole: Pinhole) -> U8:
    """A blue gradient with some clouds, by the direction of each pixel."""
    focal, (cx, cy) = pinhole.intrinsics[0, 0], pinhole.intrinsics[:2, 2]
    image = np.full((pinhole.height, pinhole.width, 3), HAZE, np.float32)
    forward = pinhole.rotation[2]
    horizon = cy + focal * forward[2] / np.hypot(forward[0], forward[1])
    rows = np.arange(min(max(int(horizon) + 1, 0), pinhole.height), dtype=np.float32)
    if not len(rows):  # it looks down: no sky
        return np.asarray(np.rint(image).astype(np.uint8))
    x = (np.arange(pinhole.width, dtype=np.float32) - np.float32(cx)) / np.float32(focal)
    y = ((rows - np.float32(cy)) / np.float32(focal))[:, None]
    east, north, up = (
        (x * r + (y * d + f)).astype(np.float32) for r, d, f in pinhole.rotation.T.tolist()
    )
    rise = np.clip(up / np.sqrt(x * x + y * y + 1), 0.0, 1.0)
    around = np.arctan2(north, east)
    puffs = sum(
        (sampled(grain_tile(), around * 22 * k, rise * 260 * k) / k for k in (1.0, 2.0, 4.0)),
        start=np.zeros_like(rise),
    )
    cloud = (np.clip(puffs * 1.6 - 0.25, 0, 0.75) * np.clip(rise * 12, 0, 1))[..., None]
    blue = HAZE + (BLUE - HAZE) * np.clip(rise[..., None] * 2.6, 0, 1)
    image[: len(rows)] = blue + (245.0 - blue) * cloud
    return np.asarray(np.rint(image).astype(np.uint8))


def _woods(light: F32, pinhole: Pinhole) -> None:
    """Two rows of far trees all around, so that the world does not end in a line."""
    center = pinhole.center[:2]
    angles = np.linspace(0, 2 * np.pi, 721)
    for radius, tall, colour in ((420.0, 26.0, (158, 162, 146)), (300.0, 13.0, (122, 144, 120))):
        row = np.tile(grain_tile()[int(radius) % TILE], 3)[:720]
        soft = cv2.blur(np.tile(row, 3)[None], (9, 1))[0, 720:1441]
        tops = tall * (0.9 + 0.9 * soft + 0.12 * np.sin(angles * 7) + 0.1 * np.sin(angles * 31))
        ring = center + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        foot = pinhole.to_camera(np.column_stack([ring, np.zeros(721)]))
        head = pinhole.to_camera(np.column_stack([ring, tops]))
        low, high = subpixels(pinhole.to_image(foot)), subpixels(pinhole.to_image(head))
        for here in np.flatnonzero((foot[:-1, 2] > NEAR) & (foot[1:, 2] > NEAR)):
            quad = np.array([low[here], low[here + 1], high[here + 1], high[here]])
            tone = tuple(float(channel + 8 * row[here % 720]) for channel in colour)
            cv2.fillConvexPoly(light, quad, tone, cv2.LINE_8, SHIFT)
