"""The one wait that needs a word: machine code is compiled once on each machine."""

from camweave.app.cli.output import note


def say_if_compiling() -> None:
    """One line before the tracking kernels are compiled; nothing once they are stored."""
    from camweave.tracking.warm import SECONDS_TO_COMPILE, kernels_are_cached

    if not kernels_are_cached():
        note(
            f"first run on this machine: compiling the tracker, about {SECONDS_TO_COMPILE} s, once"
        )
