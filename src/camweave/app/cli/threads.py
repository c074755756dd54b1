"""How the threads of a process share its cores."""

import os
import sys
from typing import Final

TURN: Final = 0.0005  # s that a thread keeps the interpreter while others wait; Python's own: 0.005


def keep_to_one_thread() -> None:
    """For runs whose line keeps every core busy; to be called before NumPy is first imported.

    OpenBLAS' threads spin while they wait for each other: with the cores taken, a lesson of the
    linker that costs 0.3 s alone took several.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def take_short_turns() -> None:
    """For runs with a line, or pictures, beside a server in one process.

    A line needs the interpreter for a moment after each of many calls that do without it, and waits
    a whole turn each time where a thread never gives it up: of ten thousand requests one after the
    other, a server made a line pass over three frames of four.
    """
    sys.setswitchinterval(TURN)
