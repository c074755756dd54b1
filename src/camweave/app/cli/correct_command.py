"""`camweave correct`."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from camweave.app.cli.json_options import Json
from camweave.app.cli.output import columns, say, say_json
from camweave.core.errors import InputError

HELP: Final = """Correct who is who, for good: every later `link` or `batch` into DIR obeys it.

\b
  merge A B                             two identities are one object; the older number stays
  split ID CAMERA:TRACKLET ...          these tracklets are another object than the rest of ID
  lock CAMERA:TRACKLET CAMERA:TRACKLET  --together: they are one object; --apart: they are two
  undo [NUMBER]                         the last correction, or one by its number, is taken back
  list                                  the corrections that stand
It is written to DIR/corrections.jsonl, and DIR is linked again from the tracklets that it was
linked from. Identities keep their numbers; a number that went into another is listed there as an
alias. What contradicts what a camera saw, or an earlier correction, is refused and changes nothing.

\b
Examples:
  camweave correct out merge 3 17
  camweave correct out split 5 gate:12 quay:4
  camweave correct out lock gate:12 quay:9 --together
  camweave correct out undo
"""
FORMS: Final = {
    "merge": "merge A B",
    "split": "split ID CAMERA:TRACKLET ...",
    "lock": "lock CAMERA:TRACKLET CAMERA:TRACKLET --together or --apart",
    "undo": "undo [NUMBER]",
    "list": "list",
}
ACTIONS: Final = tuple(FORMS)


def add_to(app: typer.Typer, short: str) -> None:
    """Put the command on the command line."""
    app.command("correct", help=HELP, short_help=short)(command)


def command(
    *,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what link or batch wrote")],
    action: Annotated[str, typer.Argument(metavar="ACTION", help=", ".join(ACTIONS))],
    words: Annotated[list[str] | None, typer.Argument(metavar="[WHAT]...", help="of it")] = None,
    together: Annotated[
        bool | None, typer.Option("--together/--apart", help="of lock", show_default=False)
    ] = None,
    who: Annotated[str, typer.Option("--by", metavar="NAME", help="who says so")] = "",
    relink: Annotated[bool, typer.Option("--relink/--no-relink", help="link again at once")] = True,
    json: Json = False,
) -> None:
    """Correct, link again, and say what stands."""
    from camweave.app.jobs.correct import correct, corrections_in

    if action == "list":
        stand, lines = corrections_in(folder), []
    else:
        wish = wish_of(action, words or (), together=together)
        stand = correct(folder, wish, who=who)
        lines = link_again(folder) if relink else [f"not linked again: {folder}"]
    rows = [row_of(number, said) for number, said in sorted(stand.items())]
    if json:
        say_json({"corrections": rows, "linked_again": bool(lines) and relink, "told": lines})
        return
    say(*lines, *table(rows))


def wish_of(action: str, words: Sequence[str], *, together: bool | None) -> Any:  # noqa: ANN401 - imported when it is needed
    """What is asked for.

    Raises:
        InputError: it is not said as it should be.
    """
    from camweave.core.nearest import did_you_mean
    from camweave.core.wishes import Lock, Merge, Split, TakeBack

    if action not in ACTIONS:
        raise InputError(f"correct: no such action {action!r}{did_you_mean(action, ACTIONS)}")
    if together is not None and action != "lock":
        raise InputError("correct: --together and --apart are for lock")
    match action, list(words):
        case "merge", [one, other]:
            return Merge(whole(one), whole(other))
        case "split", [identity, first, *more]:
            return Split(whole(identity), tuple(map(tracklet, [first, *more])))
        case "lock", [one, other] if together is not None:
            return Lock(one=tracklet(one), other=tracklet(other), together=together)
        case "undo", []:
            return TakeBack()
        case "undo", [number]:
            return TakeBack(whole(number))
        case _:
            raise InputError(f"correct: expected: {FORMS[action]}")


def whole(text: str) -> int:
    """An identity, or a correction, by its number.

    Raises:
        InputError: it is no number.
    """
    if not text.isascii() or not text.isdigit():
        raise InputError(f"correct: expected a number, got {text!r}")
    return int(text)


def tracklet(text: str) -> Any:  # noqa: ANN401 - as above
    """`CAMERA:TRACKLET`.

    Raises:
        InputError: written otherwise.
    """
    from camweave.core.frame import CameraId
    from camweave.core.identities import TrackletKey

    camera, _, number = text.rpartition(":")
    if not camera or not number.isascii() or not number.isdigit():
        raise InputError(f"correct: expected CAMERA:TRACKLET, as gate:12, got {text!r}")
    return TrackletKey(CameraId(camera), int(number))


def link_again(folder: Path) -> list[str]:
    """Link a folder as it was linked before, and say what came of it."""
    from camweave.app.cli.link_command import report_of, with_linker
    from camweave.app.cli.linked import summary_lines
    from camweave.app.jobs.link import link
    from camweave.app.jobs.link_outputs import read_again
    from camweave.app.runtime.stopwatch import Stopwatch
    from camweave.app.site.load import read_site

    again, files = read_again(folder)
    missing = [str(path) for path in (again.site, *files.values()) if path and not path.is_file()]
    if again.site is None or missing:
        why = f"{missing[0]} is not there" if missing else "from which site is not known"
        return [f"not linked again, {why}: camweave link SITE -o {folder} does it"]
    watch = Stopwatch()
    plan = with_linker(read_site(again.site), again.settings)
    made = link(plan, files, folder, again=again, watch=watch)
    return summary_lines(report_of(made, folder, watch))


def row_of(number: int, said: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """A correction, for a program."""
    from camweave.core.corrections import MustLink, name_of

    pairs = [
        {
            "one": name_of(each.one).replace("/", ":"),
            "other": name_of(each.other).replace("/", ":"),
            "together": isinstance(each, MustLink),
        }
        for each in said.constraints
    ]
    return {"number": number, "kind": said.kind, "who": said.who, "at": said.at, "pairs": pairs}


def table(rows: Iterable[dict[str, Any]]) -> list[str]:
    """One line per correction."""
    from datetime import UTC, datetime

    lines = [("number", "what", "by", "at", "holds")]
    for row in rows:
        at = "" if row["at"] is None else f"{datetime.fromtimestamp(row['at'], UTC):%Y-%m-%d %H:%M}"
        first, more = row["pairs"][0], len(row["pairs"]) - 1
        holds = f"{first['one']} {'and' if first['together'] else 'apart from'} {first['other']}"
        holds += f", and {more} pairs more" if more else ""
        lines.append((str(row["number"]), row["kind"], row["who"] or "-", at or "-", holds))
    return columns(lines) if len(lines) > 1 else ["no correction stands"]
