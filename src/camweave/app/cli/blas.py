"""How many threads linear algebra takes."""

import os


def keep_to_one_thread() -> None:
    """For runs whose line keeps every core busy; to be called before NumPy is first imported.

    OpenBLAS' threads spin while they wait for each other: with the cores taken, a lesson of the
    linker that costs 0.3 s alone took several.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
