"""A picture does what it is told, as the face mesh sees it, and keeps everything else."""

from __future__ import annotations

import numpy as np
import pytest

from countenance.people.face import BLENDSHAPES, FaceMesh, FaceTracker
from countenance.people.lips import lip_gap
from countenance.portrait.puppet import Puppet
from countenance.settings import Settings
from countenance.stock.figure import Pose

_BLINK = [BLENDSHAPES.index("eyeBlinkLeft"), BLENDSHAPES.index("eyeBlinkRight")]


def _seen(puppet: Puppet, settings: Settings, pose: Pose, blink: float = 0.0) -> FaceMesh:
    with FaceTracker(settings) as tracker:
        mesh = tracker.track(puppet.pose(pose, blink).image, 0.0)
    assert mesh is not None
    return mesh


def test_at_rest_it_is_the_picture(puppet: Puppet) -> None:
    image = puppet.pose(Pose({}), 0.0).image
    assert np.abs(image.astype(int) - puppet.rgb).max() <= 12
    assert np.abs(image.astype(int) - puppet.rgb).mean() < 0.3


def test_the_same_pose_gives_the_same_picture(puppet: Puppet) -> None:
    pose = Pose({"jawOpen": 0.3, "mouthFunnel": 0.2}, 3.0, 1.0, 1.0, (0.02, 0.01, 0.0), 0.5)
    assert np.array_equal(puppet.pose(pose, 0.4).image, puppet.pose(pose, 0.4).image)


@pytest.mark.parametrize("jaw", [0.2, 0.4])
def test_the_jaw_opens_the_mouth_as_far_as_told(puppet: Puppet, settings: Settings, jaw: float) -> None:
    told = puppet.pose(Pose({"jawOpen": jaw}), 0.0).lip_gap
    assert told == pytest.approx(0.42 * jaw, rel=0.3)
    assert lip_gap(_seen(puppet, settings, Pose({"jawOpen": jaw}))) == pytest.approx(told, abs=0.05)


def test_lips_that_must_meet_meet(puppet: Puppet, settings: Settings) -> None:
    pose = Pose({"jawOpen": 0.07, "mouthClose": 0.07, "mouthPressLeft": 0.1, "mouthPressRight": 0.1})
    assert puppet.pose(pose, 0.0).lip_gap <= 0.0
    assert lip_gap(_seen(puppet, settings, pose)) < 0.03


def test_a_pucker_narrows_and_a_stretch_widens(puppet: Puppet, settings: Settings) -> None:
    def width(**actions: float) -> float:
        points = _seen(puppet, settings, Pose(actions)).points
        return float(np.linalg.norm(points[61] - points[291])) / puppet.face.unit

    rest = width()
    assert width(mouthPucker=0.9) < rest - 0.04
    assert width(mouthStretchLeft=0.9, mouthStretchRight=0.9) > rest + 0.04


def test_lids_close(puppet: Puppet, settings: Settings) -> None:
    half, closed = (_seen(puppet, settings, Pose({}), share).blendshapes[_BLINK].min() for share in (0.4, 1.0))
    rest = _seen(puppet, settings, Pose({})).blendshapes[_BLINK].max()
    assert rest < half < closed
    assert closed > rest + 0.3


def test_a_blink_changes_nothing_but_the_eyes(puppet: Puppet) -> None:
    changed = np.abs(puppet.pose(Pose({}), 1.0).image.astype(int) - puppet.pose(Pose({}), 0.0).image).max(axis=2) > 2
    below = int(puppet.face.xy(2)[0, 1])
    assert changed.any()
    assert not changed[below:].any()


def test_the_head_turns_towards_its_own_left(puppet: Puppet, settings: Settings) -> None:
    left, right = (_seen(puppet, settings, Pose({}, yaw_deg=angle)).yaw_deg for angle in (6.0, -6.0))
    assert left > right + 1.0


def test_the_background_stays(puppet: Puppet) -> None:
    pose = Pose({"jawOpen": 0.4}, 6.0, 4.0, 2.0, (0.05, 0.03, 0.0), 1.0)
    difference = np.abs(puppet.pose(pose, 0.0).image.astype(int) - puppet.rgb)
    assert difference[:8, :8].max() <= 2
    assert difference[:8, -8:].max() <= 2
