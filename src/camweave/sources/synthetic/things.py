"""Things that stand still, as painted polygons: houses, trees, posts, blocks, parked vehicles."""

import numpy as np

from camweave.core.arrays import F64
from camweave.sources.synthetic.facades import building_faces
from camweave.sources.synthetic.foliage import hedge_leaves, tree_layers
from camweave.sources.synthetic.footprints import Footprints
from camweave.sources.synthetic.looks import BODIES, SLOTS, Looks
from camweave.sources.synthetic.optics import Optics
from camweave.sources.synthetic.plan import Block, Building, Colour, Parked, Post, Thing, Tree
from camweave.sources.synthetic.solids import (
    Standing,
    box_faces,
    box_paint,
    is_seen,
    painted,
    pole,
    square,
    upright,
)
from camweave.sources.synthetic.sprites import Paint, unroll
from camweave.sources.synthetic.vehicle_models import MODELS
from camweave.sources.synthetic.vehicle_sprites import vehicle_parts
from camweave.sources.synthetic.world import Poses

POST_REACH = 3.5  # m across that a post with its arm takes
STEEL: Colour = (104, 106, 102)


def standing(thing: Thing, optics: Optics, *, shadows: bool = True) -> list[Standing]:
    """The thing as the camera sees it, in one or two layers; nothing where it is out of view."""
    middle, radius = ball_around(thing)
    foot = optics.shadow_of(middle)
    ground = float(np.hypot(*(foot - middle)[:2])) + radius
    if not is_in_view(optics, middle, radius) and not (
        shadows and is_in_view(optics, foot, ground)
    ):
        return []
    match thing:
        case Building():
            return [_building(thing, optics, bare=not shadows)]
        case Tree():
            return tree_layers(thing, optics)
        case Post():
            return [_post(thing, optics)]
        case Block():
            return [_block(thing, optics)]
        case Parked():
            return [_parked(thing, optics)]


def ball_around(thing: Thing) -> tuple[F64, float]:
    """The middle (3,) and radius, m, of a ball that holds the thing."""
    if isinstance(thing, Building | Block):
        place, wide, tall = thing.center, float(np.hypot(*thing.size)), thing.height
    elif isinstance(thing, Parked):
        model = MODELS[BODIES.index(thing.body)]
        place, wide, tall = thing.at, model.length * 1.1, model.height
    else:
        wide = 2.6 * thing.crown if isinstance(thing, Tree) else POST_REACH
        place, tall = thing.at, thing.height
    return np.array([*place, tall / 2]), float(np.hypot(wide, tall) / 2 + 0.5)


def is_in_view(optics: Optics, middle: F64, radius: float) -> bool:
    """Whether a ball may touch the picture."""
    pinhole = optics.pinhole
    right, down, ahead = np.abs(pinhole.to_camera(middle)).tolist()
    if float(pinhole.to_camera(middle)[2]) < -radius:
        return False
    slopes = (
        (right, pinhole.width / 2 / pinhole.intrinsics[0, 0]),
        (down, pinhole.height / 2 / pinhole.intrinsics[1, 1]),
    )
    return all(out <= slope * ahead + radius * float(np.hypot(1, slope)) for out, slope in slopes)


def _building(thing: Building, optics: Optics, *, bare: bool) -> Standing:
    """A house; a bare one is without its windows, which hide nobody that the walls do not."""
    center, half = np.array(thing.center), np.array(thing.size) / 2
    paint: list[Paint] = []
    walls = list(box_faces(center, half, 0.0, thing.height))
    for points, normal in walls:
        if is_seen(optics, points, normal):
            paint += painted(optics, points, thing.colour, normal)
            for piece, colour, lit in building_faces(thing, points, normal, bare=bare):
                paint += painted(optics, piece, colour, normal if lit else None)
    footprint = square(thing.center, (half[0], half[1]))
    shadow = [points for points, _ in walls]
    return Standing(footprint, paint=paint, shadow=shadow)


def _post(thing: Post, optics: Optics) -> Standing:
    x, y = thing.at
    angle = np.radians(thing.facing)
    ahead = np.array([np.cos(angle), np.sin(angle)])
    paint = pole(optics, thing.at, span=(0.0, 0.9), radius=0.11, colour=STEEL)
    paint += pole(optics, thing.at, span=(0.9, thing.height), radius=0.065, colour=STEEL)
    if thing.kind == "lamp":
        tip = np.array(thing.at) + ahead * 1.5
        arm = np.array([(x, y, thing.height), (*tip, thing.height + 0.25),
                        (*tip, thing.height + 0.35), (x, y, thing.height + 0.12)])  # fmt: skip
        paint += painted(optics, arm, STEEL, None)
        head = (thing.height + 0.2, thing.height + 0.38)
        paint += box_paint(optics, tip, np.array([0.32, 0.32]), span=head, colour=(208, 220, 226))
    else:
        paint += _head(thing, ahead, optics)
    plate = upright(thing.at, (0.0, thing.height), 0.09)
    return Standing(square(thing.at, (0.15, 0.15)), paint=paint, shadow=[plate])


def _head(thing: Post, ahead: F64, optics: Optics) -> list[Paint]:
    """The box with three lamps, or a round sign."""
    middle = np.array(thing.at) + ahead * 0.16
    across = np.array([-ahead[1], ahead[0], 0.0])
    front = np.array([*(middle + ahead * 0.17), 0.0])
    faces_us = bool((optics.pinhole.center - front)[:2] @ ahead > 0)
    up = np.array([0.0, 0.0, 1.0])
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)[:, None]
    ring = np.cos(angle) * across + np.sin(angle) * up
    if thing.kind == "sign":
        disc = front + up * (thing.height - 0.3) + ring * 0.32
        inner = front + up * (thing.height - 0.3) + ring * 0.22
        colours: tuple[Colour, Colour] = ((40, 40, 190), (235, 235, 235))
        rims = painted(optics, disc, colours[0] if faces_us else (150, 150, 150), None)
        return rims + (painted(optics, inner, colours[1], None) if faces_us else [])
    span = (thing.height - 1.0, thing.height)
    paint = box_paint(optics, middle, np.array([0.16, 0.16]), span=span, colour=(40, 42, 40))
    lamps: tuple[Colour, ...] = ((60, 60, 210), (50, 150, 190), (70, 140, 60))
    for number, colour in enumerate(lamps if faces_us else ()):
        paint += painted(optics, front + up * (thing.height - 0.2 - 0.3 * number) + ring * 0.11,
                         colour, None)  # fmt: skip
    return paint


def _block(thing: Block, optics: Optics) -> Standing:
    center, half = np.array(thing.center), np.array(thing.size) / 2
    paint = box_paint(optics, center, half, span=(0.0, thing.height), colour=thing.colour)
    if thing.style == "hedge":
        paint += hedge_leaves(thing, optics)
    if thing.style == "kiosk":
        paint += _kiosk(thing, optics)
    footprint = square(thing.center, (half[0], half[1]))
    shadow = [points for points, _ in box_faces(center, half, 0.0, thing.height)]
    return Standing(footprint, paint=paint, shadow=shadow)


def _kiosk(thing: Block, optics: Optics) -> list[Paint]:
    center, half = np.array(thing.center), np.array(thing.size) / 2
    paint: list[Paint] = []
    for points, normal in box_faces(center, half, 0.9, thing.height - 0.5):
        if normal[2] == 0 and is_seen(optics, points, normal):
            a, b, c, d = points
            glass = np.array([a + 0.1 * (b - a), a + 0.9 * (b - a), d + 0.9 * (c - d),
                              d + 0.1 * (c - d)])  # fmt: skip
            paint += painted(optics, glass, (92, 80, 70), normal)
    roof = (thing.height, thing.height + 0.25)
    return paint + box_paint(optics, center, half + 0.45, span=roof, colour=(60, 70, 150))


def _parked(thing: Parked, optics: Optics) -> Standing:
    body = BODIES.index(thing.body)
    angle = np.radians(thing.heading)
    heading = np.array([[np.cos(angle), np.sin(angle)]])
    one = np.zeros(1)
    poses = Poses(np.zeros(1, np.int64), np.zeros(1, np.int64), np.array([thing.at], np.float64),
                  heading, one, one, one)  # fmt: skip
    paints = np.array([[thing.colour] * SLOTS], np.uint8)
    number = np.array([body], np.int64)
    zero = np.zeros(1, np.int64)
    looks = Looks(zero, number, np.ones(1), np.ones(1), zero, zero, paints)
    parts, _ = vehicle_parts(body, poses, looks, optics, painted=True)
    model = MODELS[body]
    half = np.array([[model.length / 2, model.width / 2]])
    footprint = Footprints(poses.xy, heading, half)
    corners = footprint.corners()[0]
    hull = [np.column_stack([corners, np.full(4, z)]) for z in (0.1, model.height * 0.6)]
    roof = corners * 0.75 + corners.mean(axis=0) * 0.25
    hull.append(np.column_stack([roof, np.full(4, model.height)]))
    paint: list[Paint] = unroll(parts)[1][0]
    return Standing(footprint, paint=paint, shadow=hull)
