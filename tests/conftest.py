"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from countenance.consent.receipt_content import (
    Kind,
    Material,
    ReceiptContent,
    ScoreRecord,
    SpokenStatement,
    VerdictRecord,
    evidence_of,
)
from countenance.media.read import audio, frames
from countenance.media.write import VideoWriter
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings. Users do not have it: skipped there, required where the variable says so."""
    if _DATA.is_dir():
        return _DATA
    message = f"real recordings are not at {_DATA}"
    if os.environ.get("COUNTENANCE_REQUIRE_REAL_DATA") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session", autouse=True)
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keys, receipts and known faces of the tests: never those of whoever runs them."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNTENANCE_DATA_DIR", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def quick_training() -> Iterator[None]:
    """What takes minutes of a training is asked for by the tests that are about it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNTENANCE_REFINE_S", "0")
        patch.setenv("COUNTENANCE_PERSONAL_VOICE", "0")
        yield


@pytest.fixture(scope="session")
def short_footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stock presenter for thirteen seconds, small: enough to train from, quick enough for a test."""
    path = tmp_path_factory.mktemp("footage") / "short footage.mp4"
    pictures = [frame.image for frame in frames(presenter_clip(), end_s=13.0, max_side=640)]
    height, width = pictures[0].shape[:2]
    with VideoWriter(path, width, height, audio=audio(presenter_clip())) as writer:
        for picture in pictures:
            writer.write(picture)
    return path


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a data folder of their own, for this process and for those that it starts."""
    monkeypatch.setenv("COUNTENANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COUNTENANCE_ACCOUNT", "studio@example.org")
    monkeypatch.setenv("COUNTENANCE_THREADS", "1")
    return Settings()


@pytest.fixture
def agreement(tmp_path: Path) -> Callable[..., ReceiptContent]:
    """`agreement(name="Ada Lovelace")`: what a receipt says of a consent in two files that lie in `tmp_path`."""

    def content(name: str = "Ada Lovelace") -> ReceiptContent:
        for role in ("consent", "footage"):
            path = tmp_path / f"{role}.mp4"
            if not path.exists():
                path.write_bytes(f"a {role} recording ".encode() * 200)
        text = f"My name is {name}."
        return ReceiptContent(
            kind=Kind.CONSENT,
            material=Material.FOOTAGE,
            organisation="Harbour Films",
            files={role: evidence_of(tmp_path / f"{role}.mp4") for role in ("consent", "footage")},
            person=name,
            statement=SpokenStatement("en-1", "en", text, text.lower(), "amber lantern"),
            verdict=VerdictRecord("accepted", {"face": ScoreRecord(0.71, 0.55, 0.4, "accepted")}),
        )

    return content
