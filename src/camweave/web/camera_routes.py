"""Cameras added, changed and removed while the site runs, and its file read again."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, HTTPException, Path
from pydantic import Field

from camweave.core.errors import CamweaveError, InputError
from camweave.core.station import Changes, SiteChanges
from camweave.web.station_routes import NAME

LONGEST: Final = 64  # keys of a section

Called = Annotated[str, Path(pattern=NAME)]
Section = Annotated[
    dict[str, Any],
    Field(max_length=LONGEST),
    Body(
        description="the camera's section of the site file",
        examples=[{"name": "gate", "source": "rtsp://user:password@10.0.0.7/live"}],
    ),
]


def camera_routes(site: SiteChanges | None) -> APIRouter:
    """`POST /api/cameras`, `PUT`, `PATCH` and `DELETE /api/cameras/NAME`, `POST /api/reload`.

    With None each of them is refused.
    """
    router = APIRouter(prefix="/api", tags=["site"])

    @router.post("/cameras", status_code=201)
    def add(section: Section) -> Changes:
        """One more camera: its section of the site file, as JSON."""
        return made(site, lambda changes: changes.add_camera(section))

    @router.put("/cameras/{camera}")
    def put(camera: Called, section: Section) -> Changes:
        """A camera in full; one that is not there is added."""
        return made(site, lambda changes: changes.set_camera(camera, section, whole=True))

    @router.patch("/cameras/{camera}")
    def patch(camera: Called, section: Section) -> Changes:
        """Some keys of a camera; null takes a key out (RFC 7396, at the top level)."""
        return made(site, lambda changes: changes.set_camera(camera, section, whole=False))

    @router.delete("/cameras/{camera}")
    def delete(camera: Called) -> Changes:
        """End with a camera; who watches it sees its stream end."""
        return made(site, lambda changes: changes.remove_camera(camera))

    @router.post("/reload")
    def reload() -> Changes:
        """Read the site file again; where it is wrong, all stays as it was."""
        return made(site, lambda changes: changes.reload())

    return router


def made(site: SiteChanges | None, change: Callable[[SiteChanges], Changes]) -> Changes:
    """Have it changed.

    Raises:
        HTTPException: 403, nothing may be changed here; 404 and 409, there is no such camera, or
            there is one; 422, the section or the file is wrong; 503, the site is over.
    """
    if site is None:
        raise HTTPException(403, "cameras cannot be changed here; see `serve.sources`")
    try:
        return change(site)
    except KeyError as error:
        raise HTTPException(404, f"no camera {error.args[0]!r}") from None
    except FileExistsError as error:
        raise HTTPException(409, f"there is a camera {error.args[0]!r}; PUT says it anew") from None
    except InputError as error:
        raise HTTPException(422, str(error)) from None
    except CamweaveError as error:
        raise HTTPException(503, str(error)) from None
