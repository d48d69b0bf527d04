"""Which faces can be animated, and where their lips meet."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from countenance.errors import CountenanceError
from countenance.people.face import FaceTracker
from countenance.people.lips import lip_gap
from countenance.portrait.errors import MOUTH_TOO_OPEN, NO_FACE
from countenance.portrait.face import face_in
from countenance.portrait.puppet import Puppet
from countenance.settings import Settings
from countenance.stock.figure import Pose


def test_no_face_is_refused(settings: Settings) -> None:
    with pytest.raises(CountenanceError) as caught:
        face_in(np.full((200, 200, 3), 90, np.uint8), settings, Path("wall.png"))
    assert caught.value.finding.rule is NO_FACE
    assert "wall.png" in str(caught.value)


def test_a_mouth_below_the_border_is_refused(puppet: Puppet, settings: Settings) -> None:
    cut = int(puppet.face.seam.upper.mean())
    with pytest.raises(CountenanceError) as caught:
        face_in(np.ascontiguousarray(puppet.rgb[:cut]), settings, Path("cut.png"))
    assert caught.value.finding.rule is NO_FACE


def test_closed_lips_meet_in_their_shadow(puppet: Puppet) -> None:
    seam = puppet.face.seam
    assert not seam.open
    grey = cv2.cvtColor(puppet.rgb, cv2.COLOR_RGB2GRAY).astype(int)
    columns = np.arange(seam.left + 4, seam.right - 4)
    line = np.rint(seam.middle(columns.astype(float))).astype(int)
    reach = round(0.04 * puppet.face.unit)
    assert (grey[line, columns] < grey[line - reach, columns]).mean() > 0.8
    assert (grey[line, columns] < grey[line + reach, columns]).mean() > 0.8


def test_a_mouth_wide_open_is_refused(puppet: Puppet, settings: Settings) -> None:
    gaping = puppet.pose(Pose({"jawOpen": 0.9}), 0.0).image
    with pytest.raises(CountenanceError) as caught:
        face_in(gaping, settings, Path("gaping.png"))
    assert caught.value.finding.rule is MOUTH_TOO_OPEN


def test_parted_lips_are_closed(puppet: Puppet, settings: Settings) -> None:
    parted = puppet.pose(Pose({"jawOpen": 0.15, "mouthUpperUpLeft": 0.3, "mouthUpperUpRight": 0.3}), 0.0).image
    closed = Puppet(parted, settings)
    assert closed.face.seam.open
    moment = closed.pose(Pose({}), 0.0)
    assert moment.lip_gap < 0.015
    with FaceTracker(settings) as tracker:
        before, after = (tracker.track(image, 9.0 * n) for n, image in enumerate((parted, moment.image)))
    assert before is not None
    assert after is not None
    assert lip_gap(after) < 0.5 * lip_gap(before)
