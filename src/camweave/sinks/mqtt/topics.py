"""The MQTT topics of a site. docs/home-assistant.md lists them."""

import re
from dataclasses import dataclass
from typing import Final

PLAIN: Final = re.compile(r"[^A-Za-z0-9_-]")
ONLINE: Final = "online"
OFFLINE: Final = "offline"


def plain(text: str) -> str:
    """The text with only characters that one level of a topic may have.

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
        """The prefix of all of them."""
        return f"{self.prefix}/{plain(self.site)}"

    @property
    def available(self) -> str:
        """`online` or `offline`; the latter is our last will, too."""
        return f"{self.base}/available"

    @property
    def events(self) -> str:
        """Happenings."""
        return f"{self.base}/events"

    @property
    def counts(self) -> str:
        """Different objects in all cameras together."""
        return f"{self.base}/counts"

    def counts_of(self, camera: str) -> str:
        """Objects in one camera."""
        return f"{self.base}/camera/{plain(camera)}/counts"

    def state_of(self, camera: str) -> str:
        """The status of a camera."""
        return f"{self.base}/camera/{plain(camera)}/state"
