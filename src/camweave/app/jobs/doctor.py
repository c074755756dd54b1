"""What this machine can run."""

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from camweave.app.site.kinds import KINDS
from camweave.app.site.masking import masked
from camweave.core.errors import CamweaveError

PACKAGES: Final = (
    "numpy",
    "scipy",
    "numba",
    "opencv-contrib-python-headless",
    "av",
    "pydantic",
    "pyyaml",
    "sqlalchemy",
    "alembic",
)
CLIENTS: Final = {"psycopg": "postgres", "aio-pika": "rabbitmq", "paho-mqtt": "mqtt"}  # and extras
OLDEST_PYTHON: Final = (3, 11)
TRACKERS: Final = KINDS["tracker"]
ENCODERS: Final = ("libx264", "mpeg4")  # what mp4 is written with: the first that is there
MEMORY_FILE: Final = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. Where `needed` and not `good`, camweave cannot do its work."""

    topic: str
    good: bool
    text: str
    needed: bool = True


def doctor() -> list[Finding]:
    """Everything worth knowing about this machine; nothing is changed on it."""
    return [finding for look in LOOKS for finding in look()]


def python() -> Iterator[Finding]:
    """Python and camweave themselves."""
    good = sys.version_info >= OLDEST_PYTHON
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Finding("python", good, text)
    yield Finding("camweave", True, package_version("camweave") or "run from a folder")


def hardware() -> Iterator[Finding]:
    """Cores and memory."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding("cores", True, f"{cores} usable")
    memory = memory_gib()
    yield Finding("memory", True, f"{memory:.1f} GiB free" if memory else "unknown", needed=False)


def packages() -> Iterator[Finding]:
    """What every command needs."""
    for name in PACKAGES:
        found = package_version(name)
        yield Finding(name, found is not None, found or "not installed: pip install camweave")


def runtimes() -> Iterator[Finding]:
    """What runs a model; one of them is enough, and `motion`, `hog` and `histogram` need none."""
    yield Finding("onnxruntime", *runtime(onnx_providers, "onnx"), needed=False)
    yield Finding("openvino", *runtime(openvino_devices, "openvino"), needed=False)


def runtime(look: Callable[[], str], extra: str) -> tuple[bool, str]:
    """Whether a runtime is there and loads."""
    try:
        return True, look()
    except ImportError:
        return False, f"not installed: pip install 'camweave[{extra}]'"
    except Exception as error:
        return False, f"does not start: {' '.join(str(error).split())[:100]}"


def onnx_providers() -> str:
    """Version, and what it can run on."""
    from camweave.inference.onnx_session import onnx_runtime

    runtime = onnx_runtime()
    names = [name.removesuffix("ExecutionProvider") for name in runtime.get_available_providers()]
    return f"{runtime.__version__} on {', '.join(names)}"


def openvino_devices() -> str:
    """Version, and what it can run on."""
    import openvino

    devices = openvino.Core().available_devices
    return f"{openvino.__version__.split('-')[0]} on {', '.join(devices)}"


def people() -> Iterator[Finding]:
    """The detector `hog` lives in OpenCV, and only in some of its versions."""
    import cv2

    good = hasattr(cv2, "HOGDescriptor")
    yield Finding(
        "hog",
        good,
        "ready" if good else "not in this OpenCV; reinstall opencv-contrib-python-headless",
        needed=False,
    )


def video() -> Iterator[Finding]:
    """Whether mp4 can be written, and by which encoders."""
    try:
        import av
    except ImportError as error:
        yield Finding("video", False, f"PyAV does not load: {error}")
        return
    have = [name for name in ENCODERS if name in av.codecs_available]
    text = f"FFmpeg {getattr(av, 'ffmpeg_version_info', '')}, encoders {', '.join(have) or 'none'}"
    yield Finding("video", bool(have), text)


def kernels() -> Iterator[Finding]:
    """Which trackers start at once."""
    try:
        from camweave.tracking.warm import kernels_are_cached

        fresh = [kind for kind in TRACKERS if not kernels_are_cached(kind)]
    except ImportError as error:
        yield Finding("tracker", False, f"do not load: {error}")
        return
    ready = [kind for kind in TRACKERS if kind not in fresh]
    text = f"compiled: {', '.join(ready) or 'none'}"
    if fresh:
        text += f"; not yet: {', '.join(fresh)}: their first run takes some seconds more"
    yield Finding("tracker", True, text)


def places() -> Iterator[Finding]:
    """Whether results can be written here, and temporary files anywhere."""
    folders = {"working folder": Path.cwd(), "temporary folder": Path(tempfile.gettempdir())}
    for topic, folder in folders.items():
        good = os.access(folder, os.W_OK)
        text = f"{folder} {'can' if good else 'cannot'} be written"
        yield Finding(topic, good, text, needed=False)


def clients() -> Iterator[Finding]:
    """What talks to databases and brokers; nobody needs them who has none."""
    for name, extra in CLIENTS.items():
        found = package_version(name)
        text = found or f"not installed: pip install 'camweave[{extra}]'"
        yield Finding(name, found is not None, text, needed=False)


def services() -> Iterator[Finding]:
    """The store and the broker that the environment names."""
    from camweave.app.jobs.roles.reaching import URL as BROKER
    from camweave.app.jobs.services import STORE, broker_text, store_text

    looks = {STORE: store_text, BROKER: broker_text}
    for name in (each for each in looks if os.environ.get(each)):
        try:
            good, text = True, looks[name](os.environ[name])
        except CamweaveError as error:
            good, text = False, str(error)
        yield Finding(name, good, masked(text), needed=False)


def package_version(name: str) -> str | None:
    """The installed version of a package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def memory_gib() -> float | None:
    """Memory that is free for use, in GiB."""
    try:
        lines = MEMORY_FILE.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    available = next((line for line in lines if line.startswith("MemAvailable")), None)
    return int(available.split()[1]) / (1 << 20) if available else None


LOOKS: Final = (
    python, hardware, packages, runtimes, people, video, kernels, clients, services, places,
)  # fmt: skip
