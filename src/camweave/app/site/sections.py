"""The site file's own sections; the stages' sections are their parameters."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from camweave.app.site.source_rules import rule_of
from camweave.core.errors import InputError
from camweave.formats.camera_name import checked_camera

STORE: Final = re.compile(r"(sqlite:///|postgresql://).+")
TOPIC: Final = re.compile(r"[^/+#\0]+(/[^/+#\0]+)*")

PositiveSeconds: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Ticks: TypeAlias = Annotated[float, Field(ge=0, le=1000)]
Port: TypeAlias = Annotated[int, Field(ge=1, le=65535)]


class Section(BaseModel):
    """A mapping of the site file: frozen, and without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def camera_name(value: object) -> object:
    """A name that can be a folder, a file and a part of an address."""
    if isinstance(value, str):
        try:
            checked_camera(value)
        except InputError:
            raise ValueError(f"expected 1 to 64 of A-Z a-z 0-9 _ -, got {value[:80]!r}") from None
    return value


def source_text(value: object) -> object:
    """A USB camera's number is written without quotes."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return str(value)
    if value == "":
        raise ValueError("expected a file, a folder or an address, got nothing")
    return value


def store_address(value: object) -> object:
    """A database address, or nothing."""
    if isinstance(value, str) and not STORE.fullmatch(value):
        raise ValueError("expected sqlite:///FILE, postgresql://USER@HOST/NAME, or null")
    return value


def source_rule(value: object) -> object:
    """Where cameras may be added from; see `admission`."""
    if isinstance(value, str):
        rule_of(value)
    return value


def secret_text(value: object) -> object:
    """What is no text is refused without being shown."""
    if value is not None and not isinstance(value, str):
        raise ValueError("expected text; put it in quotes")
    return value


CameraName: TypeAlias = Annotated[str, BeforeValidator(camera_name)]
SourceRule: TypeAlias = Annotated[str, BeforeValidator(source_rule)]
SourceText: TypeAlias = Annotated[str, BeforeValidator(source_text)]
Secret: TypeAlias = Annotated[SecretStr, BeforeValidator(secret_text)]
StoreAddress: TypeAlias = Annotated[SecretStr, BeforeValidator(store_address)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCameraMotion:
    """A camera that stands still, or whose motion nobody asks for."""

    kind: Literal["none"] = "none"


class Live(Section):
    """How the live line keeps its cameras in step."""

    fps: Annotated[float, Field(gt=0, le=240)] = 8.0  # ticks/s
    max_skew: Ticks = 1.0  # ticks that a camera may be ahead of the slowest healthy one
    stall_after: PositiveSeconds = 5.0  # s of silence after which the others go on
    loop: bool = False  # begin a file again at its end


class Serve(Section):
    """The web server."""

    host: str = "127.0.0.1"
    port: Port = 8080
    token: Secret | None = None
    open: bool = False  # serve other machines without a token
    certificate: Path | None = None  # PEM, for HTTPS
    key: Path | None = None  # PEM, where it is not in the certificate's file
    viewers: Annotated[int, Field(ge=1, le=10_000)] = 256  # open streams and pages at once
    jpeg_quality: Annotated[int, Field(ge=1, le=100)] = 80
    sources: tuple[SourceRule, ...] = ("private",)  # where cameras may be added from; see docs


def topic(value: object) -> object:
    """What topics begin with: steps, and no wildcards."""
    if isinstance(value, str) and not TOPIC.fullmatch(value):
        raise ValueError(f"expected steps as in house/cameras, without + and #, got {value[:80]!r}")
    return value


Topic: TypeAlias = Annotated[str, BeforeValidator(topic)]


class Mqtt(Section):
    """The broker that is told of the site."""

    host: Annotated[str, Field(min_length=1)]
    port: Port | None = None  # 1883, or 8883 with TLS
    user: str | None = None
    password: Secret | None = None
    tls: bool = False
    authority: Path | None = None  # PEM: who signed the broker's certificate, if nobody known
    certificate: Path | None = None  # PEM: our own
    key: Path | None = None  # PEM, where it is not in the certificate's file
    topic: Topic = "camweave"  # all topics begin with it
    discovery: Topic | None = "homeassistant"  # where Home Assistant looks; null: nowhere
    qos: Literal[0, 1, 2] = 1
    interval: Annotated[float, Field(ge=0.1, le=3600)] = 1.0  # s between two counts, at least
    queue: Annotated[int, Field(ge=1, le=1_000_000)] = 1000  # events that wait for the broker
