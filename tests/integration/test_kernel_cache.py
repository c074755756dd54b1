"""Compiled kernels on disk: found again by the next process, wherever there is a place for them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PART = """
from camweave.ops.compiled import inner

@inner
def step(x):
    return x + {number}
"""

ENTRY = """
import part
from camweave.ops.compiled import entry, is_stored, make_ready
from numba import types

@entry(part)
def answer(x):
    return part.step(x)

before = is_stored(answer)
make_ready(answer, (types.int64,))
hits = sum(answer.stats.cache_hits.values())
print(answer(1), before, hits, is_stored(answer), answer.stats.cache_path)
"""


class Machine:
    """A folder with the two modules in it, a home, and processes that run them."""

    def __init__(self, folder: Path) -> None:
        self.code, self.home = folder / "code", folder / "home"
        self.code.mkdir()
        self.home.mkdir()
        (self.code / "entry_module.py").write_text(ENTRY)
        self.write_part(1)

    def write_part(self, number: int) -> None:
        """The inner piece, always of the same size and date."""
        path = self.code / "part.py"
        path.write_text(PART.format(number=number))
        os.utime(path, (1e9, 1e9))

    def block(self, folder: Path) -> None:
        """A file where a folder would have to be: also the superuser cannot write there."""
        folder.write_text("")

    def run(self, program: str = "import entry_module") -> list[str]:
        """Answer, stored before?, cache hits, stored after?, where; or what a program says."""
        for stale in self.code.glob("__pycache__/*.pyc"):
            stale.unlink()
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("NUMBA")},
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / "cache"),
        }
        command = [sys.executable, "-c", program]
        done = subprocess.run(
            command, cwd=self.code, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.split()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_second_process_does_not_compile(machine: Machine) -> None:
    assert machine.run()[:4] == ["2", "False", "0", "True"]
    answer, before, hits, after, place = machine.run()
    assert (answer, before, hits, after) == ("2", "True", "1", "True")
    assert Path(place) == machine.code / "__pycache__"


def test_beside_read_only_code_the_users_own_cache_serves(machine: Machine) -> None:
    machine.block(machine.code / "__pycache__")
    machine.run()
    answer, before, hits, _, place = machine.run()
    assert (answer, before, hits) == ("2", "True", "1")
    assert machine.home in Path(place).parents


def test_where_nothing_can_be_written_every_process_compiles(machine: Machine) -> None:
    machine.block(machine.code / "__pycache__")
    machine.block(machine.home / "cache")
    assert machine.run() == ["2", "False", "0", "False", "None"]


def test_a_changed_part_is_noticed_though_its_size_and_date_are_the_same(machine: Machine) -> None:
    machine.run()
    machine.write_part(5)
    assert machine.run()[:3] == ["6", "False", "0"]


def test_a_type_that_got_another_name_is_no_hindrance(machine: Machine) -> None:
    entry = machine.code / "entry_module.py"
    for name in ("Told", "Hint"):
        entry.write_text(WITH_A_TYPE.format(name=name))
        os.utime(entry, (1e9, 1e9))
        assert machine.run() == ["3", "0"]
    assert machine.run() == ["3", "1"]


def test_two_processes_kernels_call_each_their_own_pieces_in_a_third(machine: Machine) -> None:
    lines = "\n".join(
        f"        x = x * 3 + {i} if x % {i + 2} else x // 2 - step" for i in range(30)
    )
    (machine.code / "made.py").write_text(MAKER.format(lines=lines))
    for name, step in (("one", 1), ("other", 2)):
        (machine.code / f"{name}.py").write_text(MADE.format(step=step))
    alone = [machine.run(f"import {name}; print({name}.answer(1))")[0] for name in ("one", "other")]
    assert alone[0] != alone[1]
    together = machine.run("import one, other; print(one.answer(1), other.answer(1))")
    assert together == alone


def test_scipy_is_not_loaded_for_nothing_and_serves_who_needs_it(machine: Machine) -> None:
    (machine.code / "entry_module.py").write_text(BESIDE_OTHER_KERNELS)
    assert machine.run() == ["False", "32.0"]


WITH_A_TYPE = """
from typing import NamedTuple
from camweave.ops.compiled import entry, make_ready
from numba import types

class {name}(NamedTuple):
    x: int

@entry()
def answer(it):
    return it.x + 1

make_ready(answer, (types.NamedUniTuple(types.int64, 1, {name}),))
print(answer({name}(2)), sum(answer.stats.cache_hits.values()))
"""

MAKER = """
from camweave.ops.compiled import inner

def maker(step):
    @inner
    def long(x):
{lines}
        return x
    return long
"""

MADE = """
from camweave.ops.compiled import entry
from made import maker

piece = maker({step})

@entry()
def answer(x):
    return piece(x) + piece(x + 1) + piece(x + 2)
"""

BESIDE_OTHER_KERNELS = """
import sys
import numpy as np
from numba import njit, types
from camweave.ops.compiled import entry, make_ready

@entry()
def one(x):
    return x + 1

make_ready(one, (types.int64,))
loaded = "scipy.linalg" in sys.modules
print(loaded, njit(lambda a: np.dot(a, a))(np.array([4.0, 4.0])))
"""
