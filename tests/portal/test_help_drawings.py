"""The drawings beside the guidelines: there, light, lawful under the pages' policy, and of rules that exist."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import pytest

from countenance.portal.help.catalogue import rules_by_id
from countenance.portal.help.drawings import DRAWINGS

ROOT = Path(__file__).resolve().parents[2]
STATIC = files("countenance.portal").joinpath("static")
STATES = [each.name for each in STATIC.iterdir() if each.name.startswith("state-")]
FILES = sorted(name for drawing in DRAWINGS for name in (drawing.good_file, drawing.bad_file))


def test_they_are_as_the_script_draws_them() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "draw_guidelines.py"), "--check"])
    assert done.returncode == 0, "run scripts/draw_guidelines.py"


def test_every_pair_has_its_files_and_every_file_its_pair() -> None:
    assert sorted(each.name for each in STATIC.iterdir() if each.name.startswith("guide-")) == FILES
    assert len(FILES) == len(set(FILES))


@pytest.mark.parametrize("name", [*FILES, *STATES])
def test_a_drawing_is_small_and_needs_no_style_or_script(name: str) -> None:
    text = STATIC.joinpath(name).read_text(encoding="utf-8")
    assert len(text) < 4096
    tree = ElementTree.fromstring(text)  # noqa: S314 - a file of ours
    assert tree.get("viewBox") == "0 0 320 180"
    for element in tree.iter():
        assert element.tag.rpartition("}")[2] not in {"style", "script", "image", "foreignObject", "use", "a"}
        assert not {key for key in element.attrib if key in {"style", "href"} or key.startswith("on")}


def test_what_is_illustrated_is_a_rule() -> None:
    known = rules_by_id()
    for drawing in DRAWINGS:
        assert drawing.rules, drawing.subject
        assert [rule for rule in drawing.rules if rule not in known] == []
        assert drawing.good != drawing.bad
        assert drawing.good.endswith(".")
        assert drawing.bad.endswith(".")
