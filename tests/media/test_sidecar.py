"""The credentials beside a video that cannot hold its own go with that video, whatever becomes of the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from countenance.media.provenance import sidecar_of
from countenance.media.write import placed


def sealed(part: Path, path: Path) -> None:
    sidecar_of(path).write_bytes(b"credentials of " + part.read_bytes())


def too_late(part: Path, path: Path) -> None:
    sealed(part, path)
    raise KeyError


def write(path: Path, content: bytes, *, fails: bool = False) -> None:
    with placed(path, too_late if fails else sealed) as part:
        part.write_bytes(content)


def test_a_second_video_that_fails_leaves_the_first_with_its_credentials(tmp_path: Path) -> None:
    video = tmp_path / "a.webm"
    with pytest.raises(KeyError):
        write(video, b"first", fails=True)
    assert not list(tmp_path.iterdir())
    write(video, b"first")
    with pytest.raises(KeyError):
        write(video, b"second", fails=True)
    assert (video.read_bytes(), sidecar_of(video).read_bytes()) == (b"first", b"credentials of first")
    write(video, b"second")
    assert sidecar_of(video).read_bytes() == b"credentials of second"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.c2pa", "a.webm"]
