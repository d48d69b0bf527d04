"""The error catalogue is complete, well-formed, and documented as it is."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import countenance
from countenance.errors import Finding, Rule

ROOT = Path(__file__).resolve().parents[1]


def _rules() -> list[Rule]:
    """Every `Rule` in any module of the package whose name says that it holds rules, in a `RULES` table or not."""
    found: dict[int, Rule] = {}
    for module in pkgutil.walk_packages(countenance.__path__, "countenance."):
        if module.name.endswith(("errors", "rules")):
            held = vars(importlib.import_module(module.name))
            rules = [value for value in held.values() if isinstance(value, Rule)]
            found.update({id(rule): rule for rule in (*rules, *held.get("RULES", ()))})
    return list(found.values())


RULES = _rules()


def test_the_page_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "write_error_catalogue.py"), "--check"])
    assert done.returncode == 0, "run scripts/write_error_catalogue.py"


def test_no_rule_is_forgotten() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert len(RULES) > 60
    assert [rule.id for rule in RULES if f"| `{rule.id}` |" not in page] == []


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in RULES]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_speaks_to_a_person(rule: Rule) -> None:
    room, _, name = rule.id.partition(".")
    assert room
    assert name.replace("_", "").isalnum()
    assert rule.id == rule.id.lower()
    assert rule.title.endswith((".", "?"))
    assert rule.remedy.endswith(".")
    assert rule.title[0].isupper()
    message = Finding(rule, file="/a/b.mp4", measured=1.0).message()
    assert message.startswith(f"b.mp4: {rule.title}")
    assert message.endswith(rule.remedy)


# From the error pages of Tavus's documentation.
TAVUS_TYPES = {
    "download_link", "file_size", "video_format", "video_codec", "video_codec_and_format", "video_duration",
    "video_fps", "consent_phrase_mismatch", "face_or_obstruction_detected", "lighting_change_detected",
    "background_noise_detected", "video_editing_detected", "community_guidelines_violation", "video_processing",
    "excessive_movement_detected", "audio_processing", "quality_issue_detected", "hands_obstructing_face",
    "second_person_detected", "improper_distance", "inconsistent_distance", "face_turned_away",
    "improper_camera_angle", "poor_lighting", "teeth_not_visible", "other_quality_issue", "video_error",
    "replica_in_error_state", "audio_file_max_size", "audio_file_type", "audio_file_min_duration",
    "audio_file_max_duration", "audio_file_download_link", "script_community_guidelines",
    "LookingStraightAtCameraError", "HeadNotFullyInFrameError", "ImageQualityError", "PoseNotSuitableError",
    "HeadphonesError", "CelebrityFoundError", "AppearsUnder18Error", "Phx4NonHumanLikeSubjectError",
    "Phx4MultipleForegroundPeopleError", "Phx4FaceObscuredError", "Phx4CenterFaceNotVisibleError",
}  # fmt: skip


def test_tavus_types_exist() -> None:
    assert {rule.tavus_type for rule in RULES if rule.tavus_type} <= TAVUS_TYPES
