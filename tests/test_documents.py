"""The documents say what is: their links lead somewhere and their names exist."""

import re
import subprocess
from pathlib import Path

import pytest

import camweave

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    lost = [to for to in links if "://" not in to and not (document.parent / to).exists()]
    assert not lost


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_public_name_in_an_example_exists(document: Path) -> None:
    examples = re.findall(r"```python\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    named = {
        name for example in examples for name in re.findall(r"camweave\.([A-Za-z]\w+)", example)
    }
    assert not [name for name in named if not hasattr(camweave, name) and not module(name)]
    for example in examples:
        compile(example, str(document), "exec")


def module(name: str) -> bool:
    return (ROOT / "src" / "camweave" / name).exists()


def test_the_help_of_make_lists_every_target() -> None:
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"\.PHONY: (.*)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert phony is not None
    assert not [target for target in phony[1].split() if f"make {target} " not in told]
