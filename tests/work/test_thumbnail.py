"""Small pictures of a video and of a replica: they say of themselves what the video says, and are shown everywhere."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

from countenance.engine.credit import statement_of
from countenance.media.probe import probe
from countenance.media.provenance import CredentialState, read_credentials
from countenance.media.read import frames
from countenance.media.signer import own_anchors
from countenance.media.write import VideoWriter
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip
from countenance.work import thumbnail
from countenance.work.thumbnail import portrait_of, stills_of

FILMED = {"consent": {"receipt": "0123456789abcdef0123456789abcdef"}, "hashes": {"base.mp4": "ab"}}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", threads=1)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Half a second of the presenter."""
    shown = [frame.image for frame in frames(presenter_clip(), start_s=1.0, end_s=1.5, max_side=320)]
    with VideoWriter(tmp_path / "clip.mp4", shown[0].shape[1], shown[0].shape[0]) as writer:
        for picture in shown:
            writer.write(picture)
    return tmp_path / "clip.mp4"


def said(path: Path, settings: Settings) -> dict[str, str]:
    """What a file says of its replica, as it was signed here; nothing if it is not signed."""
    found = read_credentials(path, anchors=own_anchors(settings))
    if found is None:
        return {}
    assert found.state is CredentialState.TRUSTED
    assert found.source_types[0] == "trainedAlgorithmicMedia"
    return {name: value for name, value in found.replica.items() if name != "created_at"}


def test_stills_say_what_their_video_says(tmp_path: Path, clip: Path, settings: Settings) -> None:
    still, moving = tmp_path / "still.jpg", tmp_path / "preview.gif"
    statement = statement_of(FILMED, voice="hibari")
    stills_of(clip, still, moving, settings, statement)
    assert said(still, settings) == said(moving, settings) == statement.replica
    assert statement.replica["receipt"] == FILMED["consent"]["receipt"]
    with Image.open(still) as opened:
        opened.load()
        assert (opened.format, opened.size) == ("JPEG", (320, 180))
    with Image.open(moving) as opened:
        pictures = [np.asarray(picture.convert("RGB"), np.int16) for picture in ImageSequence.Iterator(opened)]
        assert (opened.format, opened.size, opened.info["loop"]) == ("GIF", (320, 180), 0)
    first = next(frames(clip)).image.astype(np.int16)
    assert len(pictures) > 3
    assert np.abs(pictures[0] - first).mean() < 8.0
    signed = still.stat().st_size + moving.stat().st_size
    stills_of(clip, still, moving, settings, None)
    assert (said(still, settings), said(moving, settings)) == ({}, {})
    assert signed - still.stat().st_size - moving.stat().st_size < 12_000
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["clip.mp4", "data", "preview.gif", "still.jpg"]


@pytest.mark.parametrize(("made_of", "signed"), [({"source": "image"}, True), ({"synthetic": True}, True), ({}, False)])
def test_a_portrait_is_signed_unless_it_is_what_was_filmed(
    made_of: dict[str, Any],
    signed: bool,
    tmp_path: Path,
    clip: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    description = {**FILMED, **made_of}
    track = SimpleNamespace(pose=np.zeros((12, 3)), blink=np.zeros(12), stretch=np.zeros(12, int))
    whole = SimpleNamespace(track=track, base_clip=clip, description=description)
    monkeypatch.setattr(thumbnail, "load", lambda _: whole)
    still, moving = tmp_path / "thumbnail.jpg", tmp_path / "thumbnail.mp4"
    portrait_of(tmp_path, still, moving, settings)
    expected = statement_of(description, voice="").replica if signed else {}
    assert said(still, settings) == said(moving, settings) == expected
    assert "voice" not in expected
    assert probe(moving).video is not None
    with Image.open(still) as opened:
        assert opened.size == (320, 180)
