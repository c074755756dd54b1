"""Which store is meant: the one that is named, or that of a site file."""

from pathlib import Path

from camweave.app.site.load import read_site
from camweave.core.errors import InputError


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
    return named.get_secret_value()
