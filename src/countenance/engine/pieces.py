"""Watched footage in pieces of half a minute, each with its clip: what is kept of it while a training is at work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.engine.atlas import Patch
from countenance.engine.checkpoint import Checkpoints, is_whole
from countenance.engine.replica import file_sha256
from countenance.people.face import FaceMesh

PIECE_FRAMES = 750
Parts = list[tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What was seen in n frames of the footage that follow each other, or nearly so."""

    meshes: list[FaceMesh | None]
    patches: list[Patch | None]
    thumbnail: NDArray[np.uint8]
    """(n, h, w, 3)"""
    source: NDArray[np.intp]
    """(n,) which frame of the footage each of them is"""
    width: int
    height: int
    clip: Path


def cut(parts: Parts) -> Parts:
    """Parts of footage, none longer than a piece."""
    return [
        (first, min(first + PIECE_FRAMES, end)) for start, end in parts for first in range(start, end, PIECE_FRAMES)
    ]


def clip_of(part: tuple[int, int], kept: Checkpoints) -> Path:
    """Where the clip of a part lies."""
    return kept.folder / f"{_name(part)}.mp4"


def keep(part: tuple[int, int], piece: Piece, kept: Checkpoints) -> None:
    """Keep what was seen of a part, whose clip is whole.

    Raises:
        CountenanceError: engine.cannot_store.
    """
    piece.clip.chmod(0o600)
    meshes = [mesh for mesh in piece.meshes if mesh is not None]
    patches = [patch for patch in piece.patches if patch is not None]
    arrays: dict[str, NDArray[Any]] = {
        "seen": np.array([mesh is not None for mesh in piece.meshes]),
        "points": np.array([mesh.points for mesh in meshes], np.float32),
        "blendshapes": np.array([mesh.blendshapes for mesh in meshes], np.float32),
        "angles": np.array([(mesh.yaw_deg, mesh.pitch_deg, mesh.roll_deg) for mesh in meshes], np.float64),
        "cut": np.array([patch is not None for patch in piece.patches]),
        "jpegs": np.frombuffer(b"".join(patch.jpeg for patch in patches), np.uint8),
        "jpeg_ends": np.cumsum([len(patch.jpeg) for patch in patches], dtype=np.int64),
        "from_frame": np.array([patch.from_frame for patch in patches], np.float32),
        "sharpness": np.array([patch.sharpness for patch in patches], np.float64),
        "thumbnail": piece.thumbnail,
        "source": piece.source.astype(np.int64),
    }
    told = {"width": piece.width, "height": piece.height, "clip": file_sha256(piece.clip)}
    kept.keep(_name(part), arrays, told)


def kept_piece(part: tuple[int, int], kept: Checkpoints) -> Piece | None:
    """What was kept of a part, with its clip; None if there is not all of it."""
    found = kept.kept(_name(part))
    clip = clip_of(part, kept)
    if found is None or not is_whole(clip, found[1]["clip"]):
        return None
    arrays, told = found
    data, ends = arrays["jpegs"].tobytes(), [int(end) for end in arrays["jpeg_ends"]]
    meshes = iter(zip(arrays["points"], arrays["blendshapes"], arrays["angles"], strict=True))
    patches = iter(zip([0, *ends], ends, arrays["from_frame"], arrays["sharpness"], strict=False))
    return Piece(
        meshes=[_mesh(*next(meshes)) if seen else None for seen in arrays["seen"]],
        patches=[_patch(data, *next(patches)) if is_cut else None for is_cut in arrays["cut"]],
        thumbnail=arrays["thumbnail"],
        source=arrays["source"].astype(np.intp),
        width=int(told["width"]),
        height=int(told["height"]),
        clip=clip,
    )


def _mesh(points: NDArray[np.float32], blendshapes: NDArray[np.float32], angles: NDArray[np.float64]) -> FaceMesh:
    yaw, pitch, roll = (float(angle) for angle in angles)
    return FaceMesh(points, blendshapes, yaw, pitch, roll)


def _patch(data: bytes, start: int, end: int, from_frame: NDArray[np.float32], sharpness: np.float64) -> Patch:
    return Patch(data[start:end], from_frame, float(sharpness))


def _name(part: tuple[int, int]) -> str:
    return f"watched-{part[0]}-{part[1]}"
