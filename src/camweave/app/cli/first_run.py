"""The one wait that needs a word: machine code is compiled once on each machine."""

from camweave.app.cli.output import note


def say_if_compiling(*trackers: str) -> None:
    """One line before these trackers' kernels are compiled; nothing once they are stored."""
    from camweave.tracking.warm import SECONDS_TO_COMPILE, kernels_are_cached

    fresh = [kind for kind in dict.fromkeys(trackers) if not kernels_are_cached(kind)]
    if fresh:
        names, seconds = " and ".join(fresh), SECONDS_TO_COMPILE * len(fresh)
        note(f"first run on this machine: compiling {names}, about {seconds} s, once")
