"""Who is who in all cameras, as a user finds it out: from videos to scores."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Command = Callable[..., Any]  # what the fixture `camweave` gives


def test_batch_links_what_it_tracked(camweave: Command, world: Path, results: Path) -> None:
    again = camweave("link", world / "site.yaml", "-o", results)
    assert again.out.startswith("up to date: ")
    scored = camweave("evaluate", "--truth", world / "truth", "--result", results / "mtmc")
    assert "across cameras" in scored.out


def test_linking_can_be_left_out(camweave: Command, world: Path, tmp_path: Path) -> None:
    text = (world / "site.yaml").read_text().partition("linker:")[0] + "linker: null\n"
    (world / "unlinked.yaml").write_text(text)
    done = camweave("batch", world / "unlinked.yaml", "-o", tmp_path, "--json")
    assert done.status == 0, done
    assert json.loads(done.out)["linking"]["summary"] is None
    assert not (tmp_path / "mtmc").exists()
