"""Which identity an id stands for: a forest whose roots are the identities, kept for ever.

A living alias can be given back to the tracklets that it came with. When the last of those is
forgotten the alias is settled: 16 bytes in two sorted columns, and it resolves for ever.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from camweave.core.tracks import GlobalId


class Aliases:
    """Ids that stand for other ids. No chain of them is a circle: only roots become aliases."""

    def __init__(self) -> None:
        self._into: dict[int, int] = {}  # a living alias: what it stands for
        self._under: dict[int, set[int]] = {}  # the other way round
        self._confirmed: dict[int, bool] = {}  # what a living alias was as an identity
        self._settled = array("q")  # ids, rising
        self._settled_into = array("q")  # what each stands for

    def __len__(self) -> int:
        return len(self._into) + len(self._settled)

    def __contains__(self, identity: int) -> bool:
        return identity in self._into or self._place(identity) is not None

    def resolve(self, identity: int) -> GlobalId:
        """The root it stands for; itself, where it stands for no other."""
        while True:
            into = self._into.get(identity)
            if into is None:
                at = self._place(identity)
                if at is None:
                    return GlobalId(identity)
                into = self._settled_into[at]
            identity = into

    def living(self, identity: int) -> bool:
        """Whether it is an alias that can be given back."""
        return identity in self._into

    def under(self, identity: int) -> Iterator[GlobalId]:
        """The living aliases of an identity, those of its aliases included."""
        for alias in sorted(self._under.get(identity, ())):
            yield GlobalId(alias)
            yield from self.under(alias)

    def above(self, alias: int) -> Iterator[GlobalId]:
        """What a living alias stands for, and what that stands for, up to the identity."""
        into = self._into.get(alias)
        while into is not None:
            yield GlobalId(into)
            into = self._into.get(into)

    def add(self, alias: int, into: int, *, confirmed: bool) -> None:
        """An identity stands for another from now on."""
        self._confirmed[alias] = confirmed
        self._hang(alias, into)

    def give_back(self, alias: int) -> bool:
        """It is an identity again; whether it was a confirmed one."""
        self._unhang(alias)
        return self._confirmed.pop(alias)

    def point(self, alias: int, into: int) -> None:
        """A living alias stands for another identity."""
        self._unhang(alias)
        self._hang(alias, into)

    def settle(self, alias: int) -> None:
        """Nothing is left that it could be given back to; what it stands for stays."""
        into = self._unhang(alias)
        for each in self._under.pop(alias, ()):  # those still living stand for what it stood for
            self._hang(each, into)
        del self._confirmed[alias]
        at = bisect_left(self._settled, alias)
        self._settled.insert(at, alias)
        self._settled_into.insert(at, into)

    def rows(self) -> list[list[int]]:
        """[alias, what it stands for, 1 if it was confirmed] of the living, in order."""
        return [[a, self._into[a], int(self._confirmed[a])] for a in sorted(self._into)]

    def settled(self) -> list[list[int]]:
        """Two rows: the settled, and what each stands for."""
        return [self._settled.tolist(), self._settled_into.tolist()]

    def restore(self, rows: Iterable[list[int]], settled: list[list[int]]) -> None:
        """What `rows` and `settled` gave."""
        self._settled, self._settled_into = array("q", settled[0]), array("q", settled[1])
        for alias, into, confirmed in rows:
            self.add(alias, into, confirmed=bool(confirmed))

    def _hang(self, alias: int, into: int) -> None:
        self._into[alias] = into
        self._under.setdefault(into, set()).add(alias)

    def _unhang(self, alias: int) -> int:
        into = self._into.pop(alias)
        self._under[into].discard(alias)
        if not self._under[into]:
            del self._under[into]
        return into

    def _place(self, identity: int) -> int | None:
        at = bisect_left(self._settled, identity)
        found = at < len(self._settled) and self._settled[at] == identity
        return at if found else None
