"""What a model file is: its ports, its layout, and how frames reach it."""

from dataclasses import dataclass

from camweave.detection.class_names import names_for
from camweave.detection.layouts.recognise import AUTO
from camweave.detection.network import Network
from camweave.inference.opening import Backend, open_session


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDescription:
    """A detection model in words and numbers."""

    name: str
    backend: str  # what runs it here, with version and device
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    layout: str
    why: str  # what the layout was told from
    canvas: tuple[int, int]  # (width, height) px
    preprocessing: str
    suppressed: bool  # the model removes doubles itself
    class_names: tuple[str, ...]
    names_stated: bool  # by the model; else they are guessed from their number


def describe(path: str, *, layout: str = AUTO, backend: Backend = "auto") -> ModelDescription:
    """Open a model, run it once on an empty canvas, and say what it is.

    Raises:
        ModelError: it cannot be read, or its layout is not known.
        MissingExtra: what runs such a model is not installed.
    """
    session = open_session(path, backend=backend, threads=1)
    network = Network(session, layout=layout)
    found = network.layout
    return ModelDescription(
        name=session.name,
        backend=session.backend,
        inputs=tuple(map(str, session.inputs)),
        outputs=tuple(map(str, session.outputs)),
        layout=found.name,
        why=found.why,
        canvas=(network.width, network.height),
        preprocessing=str(found.preprocessing),
        suppressed=found.suppressed,
        class_names=names_for(found.class_count, session.class_names),
        names_stated=bool(session.class_names),
    )
