"""Moves every key of an old file into a draft, and keeps account of each."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Final, TypeAlias

from camweave.app.jobs.convert.fates import Moved, Rates, Refused, Unfit, Used
from camweave.app.jobs.convert.keys import KEYS, fate_of
from camweave.app.jobs.convert.leaves import Leaf
from camweave.app.site.draft import Draft
from camweave.app.site.draft import Path as Key

FILES: Final = frozenset({"source", "mask", "homography", "model", "layout"})
DEEPEST: Final = 8  # ${names} within ${names}

Names: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """What became of one old key."""

    key: str
    to: str  # where it went; empty where it did not go anywhere
    note: str  # why not, or how it was changed


def rewrite(leaves: list[Leaf], draft: Draft, near: "Near") -> list[Account]:
    """Put what can be moved into the draft; one account per key, in the old file's order."""
    rates = Rates(
        frames=rate(
            leaves,
            ("stage2_track.tracker.frame_rate", "stage2_track.params.frame_rate"),
            Rates().frames,
        ),
    )
    names = global_names(leaves)
    cameras = max((leaf.position or 0 for leaf in leaves if is_camera(leaf)), default=0)
    step = Step(draft, rates, names, cameras + 1, near)
    told = {leaf.name: step.account(leaf) for leaf in sorted(leaves, key=precedence)}
    return [told[leaf.name] for leaf in leaves]


def precedence(leaf: Leaf) -> tuple[bool, int]:
    """Where two keys mean one: a camera's own first, then in the order of the table."""
    order = list(KEYS)
    known = order.index(leaf.pattern) if leaf.pattern in KEYS else len(order)
    return leaf.position is None, known


def is_camera(leaf: Leaf) -> bool:
    """Whether the key belongs to a camera of the express run."""
    return leaf.pattern.startswith("EXPRESS.CAMERAS[]") and leaf.position is not None


def rate(leaves: list[Leaf], patterns: tuple[str, ...], usual: float) -> float:
    """The first of these keys that holds a usable rate."""
    for leaf in leaves:
        number = isinstance(leaf.value, int | float) and not isinstance(leaf.value, bool)
        if leaf.pattern in patterns and number and leaf.value > 0:
            return float(leaf.value)
    return usual


def global_names(leaves: list[Leaf]) -> Names:
    """What `${name}` stands for in the staged pipeline's files."""
    return {str(leaf.place[-1]): leaf.value for leaf in leaves if leaf.place[:1] == ("global",)}


def filled_in(value: Any, names: Names) -> Any:  # noqa: ANN401 - a YAML value
    """Text with its `${names}` replaced, as far as they are known."""
    for _ in range(DEEPEST):
        if not isinstance(value, str) or "${" not in value:
            break
        value = Template(value).safe_substitute(names)
    return value


@dataclass(frozen=True, slots=True)
class Near:
    """Turns a path of the old file into one that the new file finds."""

    roots: tuple[Path, ...]  # folders that the old paths may start from
    folder: Path  # of the new file

    def path(self, written: str) -> str:
        """Relative to the new file where the old one is found; else as written."""
        if "://" in written or Path(written).is_absolute():
            return written
        for root in self.roots:
            if (root / written).exists():
                return os.path.relpath(root / written, self.folder)
        return written


@dataclass(frozen=True, slots=True)
class Step:
    """Moves one key after the other."""

    draft: Draft
    rates: Rates
    names: Names
    cameras: int
    near: Near

    def account(self, leaf: Leaf) -> Account:
        """Move one key, or say why not."""
        match fate_of(leaf.pattern):
            case None:
                return Account(leaf.name, "", "not a key of the specification's files")
            case Refused(why):
                return Account(leaf.name, "", why)
            case Used(why):
                return Account(leaf.name, "", f"used: {why}")
            case Moved() as moved:
                return self.move(leaf, moved)

    def move(self, leaf: Leaf, moved: Moved) -> Account:
        """Put one value under its new name."""
        if leaf.value is None:
            return Account(leaf.name, "", "empty in the old file")
        try:
            value = moved.change(self.whole_path(leaf), self.rates)
        except Unfit as reason:
            return Account(leaf.name, "", str(reason))
        if moved.to.rsplit(".", 1)[-1] in FILES and isinstance(value, str):
            value = self.near.path(value)
        put = [self.draft.put(key, value, leaf.name) for key in self.targets(leaf, moved.to)]
        to = moved.to.replace("[]", f"[{leaf.position}]")
        if not any(put):
            return Account(leaf.name, "", f"{to} is set by another key already")
        changed = value != leaf.value
        return Account(leaf.name, to, f"{leaf.value} -> {value}" if changed else "")

    def whole_path(self, leaf: Leaf) -> Any:  # noqa: ANN401 - a YAML value
        """The value with its names filled in; a video with its folder before it."""
        value = filled_in(leaf.value, self.names)
        folder = filled_in(self.names.get("video_dir", ""), self.names)
        return f"{folder}{value}" if leaf.pattern == "global.video_file" else value

    def targets(self, leaf: Leaf, to: str) -> list[Key]:
        """The keys of the draft that a move writes."""
        if not to.startswith("cameras["):
            return [tuple(to.split("."))]
        rest = to.split(".")[1:]
        each = range(self.cameras) if "[*]" in to else [leaf.position or 0]
        return [("cameras", at, *rest) for at in each]
