"""docs/dependencies.md tells of every package and every weight that the code uses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from countenance.people.models import WEIGHTS

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")


def test_every_package_is_described_with_its_pin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [requirement for extra in project.get("optional-dependencies", {}).values() for requirement in extra]
    for requirement in [*project["dependencies"], *extras]:
        name, pin = re.fullmatch(r"([\w-]+)(?:==([\d.]+))?.*", requirement).groups()  # type: ignore[union-attr]
        assert re.search(rf"^\| {name}\b.*{re.escape(pin or '')}", TEXT, re.MULTILINE), requirement


def test_every_weight_is_described_with_its_hash() -> None:
    for weight in WEIGHTS:
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{weight.name}`"))
        assert weight.sha256 in row
        assert weight.licence in row
        assert (weight.carrier or "vendored") in row
