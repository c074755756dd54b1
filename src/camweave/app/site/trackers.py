"""The parameters of every kind of tracker. Imports neither Numba nor pydantic."""

from typing import Final, TypeAlias

from camweave.tracking.params.botsort import BotSortParams
from camweave.tracking.params.bytetrack import ByteTrackParams
from camweave.tracking.params.deepsort import DeepSortParams
from camweave.tracking.params.ocsort import OcSortParams
from camweave.tracking.params.sort import SortParams
from camweave.tracking.params.weave import WeaveParams

AnyTrackerParams: TypeAlias = (
    ByteTrackParams | WeaveParams | SortParams | OcSortParams | DeepSortParams | BotSortParams
)
TRACKERS: Final = (
    ByteTrackParams,
    WeaveParams,
    SortParams,
    OcSortParams,
    DeepSortParams,
    BotSortParams,
)
