"""Every faulty recording of the sample data gets the finding that its fault deserves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from countenance.errors import CountenanceError
from countenance.footage.report import Report, check
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


LONGEST_S = 12.0
"""Of a longer recording the beginning is looked at, packet for packet: it has every fault of the whole."""

Looked = Report | CountenanceError


def beginning(path: Path, out: Path) -> Path:
    with av.open(str(path)) as source, av.open(str(out), "w") as target:
        kept = [stream for stream in source.streams if stream.type in ("video", "audio")]
        streams = {stream.index: target.add_stream_from_template(stream) for stream in kept}
        for packet in source.demux(kept):
            if packet.dts is not None and packet.dts * packet.time_base < LONGEST_S:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    return out


@pytest.fixture(scope="module")
def looked_at(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Looked]:
    """`looked_at(name)`: what is made of a recording; it is looked at once."""
    folder = tmp_path_factory.mktemp("beginnings")
    known: dict[str, Looked] = {}

    def look(name: str) -> Looked:
        if name not in known:
            path = shared_data / "defects" / name
            if name in LONG:
                path = beginning(path, folder / name)
            try:
                known[name] = check(path, Settings(threads=1))
            except CountenanceError as error:
                known[name] = error
        return known[name]

    return look


LONG = (
    "silent_track_single_face_20s.mp4",
    "two_people_webcam_no_audio_38s_720p.webm",
    "people_far_no_audio_10fps_139s.mp4",
)


def test_no_file_is_forgotten(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "defects").iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_fault_is_named(looked_at: Callable[[str], Looked], name: str) -> None:
    found = looked_at(name)
    assert isinstance(found, CountenanceError) or not found.ok
    assert {finding.rule.id for finding in found.findings if finding.severity.value == "error"} == EXPECTED[name]


def test_a_variable_rate_is_mentioned(looked_at: Callable[[str], Looked]) -> None:
    report = looked_at("face_then_no_face_vfr.mov")
    assert "footage.rate_uneven" in {finding.rule.id for finding in report.findings}
    missing = next(finding for finding in report.findings if finding.rule.id == "footage.face_missing")
    assert [span.timecode() for span in missing.spans] == ["00:02-00:06"]
