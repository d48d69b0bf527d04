"""Every faulty recording of the sample data gets the finding that its fault deserves."""

from __future__ import annotations

from pathlib import Path

import pytest

from countenance.errors import CountenanceError
from countenance.footage.report import check
from countenance.settings import Settings

pytestmark = pytest.mark.real_data

EXPECTED = {
    "silent_track_single_face_20s.mp4": {"footage.silent"},
    "webcam_no_speech_8s_720p.mp4": {"footage.no_speech", "footage.too_short"},
    "too_short_single_face_2s.mp4": {"footage.too_short", "footage.no_speech"},
    "face_then_no_face_vfr.mov": {"footage.face_missing", "footage.too_short", "footage.no_speech"},
    "no_face_animation.mp4": {"footage.no_face", "footage.too_short", "footage.no_speech"},
    "cartoon_animals_51audio_5s.mp4": {"footage.no_face", "footage.too_short", "footage.too_little_speech"},
    "dark_scene_no_face_5s.mp4": {"footage.too_dark", "footage.no_face", "footage.too_short", "footage.no_speech"},
    "two_people_webcam_no_audio_38s_720p.webm": {"footage.second_person", "media.no_audio"},
    "ai_two_people_video_call_10s.mp4": {"footage.second_person", "footage.no_speech"},
    "people_far_no_audio_10fps_139s.mp4": {"footage.no_face", "footage.rate_too_low", "media.no_audio"},
    "broken_no_duration.webm": {
        "footage.too_dark",
        "footage.no_face",
        "footage.silent",
        "footage.rate_too_low",
        "footage.too_short",
    },
    "corrupt_header_a.wav": {"media.bad_sound"},
    "empty_44_bytes.wav": {"media.empty_file"},
}
"""The errors; warnings and hints come on top."""


def errors_of(path: Path) -> set[str]:
    try:
        report = check(path, Settings(threads=1))
    except CountenanceError as error:
        return {finding.rule.id for finding in error.findings}
    assert not report.ok
    return {finding.rule.id for finding in report.findings if finding.severity.value == "error"}


def test_no_file_is_forgotten(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "defects").iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_fault_is_named(shared_data: Path, name: str) -> None:
    assert errors_of(shared_data / "defects" / name) == EXPECTED[name]


def test_a_variable_rate_is_mentioned(shared_data: Path) -> None:
    report = check(shared_data / "defects" / "face_then_no_face_vfr.mov", Settings(threads=1))
    assert "footage.rate_uneven" in {finding.rule.id for finding in report.findings}
    missing = next(finding for finding in report.findings if finding.rule.id == "footage.face_missing")
    assert [span.timecode() for span in missing.spans] == ["00:02-00:06"]
