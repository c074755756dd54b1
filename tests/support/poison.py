"""Frames that nobody can work on: spoilt as they are sent, and deadly to whoever reads them."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Final, TypeAlias

from tests.support.walk import CAMERAS, frames_of

from camweave.broker.delivery import Delivery
from camweave.broker.publisher import Publisher, Sent
from camweave.formats.messages.packed import Packed

Spoilt: TypeAlias = Mapping[str, bytes | None]
"""What is sent instead of the picture of a frame, CAMERA/EPOCH/FRAME; None: it is not sent."""

BAD_JPEG: Final = b"\xff\xd8 and no more of a JPEG"
DEADLY: Final = b"whoever reads this dies"
LIMIT: Final = 3  # tries of a frame


def chosen(chance: Random) -> Spoilt:
    """One frame with a bad picture, and one that is deadly, of any cameras."""
    places = [f"{camera}/0/{frame}" for camera in CAMERAS for frame in range(frames_of(camera))]
    bad, deadly = chance.sample(places, 2)
    return {bad: BAD_JPEG, deadly: DEADLY}


def left_out(spoilt: Spoilt) -> Spoilt:
    """The same frames, and nothing is sent of them."""
    return dict.fromkeys(spoilt)


def spoil(spoilt: Spoilt) -> None:
    """From now on this process sends these frames so, and dies when it reads a deadly one."""
    publish: Final = Publisher.publish
    read: Callable[[Delivery], bytes] = vars(Delivery)["body"].fget

    def published(self: Publisher, packed: Packed, key: str, *, keep: bool = False) -> Sent:
        place = "/".join(packed.id.split("/")[-3:])
        if place not in spoilt:
            return publish(self, packed, key, keep=keep)
        body = spoilt[place]
        if body is None:
            return Sent(packed, key, 0.0, keep, arrived=True, over=True)
        headers = {**packed.headers, "codec": "jpeg"}
        return publish(self, replace(packed, headers=headers, body=body), key, keep=keep)

    def body_of(self: Delivery) -> bytes:
        body = read(self)
        if body == DEADLY:
            os._exit(1)  # as a library that crashes does
        return body

    Publisher.publish = published  # type: ignore[method-assign]  # as a broken encoder would
    Delivery.body = property(body_of)  # type: ignore[assignment,method-assign]  # as above
