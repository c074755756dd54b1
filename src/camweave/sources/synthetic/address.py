"""The text form of a synthetic source: `synthetic:SCENARIO/NAME`, perhaps `?seconds=30&seed=2`."""

from typing import Final
from urllib.parse import parse_qsl

from camweave.core.errors import InputError
from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.scenarios import camera_of, make_scenario, most_cameras

SCHEME: Final = "synthetic:"
OPTIONS: Final = ("seconds", "seed", "size", "cameras", "fps")


def is_synthetic(text: str) -> bool:
    """Whether a source's text means a synthetic one."""
    return text.startswith(SCHEME)


def parse_address(text: str) -> tuple[Scenario, str]:
    """The scenario and the camera's name.

    Options after `?`: `seconds` (60), `seed` (1), `size` (640x360), `cameras`,
    `fps` (each camera's own).

    Raises:
        InputError: not of that form, or no such scenario, camera or option.
    """
    path, _, query = text.removeprefix(SCHEME).partition("?")
    name, slash, camera = path.partition("/")
    if not is_synthetic(text) or not slash or not name or not camera:
        raise InputError(
            f"source {text!r}: expected synthetic:SCENARIO/NAME, as synthetic:plaza/cam_a"
        )
    options = dict(parse_qsl(query, keep_blank_values=True))
    for option in options:
        if option not in OPTIONS:
            raise InputError(
                f"source {text!r}: unknown option {option!r}. There are: {', '.join(OPTIONS)}"
            )
    try:
        width, _, height = options.get("size", "640x360").partition("x")
        scenario = make_scenario(
            name,
            cameras=int(options["cameras"]) if "cameras" in options else most_cameras(name),
            seconds=float(options.get("seconds", "60")),
            seed=int(options.get("seed", "1")),
            size=(int(width), int(height)),
            fps=float(options["fps"]) if "fps" in options else None,
        )
    except ValueError as error:
        raise InputError(f"source {text!r}: {error}") from error
    camera_of(scenario, camera)
    return scenario, camera
