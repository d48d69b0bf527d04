"""The synthetic presenter's clip is footage that may train a replica."""

from __future__ import annotations

from countenance.footage.report import check
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip, presenter_truth


def test_the_presenter_may_train() -> None:
    report = check(presenter_clip(), Settings(threads=1))
    assert report.ok
    assert {finding.rule.id for finding in report.findings} == {"footage.little_speech", "footage.little_listening"}
    assert sum(span.duration_s for span in report.usable) > 0.95 * report.info.duration_s
    truth = presenter_truth()
    assert report.timeline.sound is not None
    assert max(span.end_s for span in report.timeline.sound.speech) < truth.speaking_s + 0.5
    # The head was turned by known angles; a few times a second they are read back from the pictures.
    yaw_deg = [sample.face.yaw_deg for sample in report.timeline.samples if sample.face and sample.face.yaw_deg]
    assert abs(max(yaw_deg) - float(truth.pose_deg[:, 0].max())) < 4
    assert abs(min(yaw_deg) - float(truth.pose_deg[:, 0].min())) < 4
