"""Lets who is who outlive the process: a journal of every event, and the gallery now and then.

An event is in the journal before anybody is shown it, so no id is ever given out twice, whatever
ends the process. Looks are saved every few seconds, in a thread of their own: what was first seen
after the last time is known by its id, and not by its look. Nothing waits for the disk.
"""

import logging
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import contextmanager, suppress
from math import isfinite
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from time import monotonic
from typing import Final, Self

from camweave.app.jobs.live.chronicle import Chronicle
from camweave.app.jobs.live.line import Line
from camweave.app.jobs.live.linking import Linking
from camweave.app.jobs.live.recalling import GALLERY, Recalled, known_events, recalled
from camweave.app.site.embedders import AnyEmbedderParams
from camweave.core.errors import CamweaveError, OutputError
from camweave.core.events import Event
from camweave.core.identities import TrackletKey
from camweave.embedding.params import HistogramParams, NoEmbedder, ReidParams
from camweave.formats.atomic import flush
from camweave.formats.gallery import SavedGallery, write_gallery
from camweave.linking.live.live import LiveLinker
from camweave.linking.registry.params import RegistryParams

log = logging.getLogger(__name__)

PERIOD: Final = 3.0  # s from one saving to the next, at least
SHARE: Final = 20  # times as long as a saving took, at least
LARGE: Final = 64 << 20  # bytes of a journal, from which on it begins anew with a snapshot
WITHIN: Final = 0.7  # s that the end waits for the linker
GLANCE: Final = 0.1  # s between two looks whether the end has come


class Memory:
    """Keeps a site's identities in a folder. Open it with `with`, before the site is made."""

    def __init__(self, folder: Path, params: RegistryParams, embedder: AnyEmbedderParams) -> None:
        self._folder, self._params, self._embedder = folder, params, name_of(embedder)
        self._behind = self._failing = False  # the journal misses events; that was said
        self._closed = False
        self._stopped = Flag()

    def __enter__(self) -> Self:
        """Recall what there is.

        Raises:
            OutputError: the folder cannot be written to, or another process writes to it.
        """
        self.recalled: Recalled = recalled(self._folder, self._params, self._embedder)
        self._journal = self.recalled.journal
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        self._journal.close()

    def hear(self, events: tuple[Event, ...]) -> None:
        """Write down what became known, in the linker's thread, before it is told."""
        if self._behind or self._closed:
            return  # a snapshot will tell of it; or nobody will be shown it
        try:
            self._journal.append(events)
        except OutputError as error:
            self._behind = True
            self._fail(error)

    def tell(self, chronicle: Chronicle, line: Line) -> None:
        """Tell, before anything else, of everybody who is known."""
        with chronicle.open() as known:
            book = known.book
            book.hear(known_events(self.recalled.registry))
            for key, label in self._labels(line):
                if book.owner(key) is not None:
                    book.label(key, label, 1.0)

    def _labels(self, line: Line) -> Iterator[tuple[TrackletKey, str]]:
        """What tracklets are, as far as it was saved."""
        if self.recalled.gallery is None:
            return
        rows = self.recalled.gallery.sightings
        columns = (rows.camera.tolist(), rows.tracklet_id.tolist(), rows.class_id.tolist())
        for at, number, kind in zip(*columns, strict=True):
            camera = rows.cameras[at]
            names = line.class_names(camera) if camera in line.cameras else ()
            if 0 <= kind < len(names):
                yield TrackletKey(camera, number), names[kind]

    @contextmanager
    def keeping(self, linking: Linking, began: float) -> Iterator[None]:
        """Save the gallery now and then until the block ends, and once more then.

        `began` is s of Unix time at the clock's 0.
        """
        thread = Thread(target=self._keep, args=(linking, began), name="memory", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            thread.join()

    def _keep(self, linking: Linking, began: float) -> None:
        pause, goes_on = PERIOD, True
        while goes_on:
            goes_on = not self._stopped.wait(pause)
            began_at = monotonic()
            goes_on &= self._save(linking, began)
            pause = max(PERIOD, SHARE * (monotonic() - began_at))

    def _save(self, linking: Linking, began: float) -> bool:
        """Save what the linker remembers; where that fails, say so once. False: it ends."""
        try:
            saved = self._told(linking.ask(lambda linker: self._saved(linker, began)))
            if saved is not None:
                write_gallery(self._folder / GALLERY, saved)
            flush(self._journal.path)
        except (TookTooLong, CancelledError):
            return False  # the end does not wait: what was saved last holds
        except (CamweaveError, OSError) as error:
            self._fail(error)
        else:
            self._failing = False
        return True

    def _told(self, saved: "Future[SavedGallery | None]") -> SavedGallery | None:
        """What the linker says; once the end has come, it is not waited for much longer."""
        while not self._stopped.is_set():
            with suppress(TookTooLong):
                return saved.result(GLANCE)
        return saved.result(WITHIN)

    def _saved(self, linker: LiveLinker, began: float) -> SavedGallery | None:
        """In the linker's thread: what it remembers now; None where it knows nobody yet."""
        if self._behind or self._journal.path.stat().st_size > LARGE:
            self._journal.compact(linker.registry.snapshot())
            self._behind = False
        state = linker.state()
        if not isfinite(state.time):
            return None
        return SavedGallery(
            began=began,
            time=state.time,
            next_id=linker.registry.next_id,
            embedder=self._embedder,
            sightings=state.sightings,
            total=state.total,
            count=state.count,
        )

    def _fail(self, error: Exception) -> None:
        if not self._failing:  # once, until it goes well again
            log.error("memory: %s; until then nobody who is new outlives a restart", error)
        self._failing = True


def name_of(embedder: AnyEmbedderParams) -> str:
    """Whose looks can be compared: those of one kind and model."""
    match embedder:
        case ReidParams(model=model):
            return f"reid {model.name}"
        case HistogramParams(bands=bands):
            return f"histogram {bands}"
        case NoEmbedder():
            return "none"
