"""`camweave db`."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.output import columns, say, say_json

HELP: Final = """Keep the store of a site: what was seen, who is who.

\b
A store is a file (sqlite:///camweave.db), or a database (postgresql://USER:PASSWORD@HOST/NAME).
It is named by --store, by the variable CAMWEAVE_STORE, or by a site file with a store in it.

\b
Examples:
  camweave db info site.yaml
  camweave db export tracks site.yaml -o tracks.csv
  camweave db prune --store sqlite:///camweave.db --older-than 30d --larger-than 50GB
"""
UPGRADE: Final = """Make the tables of a store, or bring those of an older camweave up to date.

Keep a copy first. Nothing is changed where they are up to date.
"""
INFO: Final = """Say how large a store is, and how much is in it."""
VACUUM: Final = """Give what is free in a store back to the disk.

On SQLite that needs as much space again meanwhile, and writers wait; on PostgreSQL nobody does.
"""
PRUNE: Final = """Let go of what is too old, and of the oldest of what is too much.

It goes a little at a time, so that writers go on. Frames, tracks, tracklets, visits and links go;
identities, aliases and corrections stay. Free space is used again; `vacuum` gives it back.
"""
EXPORT: Final = """Write a table of a store to a file.

\b
  tracks      every box of every frame, with its identity
  tracklets   what each camera followed, from when to when
  journeys    which identity was where, from when to when
  identities  when each was created, confirmed and closed, and which other it stands for
  links       why two tracklets are one, with the evidence
  events      all that became known of identities, in order
Rows are written as they are read, however many there are. Parquet needs camweave[parquet].
"""

SiteFile = Annotated[Path | None, typer.Argument(metavar="[SITE]", help="site file")]
Url = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="URL", envvar="CAMWEAVE_STORE", show_envvar=False, help="which store"
    ),
]


def add_to(app: typer.Typer, short: str) -> None:
    """Put the commands on the command line."""
    db = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=HELP)
    db.command("upgrade", help=UPGRADE, short_help="make its tables, or update them")(upgrade)
    db.command("info", help=INFO, short_help="how large it is, how much is in it")(info)
    db.command("vacuum", help=VACUUM, short_help="give free space back")(vacuum)
    db.command("prune", help=PRUNE, short_help="let go of what is old")(prune)
    db.command("export", help=EXPORT, short_help="write a table to a file")(export)
    app.add_typer(db, name="db", short_help=short)


def upgrade(*, site: SiteFile = None, store: Url = None, json: Json = False) -> None:
    """Bring it up to date, and say from where to where."""
    from camweave.app.jobs.db.place import store_of
    from camweave.store.store import upgrade_store

    before, now = upgrade_store(store_of(site, store))
    if json:
        say_json({"before": before, "now": now})
    elif before is None:
        say(f"made, schema {now}")
    else:
        say(f"up to date, schema {now}" if before == now else f"schema {before} -> {now}")


def info(*, site: SiteFile = None, store: Url = None, json: Json = False) -> None:
    """Say what is in it."""
    from dataclasses import asdict

    with opened(site, store, read_only=True) as found:
        told = found.info()
        if json:
            say_json({"store": str(found), **asdict(told)})
            return
        say(*columns(lines(str(found), told)))


def vacuum(*, site: SiteFile = None, store: Url = None, json: Json = False) -> None:
    """Give back what is free, and say how much that was."""
    from camweave.app.jobs.db.quantities import size_text

    with opened(site, store) as found:
        before = found.info().held
        found.vacuum()
        after = found.info().held
    if json:
        say_json({"before": before, "after": after})
    else:
        say(f"{size_text(before)} -> {size_text(after)}")


def prune(
    *,
    site: SiteFile = None,
    store: Url = None,
    older_than: Annotated[
        str | None, typer.Option(metavar="TIME", help="since it was captured: 30d, 12h, 90m")
    ] = None,
    larger_than: Annotated[
        str | None, typer.Option(metavar="SIZE", help="of all there is: 50GB, 500MB")
    ] = None,
    json: Json = False,
) -> None:
    """Let go, and say of how much."""
    from dataclasses import asdict

    from camweave.app.jobs.db.quantities import bytes_of, seconds_of
    from camweave.core.errors import InputError

    if older_than is None and larger_than is None:
        raise InputError("db prune: of what? Give --older-than, --larger-than, or both")
    limits: dict[str, Any] = {
        "older_than": None if older_than is None else seconds_of(older_than),
        "larger_than": None if larger_than is None else bytes_of(larger_than),
    }
    with opened(site, store) as found:
        gone = asdict(found.prune(**limits))
    if json:
        say_json(gone)
    else:
        say("gone: " + ", ".join(f"{many:,} {what}" for what, many in gone.items()))


def export(
    *,
    what: Annotated[str, typer.Argument(metavar="TABLE", help="which; see above")],
    site: SiteFile = None,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help=".csv or .parquet")],
    store: Url = None,
    form: Annotated[
        str | None, typer.Option("--format", help="csv or parquet; else by the file's name")
    ] = None,
    of_site: Annotated[str | None, typer.Option("--site", help="only of this site")] = None,
    run: Annotated[str | None, typer.Option(help="only of this run (tracks, tracklets)")] = None,
    json: Json = False,
) -> None:
    """Write it, and say how many rows it has."""
    from camweave.app.jobs.db.export import export as write

    with opened(site, store, read_only=True) as found:
        rows = write(found, what, out, form=form, site=of_site, run=run)
    if json:
        say_json({"out": str(out), "rows": rows})
    else:
        say(f"{out}: {rows:,} rows")


def stored_in(site: Any, url: str | None) -> Any:  # noqa: ANN401 - imported when it is needed
    """The site with another store, where one is named."""
    from pydantic import SecretStr

    return site if url is None else site.model_copy(update={"store": SecretStr(url)})


def opened(site: Path | None, url: str | None, *, read_only: bool = False) -> Any:  # noqa: ANN401 - imported when it is needed
    """The store that is meant."""
    from camweave.app.jobs.db.place import store_of
    from camweave.store.store import open_store

    return open_store(store_of(site, url), read_only=read_only)


def lines(name: str, told: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - as above
    """One line for each thing worth knowing."""
    from datetime import UTC, datetime

    from camweave.app.jobs.db.quantities import size_text

    ends = [told.oldest, told.newest]
    when = [f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}" for at in ends if at is not None]
    return [
        ("store", name),
        ("engine", told.engine),
        ("schema", told.schema),
        ("size", f"{size_text(told.used)} used of {size_text(told.held)}"),
        ("captured", f"{when[0]} to {when[1]} UTC" if when else "nothing yet"),
        *((table, f"{rows:,} rows") for table, rows in told.counts.items() if rows),
    ]
