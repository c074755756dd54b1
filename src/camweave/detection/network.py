"""A detection network as a whole: images in, candidate boxes out, whatever its layout."""

import ast
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, U8
from camweave.core.errors import InputError, ModelError
from camweave.detection.layouts.layout import Candidates, Outputs, Preprocessing, Seen
from camweave.detection.layouts.recognise import AUTO, recognise
from camweave.inference.session import Port, Session
from camweave.ops.images import PAD, Canvas, Fit, levels

COLOURS = 3
COARSEST = 32  # px: the sides of a canvas are multiples of the coarsest stride
USUAL_SIZE = 640  # px of a canvas whose size the model neither fixes nor states
SIZE_INPUT = "orig_target_sizes"  # RT-DETR and its kin ask for the size that boxes shall have
BURST = 4  # images of one job: reading and decoding them in a row keeps caches warm
NUMBERS = (np.float32, np.float16, np.uint8)  # what an image may be fed as


class Network:
    """A model, its canvas and its layout. Each seat may be used by one thread at a time.

    `size` is the side of the canvas in px where the model leaves it free, `batch` the images of
    one run where it leaves that free.

    Raises:
        ModelError: it takes no colour image, or its layout is not known.
    """

    def __init__(
        self, session: Session, *, layout: str = AUTO, size: int = 0, batch: int = 1
    ) -> None:
        self.session = session
        self._image = _image_port(session)
        self._rows_first = self._image.shape[1] not in {COLOURS, None}  # NHWC
        self.width, self.height = _canvas_size(session, self._image, size)
        self._whole_batches = self._image.shape[0] is not None
        self.batch = self._image.shape[0] or batch
        self._sizes = _size_inputs(session, self._image)
        self.layout = recognise(self._seen(), layout)
        self._table = _table(self.layout.preprocessing, self._image)
        self._seats: dict[int, tuple[F32, list[Canvas]]] = {}

    @property
    def burst(self) -> int:
        """Images that one job should bring."""
        return -(-BURST // self.batch) * self.batch

    def look(self, seat: int, images: Sequence[U8], least: float) -> list[tuple[Candidates, Fit]]:
        """What each of a burst of BGR images (H, W, 3) holds above `least`, and where it lies."""
        starts = range(0, len(images), self.batch)
        runs = [self._paint_and_run(seat, images[start : start + self.batch]) for start in starts]
        return [
            (self.layout.decode(outputs, row, least), fit)
            for outputs, fits in runs
            for row, fit in enumerate(fits)
        ]

    def _paint_and_run(self, seat: int, images: Sequence[U8]) -> tuple[Outputs, list[Fit]]:
        """The outputs for at most one batch of images; the canvas is used again by the next."""
        tensor, canvases = self._seat(seat)
        placement = self.layout.preprocessing.placement
        fits = [c.paint(image, placement) for c, image in zip(canvases, images, strict=False)]
        return self._run(tensor if self._whole_batches else tensor[: len(images)]), fits

    def _run(self, images: F32) -> Outputs:
        """The outputs for images (B, 3, H, W) as they were painted."""
        image: npt.NDArray[Any] = images
        if self._rows_first:
            image = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
        feed = {self._image.name: image.astype(self._image.dtype, copy=False)}
        size = np.array([[self.width, self.height]] * len(images))
        return self.session.run(feed | {port.name: size.astype(port.dtype) for port in self._sizes})

    def _seat(self, seat: int) -> tuple[F32, list[Canvas]]:
        """The images of one seat, and a canvas on each; made when it is first taken."""
        if seat not in self._seats:
            tensor = np.zeros((self.batch, COLOURS, self.height, self.width), np.float32)
            rgb = self.layout.preprocessing.rgb
            self._seats[seat] = tensor, [Canvas(row, self._table, rgb=rgb) for row in tensor]
        return self._seats[seat]

    def _seen(self) -> Seen:
        """What the model shows of itself, run once on an empty grey canvas."""
        grey = np.full((self.batch, COLOURS, self.height, self.width), PAD, np.float32)
        return Seen(
            model=self.session.name,
            width=self.width,
            height=self.height,
            inputs=tuple(port.name for port in self._sizes),
            outputs=self._run(grey),
            class_names=self.session.class_names,
            metadata=self.session.metadata,
        )


def _image_port(session: Session) -> Port:
    """The input that takes the image."""
    for port in session.inputs:
        if len(port.shape) == 4 and COLOURS in {port.shape[1], port.shape[3]}:  # noqa: PLR2004 - batch and the axes of an image
            if port.dtype not in NUMBERS:
                raise ModelError(
                    f"{session.name}: takes images as {port.dtype.name}; not supported"
                )
            return port
    ports = ", ".join(map(str, session.inputs))
    raise ModelError(
        f"{session.name}: takes no colour image, so it is no detector; inputs: {ports}"
    )


def _canvas_size(session: Session, image: Port, size: int) -> tuple[int, int]:
    """(width, height) px: what the model fixes, else what is asked for, else what it states."""
    height, width = image.shape[2:] if image.shape[1] in {COLOURS, None} else image.shape[1:3]
    if height is not None and width is not None:
        return width, height
    free_height, free_width = (size, size) if size else _stated_size(session.metadata)
    for side in (free_height, free_width):
        if side <= 0 or side % COARSEST:
            raise InputError(f"size {side}: a canvas side is a multiple of {COARSEST} px")
    return width or free_width, height or free_height


def _stated_size(metadata: Mapping[str, str]) -> tuple[int, int]:
    """(height, width) px that the model was exported for, as Ultralytics states it."""
    try:
        stated = ast.literal_eval(metadata.get("imgsz", ""))
        height, width = stated if isinstance(stated, list | tuple) else (stated, stated)
        return int(height), int(width)
    except (ValueError, TypeError, SyntaxError):
        return USUAL_SIZE, USUAL_SIZE


def _size_inputs(session: Session, image: Port) -> tuple[Port, ...]:
    """The inputs that ask for the size of the image; no other is known."""
    others = tuple(port for port in session.inputs if port != image)
    for port in others:
        if port.name != SIZE_INPUT:
            raise ModelError(f"{session.name}: what to feed its input {port} is not known")
    return others


def _table(preprocessing: Preprocessing, image: Port) -> F32:
    """What each 8-bit level becomes; a model that takes bytes has this step inside."""
    if image.dtype == np.uint8:
        return levels((0, 0, 0), (1, 1, 1))
    return levels(preprocessing.mean, preprocessing.std)
