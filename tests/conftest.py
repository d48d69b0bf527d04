"""Fixtures that every room's tests share."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from countenance.consent.receipt_content import (
    Kind,
    Material,
    ReceiptContent,
    ScoreRecord,
    SpokenStatement,
    VerdictRecord,
    evidence_of,
)
from countenance.footage.measure import measure
from countenance.media.probe import MediaInfo, probe
from countenance.media.read import audio, frames
from countenance.media.write import VideoWriter
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# How long an example takes says how busy the machine is.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

_FIRST = (
    "engine/test_main_job", "service/server/test_crashes", "consent/test_verify", "work/test_work_tasks",
    "service/jobs/test_workflow", "cli/test_say", "engine/test_checkpoint", "service/jobs/test_takeover",
    "test_defects", "stock/test_defects", "service/server/test_real_training", "consent/test_presenter",
    "portrait/test_animate", "client/test_official_clients", "footage/test_report", "service/server/test_race",
    "people/test_speech", "service/uploads/test_reports", "cli/test_studio", "client/test_commands",
    "engine/test_extras", "consent/test_liveness", "engine/test_refine", "client/test_client",
    "test_clearance",
)  # fmt: skip
"""What takes long begins early, so that nothing of it is left for one worker alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of pages first, in a row, since they share servers and a browser; then those of the files in `_FIRST`.

    `--no-loadscope-reorder` hands them out in this order.
    """
    here = Path(__file__).parent
    early = {here / f"{name}.py": place for place, name in enumerate(_FIRST, start=1)}
    assert all(path.is_file() for path in early), "a file was renamed"
    pages = here / "portal"
    items.sort(key=lambda item: 0 if pages in item.path.parents else early.get(item.path, len(early) + 1))


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
def common_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "common"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _once(path: Path, make: Callable[[Path], object]) -> Path:
    """The file `path`; it is made by the first worker that asks for it."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            make(path)
    return path


@pytest.fixture(scope="session")
def once() -> Callable[[Path, Callable[[Path], object]], Path]:
    """`once(path, make)`: see `_once`."""
    return _once


@pytest.fixture(scope="session")
def short_footage(common_dir: Path) -> Path:
    """The stock presenter for thirteen seconds, small: enough to train from, quick enough for a test."""

    def make(path: Path) -> None:
        pictures = [frame.image for frame in frames(presenter_clip(), end_s=13.0, max_side=640)]
        height, width = pictures[0].shape[:2]
        with VideoWriter(path, width, height, audio=audio(presenter_clip())) as writer:
            for picture in pictures:
                writer.write(picture)

    return _once(common_dir / "short footage.mp4", make)


_LOOKED_AT_ONCE = (
    "countenance.consent.faces.look",
    "countenance.consent.verify.transcribe",
    "countenance.consent.verify.watch",
    "countenance.consent.voices.compare",
    "countenance.footage.report.measure",
)
"""Slow, and always the same of the same recording."""
_DECIDE = {"threads", "weights_dir", "speech_model", "max_file_bytes", "max_duration_s", "max_pixels"}


@pytest.fixture
def looked_at_once(common_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that are about what follows: what was measured once of a recording is not measured again.

    All workers of a run share what the real functions returned, by the contents of what they were given.
    """

    def remembering(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **named: pickle.loads(_known(common_dir, name, real, *given, **named).read_bytes())  # noqa: S301

    for name in _LOOKED_AT_ONCE:
        module, _, function = name.rpartition(".")
        monkeypatch.setattr(name, remembering(name, getattr(import_module(module), function)))


def _known(folder: Path, name: str, real: Callable[..., Any], *given: object, **named: object) -> Path:
    """The file with what the function `real` returns."""
    digest = hashlib.sha256(name.encode())
    for value in (*given, *named.values()):
        digest.update(_contents(value))
    return _once(folder / digest.hexdigest(), lambda path: path.write_bytes(pickle.dumps(real(*given, **named))))


@pytest.fixture(scope="session")
def knowing_program(short_footage: Path, common_dir: Path) -> str:
    """The command `countenance`, as Python's `-c` takes it; the short footage was measured before, for `check`."""
    known = _known(common_dir, "countenance.footage.report.measure", measure, probe(short_footage), Settings(threads=1))
    return f"""
import pickle
from pathlib import Path
from countenance.footage import report
report.measure = lambda *_: pickle.loads(Path({str(known)!r}).read_bytes())
from countenance.cli.main import main
main()
"""


def _contents(value: object) -> bytes:
    """What of an argument decides the answer; whom to tell of progress does not."""
    if isinstance(value, MediaInfo):
        value = value.path
    if isinstance(value, Path):
        return hashlib.sha256(value.read_bytes()).digest()
    if isinstance(value, np.ndarray):
        return hashlib.sha256(value.tobytes()).digest()
    if isinstance(value, Settings):
        return value.model_dump_json(include=_DECIDE).encode()
    return b"" if callable(value) else repr(value).encode()


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
