"""A progress bar on a terminal, and none when nobody looks."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from camweave.app.runtime.progress import Progress, silent


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """What a job tells its progress to; it draws only while standard error is a terminal."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    layout = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bars(*layout, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(task: str, done: int, total: int | None) -> None:
            if task not in tasks:
                tasks[task] = bars.add_task(task, total=total, rate="")
            speed = bars.tasks[tasks[task]].speed
            rate = f"{speed:.0f}/s" if speed else ""
            bars.update(tasks[task], completed=done, total=total, rate=rate)

        yield show
