"""Which kinds of each stage there are, and which are still to come."""

from typing import Final

from camweave.core.nearest import did_you_mean

KINDS: Final = {
    "detector": ("yolo", "motion", "hog", "recorded"),
    "embedder": ("reid", "histogram", "none"),
    "tracker": ("bytetrack",),
}
LATER: Final = {"tracker": ("sort", "ocsort", "deepsort", "botsort")}
USUAL: Final = {"detector": "motion", "embedder": "none", "tracker": "bytetrack"}


def kind_problem(stage: str, kind: str) -> str | None:
    """Why this kind cannot be had; None where it can.

    >>> kind_problem("tracker", "deepsort")
    'deepsort comes with a later release; this one has bytetrack'
    """
    if kind in KINDS[stage]:
        return None
    if kind in LATER.get(stage, ()):
        return f"{kind} comes with a later release; this one has {' and '.join(KINDS[stage])}"
    return f"unknown {stage} {kind!r}{did_you_mean(kind, KINDS[stage])}"
