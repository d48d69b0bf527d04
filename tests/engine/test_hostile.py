"""Replicas of which every hash is right and something else is not: typed errors, before anything is rendered."""

from __future__ import annotations

import json
import shutil
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from bundles import small_replica
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from countenance.engine import replica as bundle
from countenance.engine.archive import export, unpack
from countenance.engine.arrays import check_refiner
from countenance.engine.atlas import check_patch
from countenance.errors import CountenanceError

Arrays = dict[str, NDArray[Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    bundle.save(small_replica(tmp_path), tmp_path / "ada")
    return tmp_path / "ada"


def rule_of(call: Callable[[], object]) -> str:
    with pytest.raises(CountenanceError) as error:
        call()
    return error.value.finding.rule.id


def described(folder: Path, **changes: Any) -> None:
    path = folder / bundle.DESCRIPTION
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def refiner(**changes: NDArray[Any]) -> Arrays:
    """The arrays of a net, without those of the net itself."""
    return {
        "shape": np.array([3, 24, 4, 0], np.int32),
        "side": np.array([32], np.int32),
        "centre": np.zeros(2, np.float32),
        "mean": np.zeros(130, np.float32),
        "components": np.zeros((12, 130), np.float32),
        "neutral": np.zeros((32, 32, 3), np.uint8),
        "net.head.bias": np.zeros(3, np.float32),
        **changes,
    }


@pytest.mark.parametrize(
    ("file", "name", "array"),
    [
        (bundle.ATLAS, "jpeg_ends", np.array([np.inf, 1, 2])),
        (bundle.ATLAS, "jpeg_ends", np.array([9, 5, 7])),
        (bundle.ATLAS, "jpegs", np.zeros(10, np.uint8)),
        (bundle.ATLAS, "frame", np.zeros((2, 2), np.int32)),
        (bundle.ATLAS, "gap", np.full(3, np.nan, np.float32)),
        (bundle.ENGINE, "track.stretch", np.zeros(0, np.int32)),
        (bundle.ENGINE, "track.thumbnail", np.zeros((5, 4), np.uint8)),
        (bundle.ENGINE, "motion.layers", np.zeros(0, np.int32)),
        (bundle.ENGINE, "motion.feature_basis", np.zeros(3, np.float32)),
        (bundle.ENGINE, "motion.feature_mean", np.zeros((), np.float32)),
        (bundle.ENGINE, "basis.mean", np.zeros((64, 2), np.float32)),
        (bundle.ENGINE, "rest", np.zeros(13, np.int32)),
    ],
)
def test_arrays_of_another_shape(folder: Path, file: str, name: str, array: NDArray[Any]) -> None:
    arrays = load_file(folder / file)
    assert name in arrays
    save_file({**arrays, name: array}, folder / file)
    hashes = json.loads((folder / bundle.DESCRIPTION).read_text())["hashes"]
    described(folder, hashes=hashes | {file: bundle.file_sha256(folder / file)})
    assert rule_of(lambda: bundle.load(folder)) == "engine.replica_damaged"


def test_pictures_of_mouths_are_small_jpegs() -> None:
    def encoded(kind: str, side: int) -> bytes:
        return bytes(cv2.imencode(kind, np.zeros((side, 8, 3), np.uint8))[1])

    check_patch(encoded(".jpg", 1024))
    for bad in (encoded(".jpg", 1025), encoded(".png", 8), b"", b"\xff\xd8" + b"\xff" * 40, encoded(".jpg", 8)[:100]):
        with pytest.raises(ValueError, match="no small JPEG"):
            check_patch(bad)


@pytest.mark.parametrize(
    "changes",
    [
        {"shape": np.zeros((4, 2), np.int32)},
        {"shape": np.array([3, 24, -1, 0], np.int32)},
        {"shape": np.array([3, 24, 2**20, 0], np.int32)},
        {"shape": np.array([3, 24, 4, 1], np.int32)},
        {"shape": np.array([3, 22, 4, 0], np.int32)},
        {"shape": np.full(4, np.inf)},
        {"side": np.array([0], np.int32)},
        {"side": np.array([48], np.int32)},
        {"mean": np.zeros(3, np.float32)},
        {"neutral": np.zeros((32, 32, 3), np.float32)},
        {"net.head.bias": np.full(3, np.nan, np.float32)},
        {"net.head.bias": np.zeros(3, np.uint32)},
    ],
)
def test_no_such_net(changes: Arrays) -> None:
    check_refiner(refiner())
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        check_refiner(refiner(**changes))


def test_what_only_a_renderer_would_open_is_looked_at_on_arrival(tmp_path: Path) -> None:
    for name, good, bad in (
        (bundle.REFINER, refiner(), refiner(side=np.array([-1], np.int32))),
        (bundle.VOICE, None, {"pitch": np.zeros(4, np.float32)}),
    ):
        for arrays, fine in ((good, True), (bad, False)):
            if arrays is None:
                continue
            made = replace(small_replica(tmp_path), optional={name: arrays})
            bundle.save(made, tmp_path / "ada")
            export(tmp_path / "ada", tmp_path / "file")
            if fine:
                unpack(tmp_path / "file", tmp_path / "there", lambda arrival: None)
                shutil.rmtree(tmp_path / "there")
            else:
                refused = rule_of(lambda: unpack(tmp_path / "file", tmp_path / "there", lambda arrival: None))
                assert refused == "engine.archive_damaged"


def test_text_that_cannot_be_written_again(folder: Path) -> None:
    described(folder, software="\ud800")
    assert rule_of(lambda: bundle.describe(folder)) == "engine.not_a_replica"


def test_a_name_that_is_no_text(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    export(folder, file)
    data = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as opened:
        start = opened.getinfo(bundle.ENGINE).header_offset
    data[start + 6 : start + 8] = struct.pack("<H", 0x800)
    data[start + 30] = 0xFF
    file.write_bytes(data)
    assert rule_of(lambda: unpack(file, tmp_path / "there", lambda arrival: None)) == "engine.archive_damaged"


def test_a_preview_that_is_replaced_while_it_is_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed, final = bundle.file_sha256, small_replica(tmp_path, tier="final")
    calls = []

    def exchanged(path: Path) -> str:
        calls.append(path)
        if len(calls) == 1:
            monkeypatch.setattr(bundle, "file_sha256", hashed)
            bundle.save(replace(final, rest=final.rest + 1), folder)
        return hashed(path)

    described(folder, hashes=dict.fromkeys(bundle.REQUIRED, "of the preview"))
    monkeypatch.setattr(bundle, "file_sha256", exchanged)
    assert bundle.load(folder).description["tier"] == "final"


def test_a_full_disk(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise SafetensorError("No space left on device")

    monkeypatch.setattr(bundle, "save_file", full)
    assert rule_of(lambda: bundle.save(small_replica(tmp_path), folder)) == "engine.cannot_store"
    assert bundle.load(folder)
