"""Which keys are allowed at each place of the site file, read from the models."""

import dataclasses
from types import UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from camweave.formats.document import Place

Type: TypeAlias = Any  # an annotation: a class, a union, list[...], Annotated[...]


def keys_at(root: type[BaseModel], data: Any, place: Place) -> list[str]:  # noqa: ANN401 - a YAML tree
    """The keys of the mapping at `place`; none where there is no mapping of fixed keys."""
    kinds = [root]
    for step in place:
        inner = [deeper for kind in kinds for deeper in step_into(kind, step)]
        data = at(data, step)
        kinds = chosen(inner, data)
    return [name for kind in kinds for name in fields(kind)]


def at(data: Any, step: str | int) -> Any:  # noqa: ANN401 - a YAML tree
    """One step into plain data; None where there is nothing."""
    if isinstance(step, int):
        return data[step] if isinstance(data, list) and step < len(data) else None
    return data.get(step) if isinstance(data, dict) else None


def step_into(kind: Type, step: str | int) -> list[Type]:
    """What may stand under a key or a list position of `kind`."""
    if isinstance(step, int):
        return options(get_args(kind)[0]) if get_args(kind) else []
    return options(fields(kind)[step]) if step in fields(kind) else []


def fields(kind: Type) -> dict[str, Type]:
    """Field names and annotations of a model or a dataclass; nothing for other types."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: each.annotation for name, each in kind.model_fields.items()}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return {each.name: hints[each.name] for each in dataclasses.fields(kind)}
    return {}


def options(annotation: Type) -> list[Type]:
    """The types of a union, each without its `Annotated`."""
    origin: Type = get_origin(annotation)
    if origin is Annotated:
        return options(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return [one for each in get_args(annotation) for one in options(each)]
    return [annotation]


def kind_of(annotation: Type) -> str | None:
    """The `kind` that a stage's parameters answer to."""
    literal = fields(annotation).get("kind")
    return str(get_args(literal)[0]) if literal is not None and get_args(literal) else None


def chosen(types: list[Type], data: Any) -> list[Type]:  # noqa: ANN401 - a YAML tree
    """Of several, those whose `kind` the data names."""
    named = data.get("kind") if isinstance(data, dict) else None
    matching = [one for one in types if kind_of(one) == named]
    return matching if named is not None and matching else types
