"""Why a connection ended: FFmpeg's errors in the words of `StreamError`."""

import av.error

from camweave.core.errors import StreamEnd, StreamError

SAID: dict[StreamEnd, str] = {
    "refused": "no stream from {place}",
    "denied": "{place} does not let us in",
    "absent": "{place} has no such stream; check the path",
    "redirected": "{place} sends us to another address; give that one, or allow redirects",
    "unanswered": "{place} takes the connection and does not answer",
    "unreadable": "what {place} sends is no video that can be decoded here",
    "silent": "no frame from {place}",
    "lost": "{place} closed the connection",
}
KINDS: tuple[tuple[type[BaseException], StreamEnd], ...] = (
    (av.error.HTTPUnauthorizedError, "denied"),
    (av.error.HTTPForbiddenError, "denied"),
    (av.error.HTTPNotFoundError, "absent"),
    (av.error.HTTPError, "refused"),
    (av.error.ExitError, "unanswered"),
    (av.error.TimeoutError, "unanswered"),
    (av.error.ConnectionRefusedError, "refused"),
    (av.error.InvalidDataError, "unreadable"),
    (av.error.OSError, "refused"),
)


def ended(kind: StreamEnd, place: str, more: str = "") -> StreamError:
    """The error that says so, with what more is known."""
    said = SAID[kind].format(place=place)
    return StreamError(kind, f"{said} ({more})" if more else said)


def not_opened(error: BaseException, place: str, *, waited: float, limit: float) -> StreamError:
    """Why a stream could not be opened; FFmpeg calls running out of time invalid data, too."""
    if waited >= limit:
        return ended("unanswered", place, f"waited {waited:.1f} s")
    kind: StreamEnd = next((kind for known, kind in KINDS if isinstance(error, known)), "lost")
    return ended(kind, place, getattr(error, "strerror", None) or "")
