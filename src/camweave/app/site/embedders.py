"""The parameters of every kind of embedder, and whose embeddings can be compared."""

from typing import Final, TypeAlias

from camweave.embedding.params import HistogramParams, NoEmbedder, ReidParams

AnyEmbedderParams: TypeAlias = ReidParams | HistogramParams | NoEmbedder
EMBEDDERS: Final = (ReidParams, HistogramParams, NoEmbedder)


def embedder_name(params: AnyEmbedderParams) -> str:
    """Whose embeddings can be compared: those of one kind and model.

    >>> embedder_name(HistogramParams(bands=4))
    'histogram 4'
    """
    match params:
        case ReidParams(model=model):
            return f"reid {model.name}"
        case HistogramParams(bands=bands):
            return f"histogram {bands}"
        case NoEmbedder():
            return "none"
