"""`camweave link`."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer

from camweave.app.cli.db_command import Url, stored_in
from camweave.app.cli.json_options import Json
from camweave.app.cli.linked import summary_lines
from camweave.app.cli.stage import Force, Settings, say_up_to_date, tell_report
from camweave.core.errors import InputError

HELP: Final = """Find who is who across the cameras of a site; finished tracklets are enough.

Without -t it takes what `batch` left in DIR. Linking rests on what the site has: places on the
ground where cameras are calibrated (`homography`), travel times where windows are given
(`linker: layout, transitions or topology`), looks where tracklets were embedded; it says which.
What it learns of the site is written beside the result. An up-to-date result is not made again.

\b
Writes into DIR:
  CAMERA/mtmc.txt, mtmc.csv     that camera's boxes with global ids
  mtmc/CAMERA.txt               the same, for: camweave evaluate --truth T --result DIR/mtmc
  identities.json               members and times of each identity, evidence of every link
  topology.learned.yaml, layout.learned.txt   zones and travel times as learned, with sample counts
  link.json                     what ran, what was assumed
A tracklet that is too short or too doubtful to be linked keeps an id of its own. Identities that
are in DIR already keep their numbers, and what you said with `camweave correct` is obeyed. With a
store, of the site file or --store, all of it is written there, too, as a run of its own.

\b
Examples:
  camweave link site.yaml -o out
  camweave link site.yaml -t cam_a=a/tracklets.npz -t cam_b=b/tracklets.npz -o out
  camweave link site.yaml -o out --set linkage=average --set min_similarity=0.6
"""

SitePath: TypeAlias = Annotated[Path, typer.Argument(metavar="SITE", help="site file (YAML)")]
Folder: TypeAlias = Annotated[
    Path, typer.Option("-o", "--out", metavar="DIR", help="folder to write to")
]
Pairs: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("-t", "--tracklets", metavar="CAMERA=TRACKLETS", help="of a camera; repeatable"),
]


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("link", help=HELP, short_help=short)(command)


def command(
    *,
    site: SitePath,
    out: Folder,
    tracklets: Pairs = None,
    settings: Settings = None,
    store: Url = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Link, and say what came of it."""
    given = tracklets_given(tracklets or ())
    from camweave.app.jobs.held import IDENTITIES, standing_in
    from camweave.app.jobs.link import link, link_recipe
    from camweave.app.jobs.link_inputs import files_of
    from camweave.app.jobs.link_outputs import Again, stands
    from camweave.app.runtime.stopwatch import Stopwatch
    from camweave.app.site.load import read_site

    plan = stored_in(with_linker(read_site(site), settings or ()), store)
    files = files_of(plan, given, out)
    recipe = link_recipe(plan, files, corrections=standing_in(out))
    if not force and stands(out, recipe, files):
        say_up_to_date(out / IDENTITIES, "identities_file", json=json)
        return
    watch = Stopwatch()
    again = Again(site=site, settings=tuple(settings or ()))
    made = link(plan, files, out, again=again, watch=watch)
    report = report_of(made, out, watch)
    tell_report(report, tuple(lines_of(report)), json=json)


def tracklets_given(pairs: Sequence[str]) -> dict[str, Path]:
    """File by camera, of `CAMERA=TRACKLETS`.

    Raises:
        InputError: written otherwise, or one camera twice.
    """
    given: dict[str, Path] = {}
    for pair in pairs:
        camera, equals, path = pair.partition("=")
        if not (camera and equals and path):
            raise InputError(f"-t: expected CAMERA=TRACKLETS, got {pair!r}")
        if camera in given:
            raise InputError(f"-t: camera {camera!r} comes twice; give one file of each camera")
        given[camera] = Path(path)
    return given


def with_linker(site: Any, settings: Iterable[str]) -> Any:  # noqa: ANN401 - imported when it is needed
    """The site with what `NAME=VALUE` says of its linker.

    Raises:
        InputError: no such parameter, or a value that it cannot have.
    """
    from dataclasses import fields

    from camweave.app.cli.settings import with_settings
    from camweave.app.site.linker import Linker

    pairs = list(settings)
    if not pairs:
        return site
    kept = site.linker or Linker()
    said = {each.name: getattr(kept, each.name) for each in fields(kept)}
    return site.model_copy(update={"linker": with_settings(Linker, said, pairs)})


def report_of(made: Any, out: Path, watch: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """What came of it, for a program."""
    from dataclasses import asdict

    return {
        "identities_file": str(out / "identities.json"),
        "results": str(out / "mtmc"),
        **asdict(made.summary),
        "seconds": round(watch.seconds, 3),
        "linking_seconds": round(watch.parts["link"], 6),
    }


def lines_of(report: dict[str, Any]) -> Iterable[str]:
    """The report for people."""
    yield from summary_lines(report)
    yield (
        f"-> {report['identities_file']}, {report['results']}/CAMERA.txt; "
        f"linking took {report['linking_seconds']:.2f} s, with I/O {report['seconds']:.2f} s"
    )
