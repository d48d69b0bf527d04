"""The page for people who record says what is applied, and all of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from countenance.footage import portrait_rules
from countenance.footage.guidelines import groups, guidelines
from countenance.footage.rules import RULES

ROOT = Path(__file__).resolve().parents[1]


def test_the_page_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "write_footage_guidelines.py"), "--check"])
    assert done.returncode == 0, "run scripts/write_footage_guidelines.py"


def test_every_rule_stands_in_one_group() -> None:
    listed = [entry["id"] for entry in guidelines()]
    assert len(listed) == len(set(listed))
    assert {rule.id for rule in (*RULES, *portrait_rules.RULES)} <= set(listed)
    assert all(group.rules for group in groups() if group.name != "listening")


def test_the_limits_are_data() -> None:
    entries = {entry["id"]: entry for entry in json.loads(json.dumps(guidelines()))}
    turned = entries["footage.face_turned"]
    assert (turned["group"], turned["limit"], turned["unit"], turned["severity"]) == (
        "person",
        25.0,
        "degrees",
        "warning",
    )
    assert entries["footage.dim"]["group"] == "light"
    assert entries["footage.cut"]["group"] == "picture"
    assert entries["portrait.several_people"]["group"] == "image"
    assert set(turned) == {
        "id", "group", "title", "limit", "unit", "severity", "remedy", "how", "tavus_type",
    }  # fmt: skip
