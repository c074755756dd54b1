"""Alarms of a broker, that begin and end at the very moment at which they are asked to.

`rabbitmqctl` takes seconds to start: so it is started before, and waits for files.
"""

from pathlib import Path
from typing import Final, Literal, TypeAlias

from tests.support.waiting import until

Resource: TypeAlias = Literal["disk", "memory"]

SOON: Final = 60.0  # s in which a busy machine has started Erlang
# What makes the broker believe that there is none left, and what it believed before.
BELIEFS: Final = {
    "disk": (
        'rabbit_disk_monitor:set_disk_free_limit("900000GB")',
        'rabbit_disk_monitor:set_disk_free_limit("50MB")',
    ),
    "memory": (
        "vm_memory_monitor:set_vm_memory_high_watermark(0.0)",
        'vm_memory_monitor:set_vm_memory_high_watermark({absolute, "MEMORY"})',
    ),
}
ERLANG: Final = """
Wait = fun Wait(File) ->
  case filelib:is_file(File) of true -> ok; false -> timer:sleep(5), Wait(File) end end,
Say = fun(File) -> ok = file:write_file(File, <<>>) end,
Say("FOLDER/ready"), Wait("FOLDER/begin"), NONE, Say("FOLDER/begun"),
Wait("FOLDER/end"), AGAIN, Say("FOLDER/ended").
"""


class Alarm:
    """One alarm, which may begin."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self) -> None:
        """There is none left from now on."""
        self._folder.joinpath("begin").touch()
        self._until("begun")

    def end(self) -> None:
        """There is enough again."""
        self._folder.joinpath("end").touch()
        self._until("ended")

    def ready(self) -> None:
        """Wait until it may begin."""
        self._until("ready")

    def _until(self, name: str) -> None:
        until(self._folder.joinpath(name).exists, within=SOON)


def program(folder: Path, resource: Resource, memory: str) -> str:
    """What a broker evaluates to have an alarm, of which this folder tells; `memory`: usually."""
    none, again = BELIEFS[resource]
    told = ERLANG.replace("NONE", none).replace("AGAIN", again).replace("MEMORY", memory)
    return told.replace("FOLDER", str(folder))
