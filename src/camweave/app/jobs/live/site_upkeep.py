"""Changes to a running site: cameras set over the network, and the site file read again."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Final

from camweave.app.jobs.live.changing import Changing
from camweave.app.site.admission import Admission
from camweave.app.site.masking import masked
from camweave.app.site.sections import Serve
from camweave.app.site.written import Written
from camweave.core.errors import CamweaveError, InputError, JobError, SiteError
from camweave.core.frame import CameraId
from camweave.core.station import Changes, SiteFile

log = logging.getLogger(__name__)

SHOWN: Final = 8  # problems of a file that are shown


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who is told of changes, and the clock that dates them."""

    now: Callable[[], float]
    note: Callable[[str, float], None]


class SiteUpkeep:
    """The `SiteChanges` of a site that was read from a file.

    A camera set over the network stays as it was set until its section in the file changes, or
    the process ends. The file is never written to.
    """

    def __init__(self, written: Written, changing: Changing, hearing: Hearing) -> None:
        self._written, self._changing, self._hearing = written, changing, hearing
        self._lock = Lock()
        self._state = SiteFile(read=hearing.now())

    @property
    def site_file(self) -> SiteFile:
        """How the site stands to its file."""
        return self._state

    def add_camera(self, section: Mapping[str, Any]) -> Changes:
        """Add a camera; see `SiteChanges`."""
        name = section.get("name")
        if not isinstance(name, str):
            raise SiteError("name: expected a name of 1 to 64 of A-Z a-z 0-9 _ -")
        with self._lock:
            if name in self._written.sections:
                raise FileExistsError(name)
            return self._said(name, section)

    def set_camera(self, camera: str, section: Mapping[str, Any], *, whole: bool) -> Changes:
        """Replace a camera's section, or some of its keys; see `SiteChanges`."""
        with self._lock:
            if not whole:
                merged = {**self._written.sections[camera], **section}
                section = {key: each for key, each in merged.items() if each is not None}
            return self._said(camera, section)

    def remove_camera(self, camera: str) -> Changes:
        """Remove a camera; see `SiteChanges`."""
        with self._lock:
            return self._become(self._written.without(camera))

    def reload(self) -> Changes:
        """Read the file again; see `SiteChanges`."""
        with self._lock:
            try:
                changes = self._become(self._written.read_again())
            except CamweaveError as error:
                self._refuse(error)
                kind = InputError if isinstance(error, InputError) else JobError
                raise kind(masked(str(error))) from None
            self._state = replace(self._state, read=self._hearing.now(), refused=None)
            return changes

    def _said(self, name: str, section: Mapping[str, Any]) -> Changes:
        """Set a camera to a section that was sent.

        Raises:
            InputError: its source is not allowed, or the section is wrong.
        """
        written = self._written.with_camera(name, section)
        camera = written.camera(name)
        assert camera is not None  # noqa: S101 - it was just put there
        site = self._written.site
        self._admission(self._written).refuse(camera, site, self._written.camera(name))
        return self._become(written)

    def _become(self, written: Written) -> Changes:
        sent = [
            name
            for name, each in written.sections.items()
            if each.get("source") != written.in_file.get(name, {}).get("source")
        ]
        try:
            changes = self._changing.become(
                written.site, sent=sent, admission=self._admission(written)
            )
        except InputError as error:
            raise InputError(masked(str(error))) from error
        self._written = written
        self._state = replace(
            self._state,
            restart=changes.restart,
            said=tuple(CameraId(each) for each in said_of(written)),
        )
        self._tell(changes)
        return changes

    def _admission(self, written: Written) -> Admission:
        return Admission((written.site.serve or Serve()).sources, written.folder)

    def _tell(self, changes: Changes) -> None:
        text = told(changes)
        log.info("site: %s", text)
        self._hearing.note(text, self._hearing.now())

    def _refuse(self, error: CamweaveError) -> None:
        """Log that the file cannot be used, once for each reason."""
        lines = masked(str(error)).splitlines()
        more = f" (and {len(lines) - 1} more)" if lines[1:] else ""
        if self._state.refused is None or not self._state.refused.startswith(lines[0]):
            text = f"the site file is not in force: {lines[0]}{more}"
            log.error("site: %s", text)
            self._hearing.note(text, self._hearing.now())
        self._state = replace(self._state, refused="\n".join(lines[:SHOWN]))


def said_of(written: Written) -> list[str]:
    """The cameras that differ from the file."""
    both = {*written.sections, *written.in_file}
    return sorted(n for n in both if written.sections.get(n) != written.in_file.get(n))


def told(changes: Changes) -> str:
    """Changes in one line of text.

    >>> told(Changes(added=(CameraId("gate"),), restart=("serve.port",)))
    'added gate; needs a restart: serve.port'
    """
    parts = [
        f"{word} {', '.join(names)}"
        for word, names in (
            ("added", changes.added),
            ("changed", changes.changed),
            ("removed", changes.removed),
            ("needs a restart:", changes.restart),
        )
        if names
    ]
    return "; ".join(parts) or ("links otherwise" if changes.linker else "nothing has changed")
