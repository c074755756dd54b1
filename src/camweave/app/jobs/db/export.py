"""A store's tables as files for other programs, written as they are read."""

import csv
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TextIO

from camweave.core.errors import InputError, MissingExtra, OutputError
from camweave.core.nearest import did_you_mean
from camweave.formats.atomic import cannot_write, written_whole
from camweave.store.exporting import Piece
from camweave.store.store import Store

FORMATS: Final = ("csv", "parquet")
SQL: Final = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE"}


def export(
    store: Store,
    what: str,
    path: Path,
    *,
    form: str | None = None,
    site: str | None = None,
    run: str | None = None,
) -> int:
    """Write a table to a file, whole or not at all; how many rows.

    Raises:
        InputError: no such table or format.
        OutputError: it could not be written.
        MissingExtra: Parquet, and what writes it is not installed.
    """
    chosen = form or path.suffix.lstrip(".").lower()
    if chosen not in FORMATS:
        raise InputError(f"export: no format {chosen!r}{did_you_mean(chosen, FORMATS)}")
    if chosen == "parquet":
        duckdb()  # fails now, not after an hour of work
    with store.export(what, site=site, run=run) as (columns, pieces), written_whole(path) as part:
        if chosen == "csv":
            return _write_csv(part, list(columns), pieces)
        with TemporaryDirectory(dir=part.parent) as folder:
            plain = Path(folder, "rows.csv")
            rows = _write_csv(plain, list(columns), pieces)
            _to_parquet(plain, part, {name: SQL[kind] for name, kind in columns.items()})
            return rows


def duckdb() -> Any:  # noqa: ANN401 - an extra
    """What writes Parquet.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return import_module("duckdb")
    except ImportError as error:
        raise MissingExtra("export: Parquet", "parquet") from error


def _write_csv(path: Path, names: list[str], pieces: Iterator[Piece]) -> int:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            return _write_rows(file, names, pieces)
    except OSError as error:
        raise cannot_write(path, error) from error


def _write_rows(file: TextIO, names: list[str], pieces: Iterator[Piece]) -> int:
    writer, rows = csv.writer(file, lineterminator="\n"), 0
    writer.writerow(names)
    for piece in pieces:
        writer.writerows(piece)
        rows += len(piece)
    return rows


def _to_parquet(plain: Path, path: Path, types: dict[str, str]) -> None:
    """Through DuckDB, which reads a CSV file of any size in little memory."""
    engine = duckdb()
    try:
        with engine.connect() as connection:
            rows = connection.read_csv(str(plain), header=True, columns=types)
            rows.write_parquet(str(path), compression="zstd")
    except engine.Error as error:
        raise OutputError(f"cannot write {path}: {error}") from error
