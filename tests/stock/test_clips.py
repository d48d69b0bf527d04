"""The committed clips, seen through the face tracker, the face matcher and the speech recogniser."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from countenance.media.probe import probe
from countenance.media.read import audio, frames
from countenance.people.face import BLENDSHAPES, FaceTracker, detect_faces
from countenance.people.identity import face_embedding, similarity
from countenance.people.speech import transcribe
from countenance.settings import Settings
from countenance.stock.clips import CONSENT_NAME, Truth, consent_clip, presenter_clip, presenter_truth

SETTINGS = Settings(threads=1)
TRACKED_S = 8.0


@dataclass(frozen=True)
class Tracked:
    lip_gap_px: np.ndarray
    mouth_width_px: np.ndarray
    blendshapes: np.ndarray
    pose_deg: np.ndarray
    missed: int


@pytest.fixture(scope="module")
def truth() -> Truth:
    return presenter_truth()


@pytest.fixture(scope="module")
def tracked() -> Tracked:
    gap, width, shapes, pose, missed = [], [], [], [], 0
    with FaceTracker(SETTINGS) as tracker:
        for frame in frames(presenter_clip(), end_s=TRACKED_S):
            mesh = tracker.track(frame.image, frame.time_s)
            if mesh is None:
                missed += 1
                continue
            points = mesh.points[:, :2]
            gap.append(np.linalg.norm(points[13] - points[14]))
            width.append(np.linalg.norm(points[61] - points[291]))
            shapes.append(mesh.blendshapes)
            pose.append((mesh.yaw_deg, mesh.pitch_deg, mesh.roll_deg))
    return Tracked(np.array(gap), np.array(width), np.array(shapes), np.array(pose), missed)


def test_clips_are_what_they_should_be(truth: Truth) -> None:
    for clip, megabytes, shortest_s, longest_s in ((presenter_clip(), 8, 45, 60), (consent_clip(), 1.5, 11, 19)):
        media = probe(clip)
        assert media.video is not None
        assert (media.video.width, media.video.height) == (1280, 720)
        assert shortest_s < media.duration_s < longest_s
        assert clip.stat().st_size < megabytes * 1e6
    assert len(truth.blink) == sum(1 for _ in frames(presenter_clip(), max_side=64))


def test_tracker_never_loses_the_face(tracked: Tracked) -> None:
    assert tracked.missed == 0


def test_tracked_lips_follow_the_driven_ones(tracked: Tracked, truth: Truth) -> None:
    n = len(tracked.lip_gap_px)
    assert _r(tracked.lip_gap_px, truth.lip_gap_px[:n]) > 0.94
    assert _r(tracked.mouth_width_px, truth.mouth_width_px[:n]) > 0.94
    lags = [_r(tracked.lip_gap_px[5:-5], truth.lip_gap_px[5 + lag : n - 5 + lag]) for lag in (-1, 0, 1)]
    assert int(np.argmax(lags)) == 1


def test_actions_and_pose_are_recovered(tracked: Tracked, truth: Truth) -> None:
    n = len(tracked.blendshapes)
    for action, least in (("jawOpen", 0.8), ("eyeBlinkLeft", 0.9)):
        driven = truth.actions[:n, truth.action_names.index(action)]
        assert _r(tracked.blendshapes[:, BLENDSHAPES.index(action)], driven) > least, action
    assert _r(tracked.pose_deg[:, 0], truth.pose_deg[:n, 0]) > 0.95


def test_lips_are_shut_at_p_b_m_and_while_listening(truth: Truth) -> None:
    middle_s = (np.arange(len(truth.lip_gap_px)) + 0.5) / truth.fps
    for phone in truth.phones:
        if phone.symbol in "pbm":
            near = (middle_s > phone.start_s - 0.03) & (middle_s < phone.end_s + 0.03)
            assert truth.lip_gap_px[near].min() < 1.0
    assert np.abs(truth.lip_gap_px[middle_s > truth.speaking_s + 0.3]).max() < 1.5


def test_one_face_of_the_promised_size_and_the_same_in_both_clips() -> None:
    embeddings = []
    for clip in (presenter_clip(), consent_clip()):
        for frame in frames(clip, fps=0.25):
            faces = detect_faces(frame.image, SETTINGS)
            assert len(faces) == 1
            assert 220 < faces[0].width < 330
            embeddings.append(face_embedding(frame.image, faces[0], SETTINGS))
    assert min(similarity(embeddings[0], other) for other in embeddings[1:]) > 0.6


def test_consent_is_heard_with_the_name() -> None:
    heard = transcribe(audio(consent_clip()), SETTINGS).text
    assert CONSENT_NAME in heard
    assert "consent" in heard


def _r(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])
