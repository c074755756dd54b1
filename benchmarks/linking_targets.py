"""What is asked of the linker's figures, and whether they hold."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

Means = Mapping[str, float]  # linker -> mean multi-camera IDF1 on one world

ASKED: Mapping[tuple[str, str], float] = {
    ("street", "learned"): 0.92,
    ("campus", "learned"): 0.87,
    ("crossroad", "ground"): 0.97,  # its views overlap: it has a calibration
}


class Target(NamedTuple):
    """A figure to reach, and where it comes from."""

    least: float
    why: str


def target(world: str, linker: str, means: Means, *, asked: bool) -> Target | None:
    """The highest of what is asked of this linker; None: nothing is asked of it.

    With `asked`, the world's own figure counts too.
    """
    return max(_targets(world, linker, means, asked=asked), default=None)


def _targets(world: str, linker: str, means: Means, *, asked: bool) -> Iterator[Target]:
    if linker not in {"learned", "layout", "ground"}:
        return
    yield Target(means["specification"] + 0.05, "specification + 5")
    if linker == "learned":
        yield Target(means["strengthened"], "strengthened")
        yield Target(means["layout"] - 0.02, "layout - 2")
    else:
        yield Target(means["strengthened"] + 0.02, "strengthened + 2")
    if asked and (world, linker) in ASKED:
        yield Target(ASKED[world, linker], "asked")


def verdict(reached: float, least: float) -> str:
    """Whether a share reaches another, in points.

    >>> verdict(0.931, 0.92), verdict(0.9, 0.92)
    ('holds by 1.1', '**short by 2.0**')
    """
    points = 100 * (reached - least)
    return f"holds by {points:.1f}" if points >= 0 else f"**short by {-points:.1f}**"
