from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from countenance.errors import CountenanceError
from countenance.footage import face_rules, file_rules, picture_rules
from countenance.footage.report import Report, check
from countenance.media.read import audio
from countenance.media.write import write_wav
from countenance.progress import Progress
from countenance.settings import Settings

Join = Callable[[Sequence[Path], Path], Path]
SETTINGS = Settings(threads=1)

pytestmark = pytest.mark.real_data


SEEN = {rule.id for rule in (*face_rules.RULES, *file_rules.RULES, *picture_rules.RULES)}


def seen_rules(report: Report) -> set[str]:
    """What was found in the file and the picture alone."""
    return rules(report) & SEEN


def rules(report: Report) -> set[str]:
    return {finding.rule.id for finding in report.findings}


def test_joined_clips_may_train(shared_data: Path, tmp_path: Path, join: Join) -> None:
    clips = sorted((shared_data / "grid" / "s1").glob("*.mpg"))[:11]
    seen: list[Progress] = []
    report = check(join(clips, tmp_path / "33 seconds.mp4"), SETTINGS, seen.append)
    assert report.ok
    assert seen_rules(report) == {"footage.resolution_low", "footage.face_small", "footage.cut"}
    assert {"footage.little_speech", "footage.no_listening"} <= rules(report)
    cuts = next(finding for finding in report.findings if finding.rule.id == "footage.cut").spans
    assert [span.end_s for span in cuts] == pytest.approx([3.0 * i for i in range(1, 11)], abs=0.05)
    assert len(report.usable) == 11
    assert report.remaining_s == pytest.approx(33, abs=1)
    assert 12 < report.speech_s < 24
    assert [progress.fraction for progress in seen] == sorted(progress.fraction for progress in seen)
    assert seen[-1].fraction == 1.0

    told = json.loads(json.dumps(report.as_dict()))
    assert told["ok"] is True
    assert (told["video"]["width"], told["video"]["height"], told["audio"]["sample_rate"]) == (360, 288, 16_000)
    assert len(told["usable"]) == 11
    assert told["remaining_s"] == pytest.approx(report.remaining_s, abs=0.01)
    assert {finding["rule"] for finding in told["findings"]} == rules(report)


def test_a_man_on_a_sofa_may_train(shared_data: Path) -> None:
    report = check(shared_data / "talking" / "contracted_man_sofa_20s.mp4", SETTINGS)
    assert report.ok
    # The clip does jump, nine seconds into it.
    assert seen_rules(report) == {"footage.codec", "footage.cut"}
    assert "footage.little_speech" in rules(report)
    assert report.speech_s == pytest.approx(18.6, abs=1)
    widths = [sample.face.width_px for sample in report.timeline.samples if sample.face]
    assert len(widths) == 250
    assert 170 < min(widths) < max(widths) < 260


def test_idle_people_lack_speech(shared_data: Path) -> None:
    report = check(shared_data / "talking" / "ai_person_host_idle_10s.mp4", SETTINGS)
    assert not report.ok
    # Every fourth picture of the generator's repeats the one before.
    assert seen_rules(report) == {"footage.duplicated"}
    assert "footage.no_speech" in rules(report)


def test_a_recording_of_a_voice_is_no_footage(shared_data: Path, tmp_path: Path) -> None:
    clip = sorted((shared_data / "grid" / "s1").glob("*.mpg"))[0]
    write_wav(tmp_path / "voice.wav", audio(clip))
    with pytest.raises(CountenanceError) as caught:
        check(tmp_path / "voice.wav", SETTINGS)
    assert caught.value.finding.rule.id == "media.no_video"
