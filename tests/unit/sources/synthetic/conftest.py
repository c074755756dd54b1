"""A small site for tests: one lane, one way on foot, one camera, and what a test adds."""

from collections.abc import Callable

import pytest

from camweave.sources.synthetic.plan import (
    Area,
    Block,
    CameraSpec,
    DriveRoute,
    Plan,
    Scenario,
    Thing,
    WalkRoute,
)
from camweave.sources.synthetic.scenarios import make_scenario

MakeScenario = Callable[..., Scenario]


def small_plan(*things: Thing) -> Plan:
    return Plan(
        areas=(Area("asphalt", ((-60.0, -3.0), (60.0, -3.0), (60.0, 3.0), (-60.0, 3.0))),),
        things=things,
        drives=(DriveRoute(points=((-50.0, 0.0), (50.0, 0.0)), speed=9.0, per_minute=12.0),),
        walks=(WalkRoute(points=((-20.0, 5.0), (20.0, 5.0)), per_minute=8.0, spread=0.6),),
        warm_up=25.0,
    )


@pytest.fixture(scope="session")
def small_scenario() -> MakeScenario:
    """A scenario of the small site: `small_scenario(seconds=, seed=, things=, **camera)`."""

    def make(
        *, seconds: float = 4.0, seed: int = 3, things: tuple[Thing, ...] = (), **camera: object
    ) -> Scenario:
        settings: dict[str, object] = {
            "name": "cam_a",
            "position": (0.0, -14.0, 5.0),
            "look_at": (0.0, 2.0, 0.8),
            "width": 320,
            "height": 192,
            "fps": 10.0,
        }
        spec = CameraSpec(**(settings | camera))  # type: ignore[arg-type]  # fields by name
        plan = small_plan(*things)
        return Scenario(name="small", plan=plan, cameras=(spec,), seconds=seconds, seed=seed)

    return make


@pytest.fixture(scope="session")
def wall() -> Block:
    """A wall between the camera and everybody."""
    return Block(center=(0.0, -6.0), size=(60.0, 0.5), height=6.0, colour=(90, 90, 90))


@pytest.fixture(scope="session")
def plaza() -> Scenario:
    return make_scenario("plaza", cameras=4, seconds=6.0, seed=5)
