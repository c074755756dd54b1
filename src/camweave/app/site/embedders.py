"""The parameters of every kind of embedder."""

from typing import Final, TypeAlias

from camweave.embedding.params import HistogramParams, NoEmbedder, ReidParams

AnyEmbedderParams: TypeAlias = ReidParams | HistogramParams | NoEmbedder
EMBEDDERS: Final = (ReidParams, HistogramParams, NoEmbedder)
