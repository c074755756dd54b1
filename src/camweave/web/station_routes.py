"""What people may ask of a running site."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import Field
from starlette.responses import Response

from camweave.core.frame import CameraId
from camweave.core.identities import Link, TrackletKey
from camweave.core.station import (
    CameraStatus,
    Card,
    Counts,
    Happening,
    Journey,
    LiveTrack,
    Station,
    Stats,
)

NAME: Final = r"^[A-Za-z0-9_-]{1,64}$"
Name = Annotated[str, Field(pattern=NAME)]
Identity = Annotated[int, Path(ge=1, le=2**53)]


def fare_routes(station: Station) -> APIRouter:
    """How the site fares: `/api/cameras`, `/api/cameras/NAME`, `/api/stats`."""
    router = APIRouter(prefix="/api", tags=["site"])

    @router.get("/cameras")
    def cameras() -> list[CameraStatus]:
        """How each camera fares."""
        return list(station.cameras())

    @router.get("/cameras/{camera}")
    def one_camera(camera: Annotated[str, Path(pattern=NAME)]) -> CameraStatus:
        """How one camera fares."""
        for each in station.cameras():
            if each.condition.camera == camera:
                return each
        raise HTTPException(404, f"no camera {camera!r}")

    @router.get("/stats")
    def stats() -> Stats:
        """The site in numbers, and how it stands to its file."""
        return station.stats()

    return router


def site_routes(station: Station) -> APIRouter:
    """What the site shows now: `/api/{tracks,counts,happenings,portraits}`."""
    router = APIRouter(prefix="/api", tags=["site"])

    @router.get("/tracks")
    def tracks(camera: Name | None = None) -> list[LiveTrack]:
        """Who is in the newest pictures."""
        try:
            return list(station.tracks(None if camera is None else CameraId(camera)))
        except KeyError:
            raise HTTPException(404, f"no camera {camera!r}") from None

    @router.get("/counts")
    def counts() -> Counts:
        """Different objects by class and camera, and passages from camera to camera."""
        return station.counts()

    @router.get("/happenings")
    def happenings(after: Annotated[int, Query(ge=0)] = 0) -> list[Happening]:
        """The last things that happened; `/api/events` tells them as they do."""
        return list(station.happenings(after))

    @router.get("/portraits/{camera}/{tracklet_id}.jpg", response_class=Response)
    def portrait(
        camera: Name,
        tracklet_id: Identity,
        time: Annotated[float | None, Query(description="s on the site's clock")] = None,
    ) -> Response:
        """A tracklet's best crop, or the one kept that was taken nearest to a time."""
        jpeg = station.portrait(TrackletKey(CameraId(camera), tracklet_id), time)
        if jpeg is None:
            raise HTTPException(404, "no picture of it is kept")
        return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "max-age=5"})

    return router


def identity_routes(station: Station) -> APIRouter:
    """Who is who: `/api/identities`, journeys, and the evidence of links."""
    router = APIRouter(prefix="/api", tags=["identities"])

    @router.get("/identities")
    def identities(
        most: Annotated[int, Query(ge=1, le=1000)] = 100,
        camera: Name | None = None,
        label: Annotated[str | None, Query(max_length=64)] = None,
    ) -> list[Card]:
        """Those seen last, the newest first."""
        where = None if camera is None else CameraId(camera)
        return list(station.identities(most=most, camera=where, label=label))

    @router.get("/identities/{identity}")
    def identity(identity: Identity) -> Card:
        """One identity in a few words; an alias gives whom it stands for."""
        return known(station, identity).card

    @router.get("/identities/{identity}/journey")
    def journey(identity: Identity) -> Journey:
        """Where it was, and why that is held to be one."""
        return known(station, identity)

    @router.get("/links/{identity}")
    def links(identity: Identity) -> list[Link]:
        """Why its tracklets are one: evidence, similarity, edge, window, runner-up, margin."""
        return list(known(station, identity).links)

    return router


def known(station: Station, identity: int) -> Journey:
    """What is known of an identity.

    Raises:
        HTTPException: 404, nothing is.
    """
    try:
        return station.journey(identity)
    except KeyError:
        raise HTTPException(404, f"identity {identity} is not known") from None
