"""Every portrait of the sample data gets the findings that its name promises, and the good ones pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from countenance.footage.portrait import check_image
from countenance.settings import Settings

pytestmark = pytest.mark.real_data

EXPECTED: dict[str, tuple[set[str], set[str]]] = {
    "ai_good_man_0001.png": (set(), set()),
    "ai_good_man_0415.png": (set(), set()),
    "ai_good_woman_0033.png": (set(), set()),
    "ai_good_woman_0588.png": (set(), set()),
    "real_good_author_572.jpg": (set(), {"portrait.mouth_open"}),
    "group_five_people.jpg": (
        {"portrait.several_people"},
        {"portrait.face_small", "portrait.off_centre", "portrait.mouth_open"},
    ),
    "alpha_channel_hand_over_face.png": (
        {"portrait.covered"},
        {
            "portrait.alpha_channel",
            "portrait.forehead_covered",
            "portrait.framed",
            "portrait.leaning",
            "portrait.turned",
            "portrait.mouth_open",
        },
    ),
    "no_face_landscape.jpg": ({"portrait.no_face"}, set()),
    "nonphoto_painting_mona_lisa.jpg": ({"portrait.not_a_photo"}, {"portrait.turned", "portrait.cheek_covered"}),
    "nonphoto_painting_turned_head_turban.jpg": ({"portrait.not_a_photo", "portrait.turned_away"}, set()),
    "animal_alpaca.jpg": ({"portrait.not_human"}, set()),
    "animal_dog_face.jpg": ({"portrait.not_human"}, set()),
}
"""Errors; warnings and hints."""


def test_no_file_is_forgotten(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "portraits").iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_what_the_name_promises(shared_data: Path, name: str) -> None:
    report = check_image(shared_data / "portraits" / name, Settings(threads=1))
    found = [(finding.severity.value, finding.rule.id) for finding in report.findings]
    errors, others = EXPECTED[name]
    assert {rule for severity, rule in found if severity == "error"} == errors
    assert {rule for severity, rule in found if severity != "error"} == others
    assert report.ok is (not errors)
    assert report.as_dict()["ok"] is report.ok


def test_five_people_are_counted(shared_data: Path) -> None:
    report = check_image(shared_data / "portraits" / "group_five_people.jpg", Settings(threads=1))
    assert len(report.as_dict()["faces"]) == 5
    assert "5 faces are seen." in report.findings[0].message()
