"""A process that keeps a registry is killed, and the next one goes on with the same ids."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

from camweave.core.events import Created, Span
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.plain_events import event_of
from camweave.formats.journal import Journal, read_journal
from camweave.linking.registry.registry import Registry

A_PROCESS = """
import sys
from pathlib import Path
from camweave.core.events import Span
from camweave.core.identities import TrackletKey
from camweave.formats.journal import Journal
from camweave.linking.registry.registry import Registry

with Journal(Path(sys.argv[1])) as journal:
    registry, n = Registry(), 0
    while True:
        n += 1
        span = Span(TrackletKey("a", n), float(n), n + 0.5)
        journal.append([*registry.mint([span], n), *registry.confirm(n, n)])
        print(n, flush=True)
"""


def test_who_was_acknowledged_before_kill_9_is_there_after_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with subprocess.Popen(
        [sys.executable, "-c", A_PROCESS, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        acknowledged = 0
        while acknowledged < 250:
            acknowledged = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split("\n")
    acknowledged = max([acknowledged, *(int(line) for line in rest[:-1])])
    assert process.returncode == -signal.SIGKILL
    with Journal(path) as journal:
        recorded = journal.recorded
        registry = Registry.of(recorded.events)
        assert len(registry.living) >= acknowledged
        assert all(registry.status(identity) == "confirmed" for identity in registry.living)
        first, *_ = registry.mint([Span(TrackletKey(CameraId("b"), 1), 1.0, 2.0)], 3.0)
        assert isinstance(first, Created)
        assert first.identity == len(registry.living)
        journal.append([first])
    assert read_journal(path).events[-1] == first


IDENTITIES = Path(__file__).parents[2] / "docs" / "identities.md"


def test_the_example_of_the_document_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", IDENTITIES.read_text(), re.DOTALL)
    run = [sys.executable, "-c", example]
    first = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert first.stdout.startswith("1 (Span(key=TrackletKey(camera='gate', tracklet_id=12)")
    again = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "gate/12 is of identity 1" in again.stderr  # it was not forgotten


def test_the_events_of_the_document_are_events() -> None:
    (examples,) = re.findall(r"```json\n(.*?)```", IDENTITIES.read_text(), re.DOTALL)
    text, decoder, found = examples.strip(), json.JSONDecoder(), []
    while text:
        plain, end = decoder.raw_decode(text)
        found.append(event_of(plain).kind)
        text = text[end:].strip()
    assert found == ["created", "linked", "merged"]
