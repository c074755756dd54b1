"""Parameters to an embedder. What runs a network is imported when a network is asked for."""

from camweave.app.site.embedders import AnyEmbedderParams
from camweave.core.stages import Embedder
from camweave.embedding.params import HistogramParams, NoEmbedder, ReidParams


def make_embedder(embedder: AnyEmbedderParams | Embedder) -> Embedder | None:
    """An embedder, from its parameters or ready made; None where nothing is to be embedded.

    Raises:
        ModelError: its model cannot be read.
        MissingExtra: nothing that runs its model is installed.
    """
    match embedder:
        case ReidParams():
            from camweave.embedding.reid import Reid

            return Reid(embedder)
        case HistogramParams():
            from camweave.embedding.histogram import Histogram

            return Histogram(embedder)
        case NoEmbedder():
            return None
        case _:
            return embedder
