"""Reports parameters that a stage itself refuses: `high` below `low`, an unknown class name."""

import json
from collections.abc import Iterator
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from camweave.app.site.kinds import USUAL
from camweave.app.site.linker import Linker
from camweave.app.site.model import CameraMotion, Detector, Embedder, Tracker
from camweave.core.errors import InputError
from camweave.formats.document import Place
from camweave.refinement.params import RefineParams

ADAPTERS: Final[dict[str, TypeAdapter[Any]]] = {
    "detector": TypeAdapter(Detector),
    "camera_motion": TypeAdapter(CameraMotion),
    "embedder": TypeAdapter(Embedder),
    "tracker": TypeAdapter(Tracker),
}
OF_SITE: Final[dict[str, TypeAdapter[Any]]] = {  # which no camera has for itself
    "refine": TypeAdapter(RefineParams),
    "linker": TypeAdapter(Linker),
}


def refused_by_stages(data: dict[str, Any]) -> list[tuple[Place, str]]:
    """Place and reason of each refusal; what is refused is replaced, so that it is told once."""
    told = []
    of_site = {stage: refusal(stage, data[stage], ADAPTERS[stage]) for stage in ADAPTERS}
    for stage, reason in of_site.items():
        if reason:
            told.append(((stage, *reason[0]), reason[1]))
            data[stage] = {"kind": USUAL[stage]}
    for at, stage, section, camera in camera_stages(data):
        reason = refusal(stage, section, ADAPTERS[stage])
        if reason:
            camera[stage] = {"kind": USUAL[stage]}
        if reason and reason != of_site[stage]:  # else the camera has it from its site
            told.append((("cameras", at, stage, *reason[0]), reason[1]))
    for stage, adapter in OF_SITE.items():
        reason = refusal(stage, data.get(stage), adapter)
        if reason:
            told.append(((stage, *reason[0]), reason[1]))
            data[stage] = None
    return told


def camera_stages(data: dict[str, Any]) -> Iterator[tuple[int, str, Any, dict[str, Any]]]:
    """Position, stage, section and the camera itself, for every camera that is one."""
    cameras = data.get("cameras")
    for at, camera in enumerate(cameras if isinstance(cameras, list) else []):
        if isinstance(camera, dict):
            yield from ((at, stage, camera[stage], camera) for stage in ADAPTERS)


def refusal(
    stage: str,
    section: Any,  # noqa: ANN401 - a YAML tree
    adapter: TypeAdapter[Any],
) -> tuple[Place, str] | None:
    """Why the stage will not have these parameters; None where only types may be wrong."""
    try:
        adapter.validate_json(json.dumps(section), strict=True)
    except ValidationError:
        return None  # told with the rest of the file
    except InputError as error:
        kind = section.get("kind") if isinstance(section, dict) else ""
        message = str(error).removeprefix(f"{kind}: ")
        message = message.removeprefix(f"{stage}: ").removeprefix(f"{stage.replace('_', ' ')}: ")
        key, colon, rest = message.partition(": ")
        if colon and isinstance(section, dict) and key.isidentifier():
            return (key,), rest
        return (), message
    return None
