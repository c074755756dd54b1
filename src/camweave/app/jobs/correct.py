"""What a person says of a folder's identities: kept, and obeyed whenever it is linked again."""

from pathlib import Path
from time import time as now

from camweave.app.jobs.held import IDENTITIES, JOURNAL, Held, append, events_of, held_in
from camweave.app.jobs.link import link
from camweave.app.jobs.link_inputs import Given
from camweave.app.site.model import Site
from camweave.core.corrections import Correction
from camweave.core.errors import InputError
from camweave.core.events import Event
from camweave.core.wishes import Wish
from camweave.formats.identities import read_identities
from camweave.linking.registry.registry import Registry


def correct(
    out: str | Path,
    wish: Wish,
    *,
    who: str = "",
    site: str | Path | Site | None = None,
    tracklets: Given | None = None,
) -> dict[int, Correction]:
    """Correct the identities that `link` or `batch` left in the folder `out`.

    It is appended to `out/corrections.jsonl`, and every later pass into `out` obeys it. With a
    `site` all is linked again at once, of `tracklets` as for `link`. Gives the corrections that
    stand now, by number.

    Raises:
        InputError: it contradicts what a camera saw or an earlier correction, or nothing is
            linked in this folder; nothing has changed then.
        FileFormatError: the folder's files are damaged.
        OutputError: it could not be written.
    """
    folder = Path(out)
    held, start = opened(folder)
    registry = held.registry
    events = registry.say(wish, latest(registry), who=who, at=round(now(), 3))
    append(folder / JOURNAL, [*start, *events])
    if site is not None:
        link(site, tracklets, folder)
    return registry.corrections


def corrections_in(out: str | Path) -> dict[int, Correction]:
    """The corrections of a folder that stand, by number.

    Raises:
        FileFormatError: the journal is damaged.
    """
    folder = Path(out)
    return held_in(folder).registry.corrections if (folder / JOURNAL).is_file() else {}


def opened(folder: Path) -> tuple[Held, list[Event]]:
    """The folder's identities, and the events that a new journal begins with."""
    if (folder / JOURNAL).is_file():
        return held_in(folder), []
    if not (folder / IDENTITIES).is_file():
        raise InputError(f"{folder / IDENTITIES}: no such file; link first: camweave link --help")
    start = events_of(read_identities(folder / IDENTITIES))
    return held_in(folder), start


def latest(registry: Registry) -> float:
    """s: when the last of its tracklets ended."""
    spans = (span for each in registry.living for span in registry.members(each))
    return max((span.end for span in spans), default=0.0)
