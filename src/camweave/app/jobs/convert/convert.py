"""`convert`: an old configuration file in, a site file and an account of every key out."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from camweave.app.build.sources import camera_name
from camweave.app.jobs.convert.leaves import leaves
from camweave.app.jobs.convert.rewrite import Account, Near, rewrite
from camweave.app.site.draft import Draft
from camweave.app.site.kinds import BY_LOOKS
from camweave.app.site.load import parse_site
from camweave.core.errors import FileFormatError
from camweave.formats.atomic import written_whole
from camweave.formats.document import parse_document, read_text
from camweave.formats.layout import Layout, is_layout, parse_layout, read_layout

NO_VIDEO: Final = "the old file names no video: put yours here"
NO_LOOKS: Final = "the old file names no re-identification model: reid, with yours, is better"
NO_MODEL: Final = "the old file names no model: put yours here"


@dataclass(frozen=True, slots=True)
class Conversion:
    """A site file, and what became of every key of the old one."""

    text: str
    accounts: tuple[Account, ...]


class AsWritten(Mapping[str, str]):
    """An environment in which `${name}` stays `${name}`: the old files mean their own keys."""

    def __getitem__(self, name: str) -> str:
        return f"${{{name}}}"

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def convert(old: str | Path, out: str | Path | None = None) -> Conversion:
    """The site file that does what `old` did; written to `out` where one is given.

    `old` is a YAML file of the live, batch, staged or distributed programs, or a camera layout
    text. Its paths are looked for beside it, above it and in the working folder.

    Raises:
        SiteError: `old` is no YAML, or holds a value that no site file may have.
        FileFormatError: it holds none of the known keys, or the layout it names is broken.
        OutputError: `out` could not be written.
    """
    old = Path(old)
    folder = Path(out).resolve().parent if out else old.resolve().parent
    text = read_text(old)
    converted = from_layout(text, str(old)) if is_layout(text) else from_yaml(text, old, folder)
    parse_site(converted.text, str(out or "converted"), folder)  # before it is kept
    if out:
        with written_whole(Path(out)) as part:
            part.write_text(converted.text, encoding="utf-8")
    return converted


def from_yaml(text: str, old: Path, folder: Path) -> Conversion:
    """A YAML file of any of the old programs."""
    document = parse_document(text, str(old), AsWritten())
    flat = list(leaves(document.data)) if isinstance(document.data, dict) else []
    draft = Draft()
    draft.put(("site",), site_name(old))
    beside = old.resolve().parent
    near = Near((Path.cwd(), beside, *beside.parents[:2]), folder)
    accounts = rewrite(flat, draft, near)
    if not any(account.to or account.note.startswith("used") for account in accounts):
        raise FileFormatError(f"{old}: none of its keys is one of the specification's")
    accounts = fold_layout(draft, accounts, folder)
    complete(draft)
    return Conversion(with_refusals(draft, old, accounts), tuple(accounts))


def from_layout(text: str, name: str) -> Conversion:
    """A camera layout text alone: rates, offsets and transitions, videos to be filled in."""
    layout = parse_layout(text, name)
    draft = Draft()
    draft.put(("site",), site_name(Path(name)))
    for at in range(len(layout.fps)):
        draft.put(("cameras", at, "name"), f"cam_{at}")
    put_layout(draft, layout)
    complete(draft)
    accounts = [
        Account("fps, scales", "cameras[].fps", "fps times scale"),
        Account("offset", "cameras[].offset", ""),
        Account("compatibility, dtmin, dtmax", "linker.transitions", "s: least, most"),
    ]
    return Conversion(with_refusals(draft, Path(name), accounts), tuple(accounts))


def fold_layout(draft: Draft, accounts: list[Account], folder: Path) -> list[Account]:
    """Take a layout file that can be found apart, into its cameras and transitions."""
    written = draft.values.get(("linker", "layout"))
    path = Path(os.path.normpath(folder / str(written)))  # the new file's folder may not exist yet
    if written is None or not path.is_file():
        return accounts
    layout = read_layout(path)
    count = len({key[1] for key in draft.values if key[0] == "cameras"})
    if count != len(layout.fps):
        raise FileFormatError(f"{path}: {len(layout.fps)} cameras, where EXPRESS has {count}")
    for at in range(count):
        draft.put(("cameras", at, "name"), f"cam_{at}")
    del draft.values["linker", "layout"]
    put_layout(draft, layout)
    to = "cameras[].fps, cameras[].offset, linker.transitions"
    return [
        replace(each, to=to, note=f"read from {written}") if each.to == "linker.layout" else each
        for each in accounts
    ]


def put_layout(draft: Draft, layout: Layout) -> None:
    """Rates, offsets and transitions of a layout."""
    rows = zip(layout.fps, layout.scales, layout.offset, strict=True)
    for at, (fps, scale, offset) in enumerate(rows):
        draft.put(("cameras", at, "fps"), fps * scale, "layout: fps * scale")
        draft.put(("cameras", at, "offset"), offset, "layout: offset, s")
    for (i, j), window in layout.windows.items():
        names = [str(draft.values["cameras", at, "name"]) for at in (i, j)]
        draft.put(("linker", "transitions", " -> ".join(names)), list(window))


def complete(draft: Draft) -> None:
    """Give the draft what every site file needs."""
    cameras = sorted({key[1] for key in draft.values if key[0] == "cameras"}, key=int) or [0]
    for at in cameras:
        draft.put(("cameras", at, "name"), f"cam_{at}")
        name = draft.values["cameras", at, "name"]
        draft.put(("cameras", at, "source"), f"{name}.mp4", NO_VIDEO)
    own = [key for key in draft.values if key[0] == "cameras" and key[2] == "detector"]
    if own or has(draft, "detector"):
        draft.put(("detector", "kind"), "yolo")
        model = next((draft.values[key] for key in own if key[-1] == "model"), None)
        draft.put(("detector", "model"), model or "model.onnx", "" if model else NO_MODEL)
    if has(draft, "embedder"):
        draft.put(("embedder", "kind"), "reid")
    if has(draft, "tracker"):
        draft.put(("tracker", "kind"), "bytetrack")
    if draft.values.get(("tracker", "kind")) in BY_LOOKS:
        draft.put(("embedder", "kind"), "histogram", NO_LOOKS)


def has(draft: Draft, section: str) -> bool:
    """Whether anything was put into a section."""
    return any(key[0] == section for key in draft.values)


def site_name(old: Path) -> str:
    """A site is called after its old file."""
    return camera_name(old.stem)


def with_refusals(draft: Draft, old: Path, accounts: list[Account]) -> str:
    """The site file, closed by the keys that did not come along."""
    lines = [f"# Converted from {old.name} by `camweave convert`.", draft.text()]
    left = [account for account in accounts if not account.to]
    if left:
        lines.append("# Not taken over:")
        lines += [f"#   {each.key}: {each.note}" for each in left]
    return "\n".join(lines).rstrip("\n") + "\n"
