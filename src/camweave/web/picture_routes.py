"""Where the pictures are: streams and snapshots of each camera."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from camweave.core.frame import CameraId
from camweave.core.picture import Pictures
from camweave.web.audience import Audience
from camweave.web.mjpeg import MjpegResponse

LONGEST: Final = 64  # letters of a name that a message repeats
NAMED: Final = 8  # cameras

Width = Annotated[
    int | None,
    Query(ge=1, le=8192, description="at most so many px wide; left out, the camera's own size"),
]


def picture_routes(audience: Audience) -> APIRouter:
    """`/CAMERA.mjpg`, `/stream/CAMERA`, `/stream/INDEX` and `/CAMERA.jpg`."""
    router = APIRouter(tags=["pictures"])
    pictures = audience.pictures

    @router.head("/{camera}.mjpg", include_in_schema=False)
    @router.get("/{camera}.mjpg", summary="Live, as MJPEG")
    async def named_stream(camera: str, width: Width = None) -> Response:
        """Annotated pictures as `multipart/x-mixed-replace`, a part for each new one."""
        return MjpegResponse(audience, camera_called(camera, pictures), width)

    @router.head("/stream/{camera}", include_in_schema=False)
    @router.get("/stream/{camera}", summary="Live, as MJPEG")
    async def stream(camera: str, width: Width = None) -> Response:
        """The same as `/CAMERA.mjpg`, by name or by place in the list of cameras, from 0 on."""
        return MjpegResponse(audience, camera_at(camera, pictures), width)

    @router.head("/{camera}.jpg", include_in_schema=False)
    @router.get("/{camera}.jpg", summary="The newest picture")
    async def snapshot(camera: str, width: Width = None) -> Response:
        """The newest annotated picture as a JPEG."""
        picture = await audience.snapshot(camera_called(camera, pictures), width)
        if picture is None:
            raise HTTPException(503, f"camera {camera}: no picture yet; try again")
        headers = {
            "Cache-Control": "no-store",
            "X-Timestamp": f"{audience.began + picture.time:.6f}",
        }
        return Response(picture.jpeg, media_type="image/jpeg", headers=headers)

    return router


def camera_called(name: str, pictures: Pictures) -> CameraId:
    """The camera of this name.

    Raises:
        HTTPException: 404, there is none.
    """
    camera, cameras = CameraId(name), pictures.cameras
    if camera in cameras:
        return camera
    # The nearest name would be kinder, but to find it costs ms, and strangers ask.
    some = ", ".join(cameras[:NAMED]) + (", ..." if cameras[NAMED:] else "")
    raise HTTPException(404, f"no camera {name[:LONGEST]!r}; there are: {some or 'none'}")


def camera_at(place: str, pictures: Pictures) -> CameraId:
    """The camera of this name, or at this place in the list.

    Raises:
        HTTPException: 404, there is none.
    """
    cameras = pictures.cameras
    if place in cameras or not (place.isascii() and place.isdecimal() and len(place) < LONGEST):
        return camera_called(place, pictures)
    if int(place) < len(cameras):
        return cameras[int(place)]
    raise HTTPException(404, f"no camera at {place}: there are {len(cameras)}, counted from 0")
