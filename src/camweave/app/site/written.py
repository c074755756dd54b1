"""A site file together with the cameras that were set over the network since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self, TypeAlias

from camweave.app.site.load import parsed, site_of
from camweave.app.site.model import Camera, Site
from camweave.core.errors import FileFormatError, SiteError
from camweave.formats.document import MAX_DEPTH, Document, Place, path_text, read_text

LONGEST: Final = 4096  # characters of a text that is sent
MOST: Final = 1000  # entries of one list or mapping that is sent

Section: TypeAlias = Mapping[str, Any]  # of a camera, as it is written


@dataclass(frozen=True, slots=True)
class Written:
    """The sections of a site file, camera by camera, and the site that they describe."""

    path: Path
    document: Document
    in_file: Mapping[str, Section]  # of the cameras, by name, as the file has them
    sections: Mapping[str, Section]  # the same with what was said since
    site: Site

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a site file.

        Raises:
            SiteError: one line per problem: file, line, column, key, and what was expected.
        """
        try:
            text = read_text(path)
        except FileFormatError as error:
            raise SiteError(str(error)) from None
        document = parsed(text, str(path))
        site = site_of(document, path.resolve().parent)
        sections = {row["name"]: row for row in document.data["cameras"]}
        return cls(path, document, sections, sections, site)

    @property
    def folder(self) -> Path:
        """The folder that relative paths begin at."""
        return self.path.resolve().parent

    def camera(self, name: str) -> Camera | None:
        """A camera in full; None where there is none of this name."""
        return next((each for each in self.site.cameras if each.name == name), None)

    def with_camera(self, name: str, section: Section) -> Self:
        """The same with a camera's section replaced, or added at the end.

        Raises:
            SiteError: one line per problem: key of the section, and what was expected.
        """
        for place, problem in unfit(section):
            raise SiteError(f"{path_text(place)}: {problem}")
        if section.get("name", name) != name:
            raise SiteError(f"name: expected {name!r}, or none")
        if name.lower() in {each.lower() for each in self.sections if each != name}:
            raise SiteError(f"name: {name!r} is taken; upper and lower case are not told apart")
        return self.saying({**self.sections, name: {"name": name, **section}}, about=name)

    def without(self, name: str) -> Self:
        """The same without a camera.

        Raises:
            KeyError: there is none of this name.
            SiteError: it cannot be left out: it is the last one, or a transition names it.
        """
        if name not in self.sections:
            raise KeyError(name)
        return self.saying({other: each for other, each in self.sections.items() if other != name})

    def read_again(self) -> Self:
        """The file as it is now, with the cameras set over the network where they still hold.

        What was said last of a camera holds: one whose section was changed in the file meanwhile
        is as the file says.

        Raises:
            SiteError: the file is wrong, or does not go together with what was said.
        """
        fresh = self.read(self.path)
        sections = dict(fresh.sections)
        for name in (*self.in_file, *(each for each in self.sections if each not in self.in_file)):
            before, said = self.in_file.get(name), self.sections.get(name)
            if said == before or fresh.in_file.get(name) != before:
                continue
            if said is None:
                del sections[name]
            else:
                sections[name] = said
        return fresh if sections == fresh.sections else fresh.saying(sections)

    def saying(self, sections: Mapping[str, Section], *, about: str | None = None) -> Self:
        """The same with these cameras; errors of camera `about` are told by its keys.

        Raises:
            SiteError: one line per problem.
        """
        data = self.document.data | {"cameras": list(sections.values())}
        at = None if about is None else list(sections).index(about)
        site = site_of(Sent(self.path.name, data, place=at), self.folder)
        return replace(self, sections=dict(sections), site=site)


def unfit(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:  # noqa: ANN401 - JSON holds anything
    """A value that YAML could not have held: its path, and what is wrong with it."""
    match value:
        case str() if len(value) > LONGEST or not value.isprintable():
            yield place, f"expected printable text of at most {LONGEST} characters"
        case dict() | list() if len(place) > MAX_DEPTH or len(value) > MOST:
            yield (
                place,
                f"expected at most {MOST} entries, nested no deeper than {MAX_DEPTH} levels",
            )
        case dict():
            for key, each in value.items():
                if not key.isprintable():
                    yield place, "expected keys of printable text"
                else:
                    yield from unfit(each, (*place, key))
        case list():
            for at, each in enumerate(value):
                yield from unfit(each, (*place, at))
        case _:
            return


@dataclass(frozen=True, slots=True)
class Sent(Document):
    """A document that came over the network, and so has no lines."""

    place: int | None = None  # in the list, of the camera that it is about

    def error(self, place: Place, message: str) -> str:
        """One line: path of the key, from the camera on where it is about one; what is wrong."""
        own = ("cameras", self.place)
        path = path_text(place[2:] if place[:2] == own else place)
        return f"{path}{': ' if path else ''}{message}"
