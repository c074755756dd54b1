"""Which store is meant: the one that is named, or that of a site file."""

from pathlib import Path
from typing import Final

from camweave.app.site.load import read_site
from camweave.core.errors import InputError

FILE: Final = "sqlite:///"


def store_of(site: Path | None, url: str | None) -> str:
    """The address of a store.

    Raises:
        InputError: neither says one.
        SiteError: the site file is wrong.
    """
    if url:
        return url
    if site is None:
        raise InputError("db: which store? Give a site file, or --store sqlite:///FILE")
    named = read_site(site).store
    if named is None:
        raise InputError(f"{site}: it names no store. Add one: store: sqlite:///camweave.db")
    return beside(site, named.get_secret_value())


def beside(site: Path, url: str) -> str:
    """A site file's store: a path is relative to the file.

    >>> beside(Path("sites/yard.yaml"), "sqlite:///yard.db")
    'sqlite:///sites/yard.db'
    """
    if not url.startswith(FILE):
        return url
    return f"{FILE}{site.parent / Path(url.removeprefix(FILE)).expanduser()}"
