"""Tracklets for people and other programs: MOTChallenge text, and a CSV table."""

from pathlib import Path

from camweave.core.tracks import Tracklets
from camweave.formats.csv_table import write_csv
from camweave.formats.mot import write_mot


def write_texts(tracklets: Tracklets, mot: Path | None, table: Path | None) -> None:
    """Each of them where a place is given.

    Raises:
        OutputError: a file could not be written.
    """
    if mot is not None:
        write_mot(mot, tracklets)
    if table is not None:
        write_csv(table, tracklets)
