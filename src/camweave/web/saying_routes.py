"""What people may say to a running site: who is who, and whom they are looking for."""

from typing import Annotated, Final

import cv2
import numpy as np
from fastapi import APIRouter, Body, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from camweave.core.errors import CamweaveError, InputError
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.station import Found, Station
from camweave.core.wishes import Lock, Merge, Split, TakeBack, Wish
from camweave.ops.image_size import image_size
from camweave.web.station_routes import Name

MOST_PIXELS: Final = 40_000_000  # of a picture that is searched with: 120 MB once decoded

Number = Annotated[int, Field(ge=1, le=2**53)]
Who = Annotated[str, Query(max_length=64, description="who says so, for the record")]


class Sent(BaseModel):
    """What is sent: nothing but what is known."""

    model_config = ConfigDict(extra="forbid")


class Key(Sent):
    """A tracklet's name."""

    camera: Name
    tracklet_id: Number

    @property
    def key(self) -> TrackletKey:
        """The same as a value."""
        return TrackletKey(CameraId(self.camera), self.tracklet_id)


class MergeSent(Sent):
    """Two identities are one."""

    one: Number
    other: Number


class SplitSent(Sent):
    """These tracklets are somebody else."""

    identity: Number
    tracklets: list[Key] = Field(min_length=1, max_length=1000)


class LockSent(Sent):
    """Two tracklets stay together, or apart."""

    one: Key
    other: Key
    together: bool


class UndoSent(Sent):
    """A correction is taken back; the last one, where no number is said."""

    correction: Number | None = None


class Noted(BaseModel):
    """What was said is done."""

    correction: int  # its number, by which it can be undone


def correction_routes(station: Station) -> APIRouter:
    """`POST /api/identities/{merge,split,lock,undo}`."""
    router = APIRouter(prefix="/api", tags=["corrections"])

    @router.post("/identities/merge")
    def merge(sent: MergeSent, who: Who = "") -> Noted:
        """Two identities are one, and stay so."""
        return noted(station, Merge(sent.one, sent.other), who)

    @router.post("/identities/split")
    def split(sent: SplitSent, who: Who = "") -> Noted:
        """These tracklets and the rest of an identity are two, and stay so."""
        keys = tuple(each.key for each in sent.tracklets)
        return noted(station, Split(sent.identity, keys), who)

    @router.post("/identities/lock")
    def lock(sent: LockSent, who: Who = "") -> Noted:
        """Two tracklets stay together, or apart, whatever is found out later."""
        wish = Lock(one=sent.one.key, other=sent.other.key, together=sent.together)
        return noted(station, wish, who)

    @router.post("/identities/undo")
    def undo(sent: UndoSent, who: Who = "") -> Noted:
        """Take a correction back."""
        return noted(station, TakeBack(sent.correction), who)

    return router


def search_routes(station: Station) -> APIRouter:
    """`POST /api/search`."""
    router = APIRouter(prefix="/api", tags=["identities"])

    @router.post("/search")
    def search(
        image: Annotated[bytes, Body(media_type="image/jpeg", description="a JPEG or PNG")],
        most: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> list[Found]:
        """Who looks like the object that fills this picture; the most alike first."""
        width, height = image_size(image) or (0, 0)
        if not 0 < width * height <= MOST_PIXELS:
            raise HTTPException(422, f"expected a JPEG or PNG of at most {MOST_PIXELS} pixels")
        pixels = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR)
        if pixels is None:
            raise HTTPException(422, "the picture is damaged: it cannot be decoded")
        try:
            return list(station.search(pixels.astype(np.uint8), most=most))
        except InputError as error:
            raise HTTPException(409, str(error)) from None
        except CamweaveError as error:
            raise HTTPException(503, str(error)) from None

    return router


def noted(station: Station, wish: Wish, who: str) -> Noted:
    """Have it done.

    Raises:
        HTTPException: 409, it cannot be; 503, nobody can do it now. The reason is a line.
    """
    try:
        return Noted(correction=station.say(wish, who=who))
    except InputError as error:
        raise HTTPException(409, str(error)) from None
    except CamweaveError as error:
        raise HTTPException(503, str(error)) from None
