"""How a ReID model wants its crops: told from its card, from itself, or as its layout has it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from camweave.core.errors import ModelError
from camweave.embedding.card import COLOURS, PIXELS, Axes, Card, Order, Triple, levels_of
from camweave.inference.session import Port, Session

NUMBERS = (np.float32, np.float16, np.uint8)  # what an image may be fed as
IMAGE_AXES = 4  # batch and the axes of an image
OPEN_MODEL_ZOO: Final = ("person-reidentification-", "vehicle-reid-", "face-reidentification-")
FAST_REID: Final = "batched_inputs"  # how the input of its exports is called
USUAL: Final[Mapping[Axes, tuple[Order, str]]] = {
    "NCHW": ("RGB", "imagenet"),  # torchreid, and what is trained like it
    "NHWC": ("BGR", "raw"),  # TensorFlow's, as Open Model Zoo has them
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """One model's way in. Numbers are (level - mean) / std, in the order of the channels fed."""

    port: Port
    layout: Axes
    height: int  # px
    width: int  # px
    channels: Order
    mean: Triple
    std: Triple
    why: str  # where the channels and the numbers were told from

    def __str__(self) -> str:
        words = (
            w for w in PIXELS if levels_of(w, rgb=self.channels == "RGB") == (self.mean, self.std)
        )
        numbers = next(words, f"- {self.mean} / {self.std}")
        return f"{self.layout} {self.height}x{self.width} {self.channels} {numbers} ({self.why})"


def wants_of(session: Session, card: Card, card_path: Path) -> Wants:
    """What a model wants, of a session and what its card says.

    Raises:
        ModelError: it takes no colour image, or the card must say more, or contradicts the model.
    """
    port = _image_port(session)
    shape = port.shape or (None,) * IMAGE_AXES
    layout = card.layout or _layout(session, shape, card_path)
    channel, height, width = shape[1:] if layout == "NCHW" else (shape[3], *shape[1:3])
    if channel not in {COLOURS, None}:
        raise ModelError(f"{card_path}: layout {layout} does not fit the model's input {port}")
    height, width = _size(session, (height, width), card, card_path)
    channels, mean, std, why = _pixels(session, port, layout, card)
    return Wants(
        port=port,
        layout=layout,
        height=height,
        width=width,
        channels=channels,
        mean=mean,
        std=std,
        why=why,
    )


def _image_port(session: Session) -> Port:
    """The one input, if it can be a colour image."""
    ports = ", ".join(map(str, session.inputs))
    port = session.inputs[0]
    shape = port.shape
    image = not shape or (
        len(shape) == IMAGE_AXES and not {COLOURS, None}.isdisjoint({shape[1], shape[3]})
    )
    if len(session.inputs) > 1 or not image:
        raise ModelError(
            f"{session.name}: its input is not one colour image, so it embeds no crops; "
            f"it takes {ports}"
        )
    if port.dtype not in NUMBERS:
        raise ModelError(f"{session.name}: takes images as {port.dtype.name}; not supported")
    return port


def _layout(session: Session, shape: tuple[int | None, ...], card_path: Path) -> Axes:
    first, last = shape[1] == COLOURS, shape[3] == COLOURS
    if first == last:
        raise ModelError(
            f"{session.name}: its input {session.inputs[0]} does not tell NCHW from NHWC; "
            f"write `layout: NCHW` or `layout: NHWC` into {card_path}"
        )
    return "NCHW" if first else "NHWC"


def _size(
    session: Session, fixed: tuple[int | None, int | None], card: Card, card_path: Path
) -> tuple[int, int]:
    """(height, width) px: what the model fixes, else its card or its exporter says."""
    stated = card.size or _stated_size(session.metadata)
    sides = [own or (stated[axis] if stated else None) for axis, own in enumerate(fixed)]
    height, width = sides
    if height is None or width is None:
        raise ModelError(
            f"{session.name}: leaves the size of its crops free; "
            f"write `size: [height, width]` into {card_path}"
        )
    if card.size is not None and card.size != (height, width):
        said = "x".join(map(str, card.size))
        raise ModelError(f"{card_path}: says {said}, the model takes {height}x{width} px")
    return height, width


def _stated_size(metadata: Mapping[str, str]) -> tuple[int, int] | None:
    """(height, width) px as Ultralytics states it."""
    try:
        stated = ast.literal_eval(metadata.get("imgsz", ""))
        height, width = stated if isinstance(stated, list | tuple) else (stated, stated)
        return int(height), int(width)
    except (ValueError, TypeError, SyntaxError):
        return None


def _pixels(
    session: Session, port: Port, layout: Axes, card: Card
) -> tuple[Order, Triple, Triple, str]:
    """Channels, mean and deviation, and where they were told from."""
    channels, pixels, why = _usual(session, port, layout)
    stated = _stated_pixels(session.metadata)
    if stated is not None:
        channels, why = stated[0], "as the model states"
    if card.channels is not None:
        channels = card.channels
    mean, std = levels_of(pixels, rgb=channels == "RGB")
    if stated is not None:
        mean, std = stated[1:]
    if card.mean is not None and card.std is not None:
        mean, std = card.mean, card.std
    if card.channels is not None or card.mean is not None:
        why = "as its card says"
    return channels, mean, std, why


def _usual(session: Session, port: Port, layout: Axes) -> tuple[Order, str, str]:
    if session.name.startswith(OPEN_MODEL_ZOO):
        return "BGR", "raw", "as Open Model Zoo has it"
    if port.name.startswith(FAST_REID):
        return "RGB", "raw", "as FastReID exports it"
    if "ultralytics" in session.metadata.get("author", "").lower():
        return "RGB", "unit", "as Ultralytics exports it"
    channels, pixels = USUAL[layout]
    if port.dtype == np.uint8:
        return channels, "raw", f"usual for {layout} of bytes"
    return channels, pixels, f"usual for {layout}; no card"


def _stated_pixels(metadata: Mapping[str, str]) -> tuple[Order, Triple, Triple] | None:
    """As OpenVINO's Model API states it, in an .xml or with a prefix in an .onnx file."""
    said = {key.removeprefix("model_info").strip(" /."): value for key, value in metadata.items()}
    if "reverse_input_channels" not in said and "mean_values" not in said:
        return None
    rgb = said.get("reverse_input_channels", "").lower() in {"true", "yes", "1"}
    mean, std = _triple(said.get("mean_values"), 0.0), _triple(said.get("scale_values"), 1.0)
    return ("RGB" if rgb else "BGR"), mean, std


def _triple(text: str | None, usual: float) -> Triple:
    try:
        numbers = [float(word) for word in (text or "").replace(",", " ").strip("[] ").split()]
    except ValueError:
        numbers = []
    numbers = numbers * COLOURS if len(numbers) == 1 else numbers
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == COLOURS else (usual,) * 3
