"""Under which topics a site is told. docs/home-assistant.md lists them."""

import re
from dataclasses import dataclass
from typing import Final

PLAIN: Final = re.compile(r"[^A-Za-z0-9_-]")
ONLINE: Final = "online"
OFFLINE: Final = "offline"


def plain(text: str) -> str:
    """The text with only what may stand in one step of a topic.

    >>> plain("traffic light/3")
    'traffic_light_3'
    """
    return PLAIN.sub("_", text)


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one site."""

    prefix: str
    site: str

    @property
    def base(self) -> str:
        """What all of them begin with."""
        return f"{self.prefix}/{plain(self.site)}"

    @property
    def available(self) -> str:
        """`online`, or `offline`, which the broker says for us when we cannot."""
        return f"{self.base}/available"

    @property
    def events(self) -> str:
        """What happens."""
        return f"{self.base}/events"

    @property
    def counts(self) -> str:
        """How many different objects there are in all cameras together."""
        return f"{self.base}/counts"

    def counts_of(self, camera: str) -> str:
        """How many there are in one camera."""
        return f"{self.base}/camera/{plain(camera)}/counts"

    def state_of(self, camera: str) -> str:
        """How a camera fares."""
        return f"{self.base}/camera/{plain(camera)}/state"
