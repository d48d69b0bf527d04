"""Small real media, and uploads that are begun."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Upload, Workspace
from countenance.service.uploads.begin import create
from countenance.service.uploads.receive import put_part

Begin = Callable[..., Upload]


def wav(size: int, seed: int = 1) -> bytes:
    """A sound of `size` bytes in all."""
    data = random.Random(seed).randbytes(size - 44)  # noqa: S311 - noise
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", size - 8, b"WAVE", b"fmt ", 16, 1, 2, 48000, 192000, 4, 16, b"data", len(data)
    )
    return head + data


def png(width: int = 32, height: int = 24) -> bytes:
    """A picture."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (200, 100, 50)).save(file, "PNG")
    return file.getvalue()


def mp4(folder: Path, pictures: int = 10) -> bytes:
    """A film without sound, 64 x 48."""
    path = folder / "made.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(pictures):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number * 20, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    data = path.read_bytes()
    path.unlink()
    return data


@pytest.fixture
def workspace(service: Service) -> str:
    """The id of a workspace."""
    with service.database.transaction() as session:
        session.add(Workspace(id="w0000000000000001", name="Harbour Films", created_at=now()))
    return "w0000000000000001"


@pytest.fixture
def begin(service: Service, workspace: str) -> Begin:
    """`begin("a.wav", data, part_bytes=1000)`: an upload of these bytes in parts of that size."""

    def begun(filename: str, data: bytes, *, part_bytes: int = 0, sha256: str | None = None) -> Upload:
        with service.database.transaction() as session:
            upload = create(session, service, workspace, filename, len(data), sha256)
            upload.part_bytes = part_bytes or upload.part_bytes
        return upload

    return begun


@pytest.fixture
def send(service: Service, begin: Begin) -> Begin:
    """As `begin`, and all parts have arrived."""

    def sent(filename: str, data: bytes, **options: int) -> Upload:
        upload = begin(filename, data, **options)
        for at in range(0, len(data), upload.part_bytes):
            piece = data[at : at + upload.part_bytes]
            put_part(service, upload.workspace_id, upload.id, at // upload.part_bytes + 1, [piece])
        return upload

    return sent


@pytest.fixture
def make_film() -> Callable[[Path], bytes]:
    """Makes a film."""
    return mp4
