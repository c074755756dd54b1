"""Gives every camera all its stages: the site's, with its own changes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from camweave.app.site.kinds import KINDS, USUAL, kind_problem
from camweave.formats.document import Document, Place, shown_value

Tree: TypeAlias = dict[str, Any]

STAGES: Final = tuple(USUAL)


def settled(document: Document) -> tuple[Tree, list[str]]:
    """The data with a full section per stage in the site and in each camera, and all problems.

    A stage may be written as one word, its kind. A camera's section that names a kind stands
    alone; one without changes only the keys it names. A section of an unknown kind is reported
    here and replaced, so that it is reported once.
    """
    data: Tree = dict(document.data)
    problems: list[str] = []
    for stage in STAGES:
        problems += kind_problems(document, (stage,), data.get(stage))
        data[stage] = section(stage, data.get(stage), {})
    cameras = data.get("cameras")
    if isinstance(cameras, list):
        data["cameras"] = [
            with_stages(camera, data) if isinstance(camera, dict) else camera for camera in cameras
        ]
        for place, own in camera_sections(document):
            problems += kind_problems(document, place, own)
    return data, problems


def camera_sections(document: Document) -> Iterator[tuple[Place, Any]]:
    """The stages that each camera has sections of its own for."""
    for at, camera in enumerate(document.data["cameras"]):
        if isinstance(camera, dict):
            yield from ((("cameras", at, key), camera[key]) for key in STAGES if key in camera)


def with_stages(camera: Tree, site: Mapping[str, Any]) -> Tree:
    """A camera with all its stages."""
    return camera | {stage: section(stage, camera.get(stage), site[stage]) for stage in STAGES}


def section(stage: str, written: Any, around: Any) -> Any:  # noqa: ANN401 - a YAML tree
    """One stage's section in full; `around` is what the site says, empty for the site itself."""
    if written is None:
        return around or {"kind": USUAL[stage]}
    if isinstance(written, str):
        written = {"kind": written}
    if not isinstance(written, dict):
        return written
    if "kind" not in written:
        return ({"kind": USUAL[stage]} | around if isinstance(around, dict) else {}) | written
    return written if written["kind"] in KINDS[stage] else {"kind": USUAL[stage]}


def kind_problems(document: Document, place: Place, written: Any) -> list[str]:  # noqa: ANN401 - a YAML tree
    """Why there is no stage of this section's kind."""
    stage = str(place[-1])
    kind = written.get("kind") if isinstance(written, dict) else written
    if not isinstance(kind, str):
        said = isinstance(written, dict) and "kind" in written
        told = f"expected one of {', '.join(KINDS[stage])}, got {shown_value(kind)}"
        return [document.error((*place, "kind"), told)] if said else []
    where = (*place, "kind") if isinstance(written, dict) else place
    problem = kind_problem(stage, kind)
    return [document.error(where, problem)] if problem else []
