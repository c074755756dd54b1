"""A line in a process of its own, asked now and then how far it has come; it can never hang."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from threading import Timer
from typing import Final

ONE_BLAS_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1"}  # as `camweave live` has it
LONGEST: Final = 120.0  # s after which a process is ended, whatever it does


@dataclass(frozen=True)
class Mark:
    """How far a line has come."""

    time: float  # s, monotonic
    cpu: float  # s, of all threads of the process
    frames: int  # looked at
    encoded: int  # JPEGs made
    dropped: int = 0  # frames overtaken by newer ones


@dataclass(frozen=True)
class Span:
    """What happened between two marks."""

    seconds: float
    cpu: float  # s
    frames: int
    encoded: int
    dropped: int

    @property
    def rate(self) -> float:
        """Frames/s of all cameras together."""
        return self.frames / self.seconds

    @property
    def cost(self) -> float:
        """CPU s of a frame."""
        return self.cpu / max(1, self.frames)

    @property
    def watched(self) -> float:
        """JPEGs for each frame."""
        return self.encoded / max(1, self.frames)


def answer(port: int, mark: Callable[[], Mark]) -> None:
    """In the process: say the port, then a mark for every line that comes; end with them."""
    print(port, flush=True)
    for _ in sys.stdin:
        print(json.dumps(asdict(mark())), flush=True)
    os._exit(0)  # without waiting for threads that may never end


class Asked:
    """A line's process, from outside."""

    def __init__(self, process: "subprocess.Popen[str]", name: str) -> None:
        self._process, self._name = process, name
        self.port = int(self._said())

    def mark(self) -> Mark:
        """How far it has come now."""
        assert self._process.stdin is not None
        self._process.stdin.write("mark\n")
        self._process.stdin.flush()
        return Mark(**json.loads(self._said()))

    @contextmanager
    def span(self, told: list[Span]) -> Iterator[None]:
        """Adds to `told` what happened within the block."""
        before = self.mark()
        yield
        after = self.mark()
        told.append(
            Span(
                seconds=after.time - before.time,
                cpu=after.cpu - before.cpu,
                frames=after.frames - before.frames,
                encoded=after.encoded - before.encoded,
                dropped=after.dropped - before.dropped,
            )
        )

    def over(self, seconds: float) -> Span:
        """What happens in so many seconds from now."""
        told: list[Span] = []
        with self.span(told):
            time.sleep(seconds)
        return told[0]

    def _said(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._name}: it ended early, or took too long")
        return line


@contextmanager
def asked(module: str, arguments: Sequence[str], *, longest: float = LONGEST) -> Iterator[Asked]:
    """Runs a module that answers; it ends with the block, or after `longest` seconds."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    with subprocess.Popen(
        command,
        env=os.environ | ONE_BLAS_THREAD,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        limit = Timer(longest, process.kill)
        limit.start()
        try:
            yield Asked(process, module)
        finally:
            limit.cancel()
            process.kill()
