"""Reads a site file; all problems in it are reported at once."""

import dataclasses
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, SecretStr, ValidationError

from camweave.app.site.kinds import BY_LOOKS
from camweave.app.site.linker import refused_topology
from camweave.app.site.masking import HIDDEN, masked
from camweave.app.site.messages import sentence
from camweave.app.site.model import Camera, Site
from camweave.app.site.refusals import refused_by_stages
from camweave.app.site.rules import rule_problems
from camweave.app.site.settle import STAGES, settled
from camweave.app.site.shapes import at, keys_at
from camweave.core.errors import FileFormatError, SiteError
from camweave.formats.document import Document, Place, parse_document, read_text, shown_value

SHORTEST_SECRET: Final = 4  # characters; shorter values would hide ordinary words
FILES: Final = ("model", "card", "path", "mask")  # fields of stages whose text names one
SQLITE: Final = "sqlite:///"
OWN_STAGE: Final = 3  # steps of ("cameras", 0, "detector")


def read_site(path: str | Path, environment: Mapping[str, str] = os.environ) -> Site:
    """The site described by a YAML file; its paths are relative to that file.

    Raises:
        SiteError: one line per problem: file, line, column, key, and what was expected.
    """
    path = Path(path)
    try:
        text = read_text(path)
    except FileFormatError as error:
        raise SiteError(str(error)) from None
    return parse_site(text, str(path), path.resolve().parent, environment)


def parse_site(
    text: str, name: str, folder: Path, environment: Mapping[str, str] = os.environ
) -> Site:
    """The same from text; `name` stands for the file in messages, `folder` is where paths begin."""
    return site_of(parsed(text, name, environment), folder, environment)


def parsed(text: str, name: str, environment: Mapping[str, str] = os.environ) -> Document:
    """The text of a site file as a mapping of keys.

    Raises:
        SiteError: it is no YAML, or no mapping.
    """
    try:
        document = parse_document(text, name, environment)
    except FileFormatError as error:
        raise SiteError(str(error)) from None
    if not isinstance(document.data, dict):
        has = "nothing" if document.data is None else shown_value(document.data)
        raise SiteError(f"{name}:1:1: expected a mapping of keys (site, cameras ...), got {has}")
    return document


def site_of(document: Document, folder: Path, environment: Mapping[str, str] = os.environ) -> Site:
    """What a mapping of keys means, as a site.

    Raises:
        SiteError: one line per problem.
    """
    data, problems = settled(document)
    problems += rule_problems(document)
    refused = [*refused_topology(data), *refused_by_stages(data)]
    problems += [document.error(*told) for told in refused]
    site = None
    try:
        site = Site.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        problems += model_problems(document, data, error)
    problems += looks_problems(document, site)
    if problems or site is None:
        raise SiteError("\n".join(safe(document, environment, in_order(problems))))
    rebased: Site = absolute(site, folder)
    return rebased


def looks_problems(document: Document, site: Site | None) -> Iterator[str]:
    """A tracker by looks needs somebody who looks."""
    cameras = site.cameras if site is not None else ()
    for at_camera, camera in enumerate(cameras):
        if camera.tracker.kind in BY_LOOKS and camera.embedder.kind == "none":
            own = ("cameras", at_camera, "tracker")
            place = own if own in document.marks else ("tracker",)
            message = f"{camera.tracker.kind} needs an embedder: reid, or histogram"
            yield document.error(place, message)


def model_problems(document: Document, data: Any, error: ValidationError) -> list[str]:  # noqa: ANN401 - a YAML tree
    """What pydantic found, each at its line; a camera does not repeat its site's problems."""
    problems = []
    for found in error.errors(include_url=False):
        place = written_place(data, found["loc"])
        if not inherited(document.data, place):
            known = keys_at(Site, data, place[:-1])
            shown = shown_at(document, place, found["input"])
            problems.append(document.error(place, sentence(found, shown, known)))
    return problems


def written_place(data: Any, loc: Place) -> Place:  # noqa: ANN401 - a YAML tree
    """The place in the file: pydantic's own steps into a union's members are left out."""
    place: list[str | int] = []
    for step in loc:
        kind = data.get("kind") if isinstance(data, dict) else None
        if step == kind and isinstance(data, dict) and step not in data:
            continue
        if step == "[key]":
            continue
        place.append(step)
        data = at(data, step)
    return tuple(place)


def inherited(written: Any, place: Place) -> bool:  # noqa: ANN401 - a YAML tree
    """Whether a camera has this from its site, where it is reported."""
    if len(place) < OWN_STAGE or place[0] != "cameras" or place[2] not in STAGES:
        return False
    camera = at(at(written, "cameras"), place[1])
    own = at(camera, place[2])
    if own is None:
        return True
    if not isinstance(own, dict) or "kind" in own:
        return False
    return len(place) > OWN_STAGE and place[OWN_STAGE] not in own


def shown_at(document: Document, place: Place, value: object) -> str:
    """A value for a message; what came from the environment is named, not shown."""
    return document.variables.get(place) or shown_value(value)


def in_order(problems: list[str]) -> list[str]:
    """By line and column, each once."""

    def position(problem: str) -> tuple[int, int]:
        for part, column in zip(problem.split(":")[1:], problem.split(":")[2:], strict=False):
            if part.isdigit() and column.isdigit():
                return int(part), int(column)
        return 0, 0

    return sorted(dict.fromkeys(problems), key=position)


def safe(document: Document, environment: Mapping[str, str], problems: list[str]) -> list[str]:
    """The same without passwords and without what came from the environment."""
    names = {name for text in document.variables.values() for name in environment if name in text}
    secrets = [environment[name] for name in names if len(environment[name]) >= SHORTEST_SECRET]
    for secret in sorted(secrets, key=len, reverse=True):
        problems = [problem.replace(secret, HIDDEN) for problem in problems]
    return [masked(problem) for problem in problems]


def absolute(value: Any, folder: Path) -> Any:  # noqa: ANN401 - models, dataclasses, tuples and plain values
    """The same value with every path in it beginning at the root."""
    if isinstance(value, Path):
        return folder / value.expanduser()
    if isinstance(value, tuple):
        return tuple(absolute(item, folder) for item in value)
    if isinstance(value, BaseModel):
        changed = {
            name: absolute(getattr(value, name), folder) for name in type(value).model_fields
        }
        if isinstance(value, Camera):
            changed["source"] = absolute_source(value.source, folder)
        if isinstance(value, Site) and value.store is not None:
            changed["store"] = SecretStr(absolute_store(value.store.get_secret_value(), folder))
        return value.model_copy(update=changed)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(value, **stage_files(value, folder))
    return value


def stage_files(params: Any, folder: Path) -> dict[str, Any]:  # noqa: ANN401 - any stage's dataclass
    """The fields of a stage's parameters that name a file, with their absolute paths."""
    found = {each.name: getattr(params, each.name) for each in dataclasses.fields(params)}
    return {
        name: type(value)(folder / Path(value).expanduser())
        for name, value in found.items()
        if isinstance(value, Path) or (isinstance(value, str) and name in FILES)
    }


def absolute_store(url: str, folder: Path) -> str:
    """A store's address that means the same in every folder.

    >>> absolute_store("sqlite:///tracks.db", Path("/srv/site"))
    'sqlite:////srv/site/tracks.db'
    """
    if not url.startswith(SQLITE):
        return url
    return SQLITE + str(folder / Path(url.removeprefix(SQLITE)).expanduser())


def absolute_source(source: str, folder: Path) -> str:
    """A file or folder begins at the root; addresses and devices stay as they are."""
    if "://" in source or source.startswith("synthetic:") or source.isdigit():
        return source
    return str(folder / Path(source).expanduser())
