"""`camweave learn`."""

from pathlib import Path
from typing import Any, Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.link_command import Folder, Pairs, SitePath, tracklets_given, with_linker
from camweave.app.cli.linked import summary_lines
from camweave.app.cli.output import columns, say, say_json
from camweave.app.cli.stage import Settings

HELP: Final = """Learn a site from its tracklets: who can follow whom, zones, clocks, shared views.

Tracklets are linked as `camweave link` does, and of the links that are sure it tells
where objects enter and leave each view, after how long they come from one camera to another (and
from which exit to which entry, where enough did), how far the clocks are apart, and how views that
overlap lie over each other. Without -t it takes what `batch` left in DIR.

\b
Writes into DIR:
  topology.learned.yaml   zones and windows with sample counts; for `linker: {topology: ...}`
  layout.learned.txt      the windows as matrices of vehicle_mtmc; for `linker: {layout: ...}`
  learned.json            clocks and homographies between views, each with its error
What you drew, and windows with `locked: true`, are left as they are.

\b
Examples:
  camweave learn site.yaml -o out
  camweave learn site.yaml -t cam_a=a/tracklets.npz -t cam_b=b/tracklets.npz -o out
"""


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("learn", help=HELP, short_help=short)(command)


def command(
    *,
    site: SitePath,
    out: Folder,
    tracklets: Pairs = None,
    settings: Settings = None,
    json: Json = False,
) -> None:
    """Learn, and print what was learned."""
    given = tracklets_given(tracklets or ())
    from camweave.app.jobs.learn import learn
    from camweave.app.jobs.link_outputs import LAYOUT, LEARNED, TOPOLOGY
    from camweave.app.runtime.stopwatch import Stopwatch
    from camweave.app.site.load import read_site

    watch = Stopwatch()
    plan = with_linker(read_site(site), settings or ())
    learned, made = learn(plan, given, out, watch=watch)
    report = report_of(learned, made, out, watch)
    if json:
        say_json(report)
        return
    say(*window_lines(learned.topology), "", *clock_lines(learned.clocks))
    say(*view_lines(learned.views), "", *summary_lines(report))
    say(*(f"not learned {note}" for note in learned.notes))
    say(f"-> {out / TOPOLOGY}, {out / LAYOUT}, {out / LEARNED}; {watch.seconds:.2f} s")


def report_of(learned: Any, made: Any, out: Path, watch: Any) -> dict[str, Any]:  # noqa: ANN401 - imported when it is needed
    """What was learned, for a program."""
    from dataclasses import asdict

    from camweave.app.jobs.link_outputs import LAYOUT, LEARNED, TOPOLOGY

    return {
        "topology_file": str(out / TOPOLOGY),
        "layout_file": str(out / LAYOUT),
        "learned_file": str(out / LEARNED),
        "transitions": [asdict(each) for each in learned.topology.transitions],
        "zones": len(learned.topology.zones),
        "clocks": [asdict(each) for each in learned.learned.clocks],
        "views": [
            asdict(each) | {"homography": each.homography.tolist()} for each in learned.views
        ],
        "not_learned": list(learned.notes),
        **asdict(made.summary),
        "seconds": round(watch.seconds, 3),
    }


def window_lines(topology: Any) -> list[str]:  # noqa: ANN401 - as above
    """One line per window."""
    from camweave.formats.topology_entries import edge_name

    rows = [("from -> to", "least s", "most s", "passages", "origin")]
    for each in topology.transitions:
        kind = each.origin + (", locked" if each.locked else "")
        window = f"{each.least:.1f}", f"{each.most:.1f}"
        rows.append((edge_name(each), *window, str(each.samples or "-"), kind))
    return columns(rows) if topology.transitions else ["no window was learned"]


def clock_lines(clocks: Any) -> list[str]:  # noqa: ANN401 - as above
    """One line per clock of which something is known."""
    from math import isfinite

    rows = [("clock", "add s", "+- s")]
    for camera, offset, sigma in zip(clocks.cameras, clocks.offset, clocks.sigma, strict=True):
        if isfinite(sigma):
            error = f"{sigma:.2f}" if sigma else "others are held against it"
            rows.append((camera, f"{offset:+.2f}", error))
    return [*columns(rows), ""] if len(rows) > 1 else []


def view_lines(views: Any) -> list[str]:  # noqa: ANN401 - as above
    """One line per pair of views that lie over each other."""
    rows = [("views", "tracklets", "error, of a box's height", "clock s")]
    for each in views:
        names = f"{each.one} and {each.other}"
        rows.append((names, str(each.samples), f"{each.error:.2f}", f"{each.offset:+.2f}"))
    return columns(rows) if views else ["no views were laid over each other"]
