"""engines: what is listed, and what is said of descriptions that cannot be used."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countenance.cli.exits import Exit

GOOD = """id = "good"
name = "Good"
version = "1"
command = ["%s", "{clip}", "{sound}", "{out}"]
licence = { code = "MIT", commercial = true }
"""


def test_a_bad_description_is_shown_beside_the_good_engines(
    tmp_path: Path, command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (("good", GOOD % sys.executable), ("bad", "id = ")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "engine.toml").write_text(text)
    monkeypatch.setenv("COUNTENANCE_ENGINES_DIR", str(tmp_path))
    done = command("engines", "--json")
    assert done.code == Exit.OK
    assert [(engine["id"], engine["ready"]) for engine in done.result["engines"]] == [
        ("built-in", True),
        ("good", True),
    ]
    (finding,) = done.result["findings"]
    assert (finding["rule"], finding["file"]) == ("engine.external_manifest", str(tmp_path / "bad" / "engine.toml"))
    told = command("engines").out
    assert "Good" in told
    assert "engine.external_manifest" in told
