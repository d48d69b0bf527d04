"""Pictures by number, forwards, backwards, again, and beyond the end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from countenance.errors import CountenanceError
from countenance.media.limits import Limits
from countenance.media.read import frames
from countenance.media.seek import ClipDecoder
from countenance.media.write import VideoWriter

LEVELS = [20 + 3 * index for index in range(70)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "levels.mp4"
    with VideoWriter(path, 64, 48, keyframe_every=25) as writer:
        for level in LEVELS:
            writer.write(np.full((48, 64, 3), level, np.uint8))
    return path


def test_any_picture_in_any_order(clip: Path) -> None:
    numbers = [*range(30), *np.random.default_rng(3).permutation(70)[:40].tolist(), 69, 69, 0, 25, 24, 26]
    in_order = [frame.image for frame in frames(clip)]
    with ClipDecoder(clip, Limits()) as decoder:
        for number in numbers:
            assert np.array_equal(decoder.picture(number), in_order[number]), number
            assert decoder.number == number


def test_beyond_the_end_the_last_picture_stays(clip: Path) -> None:
    with ClipDecoder(clip, Limits()) as decoder:
        assert float(decoder.picture(80).mean()) == pytest.approx(LEVELS[-1], abs=2.5)
        assert float(decoder.picture(3).mean()) == pytest.approx(LEVELS[3], abs=2.5)


def test_what_is_no_clip_is_named(tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_bytes(b"nothing of the kind")
    with pytest.raises(CountenanceError) as caught, ClipDecoder(tmp_path / "no.mp4", Limits()):
        pass
    assert caught.value.finding.rule.id == "media.unknown_format"
