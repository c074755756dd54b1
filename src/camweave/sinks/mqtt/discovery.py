"""MQTT discovery messages by which Home Assistant shows a site without configuration.

One retained message describes one entity, under PREFIX/COMPONENT/NODE/OBJECT/config; an empty one
takes it away. A site is a device, and so is each of its cameras.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, get_args

from camweave.core.station import Kind
from camweave.sinks.mqtt.message import Message, as_json
from camweave.sinks.mqtt.topics import Topics, plain

Entity: TypeAlias = dict[str, object]

SUPPORT: Final = "https://github.com/camweave/camweave"
UP: Final = "{{ 'ON' if value_json.state == 'live' else 'OFF' }}"
WORKS: Final = "{{ 'online' if value_json.state == 'live' else 'offline' }}"
EVENT: Final = "{{ dict(value_json, event_type=value_json.kind) | tojson }}"
BEGAN: Final = "{{ value_json.began }}"


@dataclass(frozen=True, slots=True)
class Discovery:
    """Describes the entities of one site."""

    prefix: str
    topics: Topics
    version: str  # of camweave

    def site(self) -> Iterator[Message]:
        """The site itself: what happens."""
        yield self._entity(
            "event",
            "events",
            self._site_device(),
            {
                "name": "events",
                "event_types": sorted(get_args(Kind)),
                "state_topic": self.topics.events,
                "value_template": EVENT,
                **self._available(),
            },
        )

    def camera(self, camera: str) -> Iterator[Message]:
        """A camera itself: whether it is up."""
        topic = self.topics.state_of(camera)
        yield self._entity(
            "binary_sensor",
            f"{plain(camera)}_up",
            self._camera_device(camera),
            {
                "name": "connection",
                "device_class": "connectivity",
                "entity_category": "diagnostic",
                "state_topic": topic,
                "value_template": UP,
                "json_attributes_topic": topic,
                **self._available(),
            },
        )

    def site_counts(self, label: str) -> Iterator[Message]:
        """How many objects of a class there are at the site, one seen by many cameras once."""
        told = {"state_topic": self.topics.counts, **self._available()}
        yield from self._counts("site", label, self._site_device(), told)

    def camera_counts(self, camera: str, label: str) -> Iterator[Message]:
        """How many objects of a class there are in a camera; unknown while it is down."""
        told = {"state_topic": self.topics.counts_of(camera), **self._available(camera)}
        yield from self._counts(plain(camera), label, self._camera_device(camera), told)

    def _counts(self, of: str, label: str, device: Entity, told: Entity) -> Iterator[Message]:
        key, common = f"{of}_{plain(label)}", {"unit_of_measurement": "objects", **told}
        now = {
            "name": f"{label} now",
            "state_class": "measurement",
            "value_template": number("now", label),
        }
        seen = {
            "name": f"{label} seen",
            "state_class": "total",
            "value_template": number("seen", label),
            "last_reset_value_template": BEGAN,
        }
        yield self._entity("sensor", f"{key}_now", device, common | now)
        yield self._entity("sensor", f"{key}_seen", device, common | seen)

    def _entity(self, component: str, key: str, device: Entity, content: Entity) -> Message:
        node = plain(self.topics.base)
        content = content | {"unique_id": f"{node}_{key}", "device": device}
        content["origin"] = {
            "name": "camweave",
            "sw_version": self.version,
            "support_url": SUPPORT,
        }
        return as_json(f"{self.prefix}/{component}/{node}/{key}/config", content, retain=True)

    def _site_device(self) -> Entity:
        return self._device(plain(self.topics.base), self.topics.site, "site")

    def _camera_device(self, camera: str) -> Entity:
        node = plain(self.topics.base)
        name = f"{self.topics.site} {camera}"
        device = self._device(f"{node}_camera_{plain(camera)}", name, "camera")
        return device | {"via_device": node}

    def _device(self, identifier: str, name: str, model: str) -> Entity:
        return {
            "identifiers": [identifier],
            "name": name,
            "manufacturer": "camweave",
            "model": model,
            "sw_version": self.version,
        }

    def _available(self, camera: str | None = None) -> Entity:
        wanted: list[dict[str, str]] = [{"topic": self.topics.available}]
        if camera is not None:
            wanted.append({"topic": self.topics.state_of(camera), "value_template": WORKS})
        return {"availability": wanted, "availability_mode": "all"}


def number(which: str, label: str) -> str:
    """The template that reads one number; nobody of a class is 0.

    >>> number("now", "person")
    "{{ value_json['now'].get('person', 0) }}"
    """
    quoted = label.replace("\\", "\\\\").replace("'", "\\'")
    return f"{{{{ value_json['{which}'].get('{quoted}', 0) }}}}"
