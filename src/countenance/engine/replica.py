"""The replica on disk: one folder, no pickle, every file's hash written down.

replica.json          what it is: format, versions, where it came from, metrics, hashes
engine.safetensors    mouth basis, speech-to-motion, rest mouth, and the track of the playing clip
atlas.safetensors     the filmed mouths, as JPEG, with their landmarks
base.mp4              the playing clip, 25 frames/s, without sound

and, where it was made with them,

refiner.safetensors   weights of the net that refines the mouth
voice.safetensors     the person's own voice
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from countenance.engine.arrays import check_arrays
from countenance.engine.atlas import Atlas
from countenance.engine.errors import CANNOT_STORE, NOT_A_REPLICA, PLACE_TAKEN, REPLICA_DAMAGED, REPLICA_TOO_NEW
from countenance.engine.motion import SpeechMotion
from countenance.engine.mouth import MouthBasis
from countenance.engine.upgrade import upgraded
from countenance.engine.workplace import put_in_place, work_folder
from countenance.errors import CountenanceError, Finding, Rule
from countenance.media.place import try_folder

Array = NDArray[np.float32]
Arrays = dict[str, NDArray[Any]]

FORMAT_VERSION = 2
DESCRIPTION = "replica.json"
ENGINE = "engine.safetensors"
ATLAS = "atlas.safetensors"
BASE_CLIP = "base.mp4"
REFINER = "refiner.safetensors"
VOICE = "voice.safetensors"
REQUIRED = frozenset({ENGINE, ATLAS, BASE_CLIP})
OPTIONAL = frozenset({REFINER, VOICE})
"""Arrays alone; a replica has those that `hashes` names."""

Part = TypeVar("Part", MouthBasis, SpeechMotion, "BaseTrack")


@dataclass(frozen=True, slots=True, eq=False)
class BaseTrack:
    """The face in the T frames of the playing clip. Rows of frames without a face are NaN."""

    stretch: NDArray[np.int32]
    """(T,) which unbroken stretch a frame belongs to; -1 if it is not shown"""

    to_canonical: Array
    """(T, 2, 3)"""
    control: Array
    """(T, C, 2) canonical places of `atlas.CONTROL`"""
    pose: Array
    """(T, 3) degrees"""
    blink: Array
    """(T,) 0 to 1"""
    speaking: Array
    """(T,) 0 to 1"""
    thumbnail: NDArray[np.uint8]
    """(T, h, w, 3) the whole picture, small: what a jump between two frames would show of body and hands"""


@dataclass(frozen=True, slots=True, eq=False)
class Replica:
    """All that is needed to let a person speak."""

    basis: MouthBasis
    motion: SpeechMotion
    template: Array
    """(S, 2) canonical places of `landmarks.STABLE`"""
    rest: Array
    """(13,) code and gap of the mouth at rest"""
    track: BaseTrack
    atlas: Atlas
    base_clip: Path
    """the playing clip: `BASE_CLIP` in the replica's folder"""
    description: Mapping[str, Any]
    """what `replica.json` holds, as the present format has it"""
    optional: Mapping[str, Arrays] = field(default_factory=dict)
    """the arrays of the `OPTIONAL` files that it has, by file and name"""


def save(replica: Replica, folder: Path) -> Replica:
    """Write a replica as `folder`, whole or not at all; a replica that is already there is replaced.

    Raises:
        CountenanceError: engine.place_taken, engine.cannot_store.
    """
    folder = folder.resolve()
    check_place(folder)
    with storage_errors(folder), work_folder(folder) as work:
        part = work / "replica"
        part.mkdir(mode=0o700)
        shutil.copyfile(replica.base_clip, part / BASE_CLIP)
        save_file(_engine_arrays(replica), part / ENGINE)
        save_file(_atlas_arrays(replica.atlas), part / ATLAS)
        for name in OPTIONAL & replica.optional.keys():
            save_file(replica.optional[name], part / name)
        hashes = {name: file_sha256(part / name) for name in sorted(REQUIRED | replica.optional.keys())}
        present = {"format_version": FORMAT_VERSION}
        description = {**present, **replica.description, **present, "hashes": hashes}
        (part / DESCRIPTION).write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n", "utf-8")
        for file in part.iterdir():
            file.chmod(0o600)  # faces are biometric data
        put_in_place(part, folder)
    return replace(replica, base_clip=folder / BASE_CLIP, description=description)


def load(folder: Path) -> Replica:
    """Read a replica and check its hashes. One of an older format is upgraded in memory; its folder stays as it is.

    Raises:
        CountenanceError: engine.not_a_replica, engine.replica_too_new, engine.replica_damaged.
    """
    described = _as_it_stands(folder)
    try:
        return _loaded(folder, described)
    except CountenanceError:
        # The final replica may have taken the place of its preview while that was read.
        again = _as_it_stands(folder)
        if again == described:
            raise
        return _loaded(folder, again)


def _loaded(folder: Path, described: dict[str, Any]) -> Replica:
    hashes = described.get("hashes")
    if not isinstance(hashes, dict) or not REQUIRED <= hashes.keys() <= REQUIRED | OPTIONAL:
        raise _error(REPLICA_DAMAGED, folder / DESCRIPTION)
    for name, digest in hashes.items():
        path = folder / name
        if not os.access(path, os.R_OK) or file_sha256(path) != digest:
            raise _error(REPLICA_DAMAGED, path)
    try:
        arrays = {name: load_file(folder / name) for name in hashes.keys() - {BASE_CLIP}}
        description, arrays = upgraded(described, arrays, FORMAT_VERSION)
        engine, atlas = arrays.pop(ENGINE), arrays.pop(ATLAS)
        replica = Replica(
            basis=_read(MouthBasis, "basis", engine),
            motion=_read(SpeechMotion, "motion", engine),
            template=engine["template"],
            rest=engine["rest"],
            track=_read(BaseTrack, "track", engine),
            atlas=_read_atlas(atlas),
            base_clip=folder / BASE_CLIP,
            description=description,
            optional=arrays,
        )
        check_arrays(replica)
    except (SafetensorError, OSError, KeyError, IndexError, TypeError, ValueError, ArithmeticError) as error:
        raise _error(REPLICA_DAMAGED, folder) from error
    return replica


def describe(folder: Path) -> dict[str, Any]:
    """What `replica.json` says, as the present format has it, without opening the rest.

    Raises:
        CountenanceError: engine.not_a_replica, engine.replica_too_new.
    """
    return upgraded(_as_it_stands(folder), {}, FORMAT_VERSION)[0]


def _as_it_stands(folder: Path) -> dict[str, Any]:
    try:
        description = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        json.dumps(description, ensure_ascii=False).encode()  # half a surrogate pair could be read, but not written
    except (OSError, ValueError, RecursionError) as error:
        raise _error(NOT_A_REPLICA, folder) from error
    version = description.get("format_version") if isinstance(description, dict) else None
    if type(version) is not int or version < 1:
        raise _error(NOT_A_REPLICA, folder)
    if version > FORMAT_VERSION:
        raise _error(REPLICA_TOO_NEW, folder, f"It has format {version}, this software reads up to {FORMAT_VERSION}.")
    return dict(description)


def check_place(folder: Path) -> None:
    """Whether a replica can and may be written here: nothing, an empty folder, or an older replica and nothing else.

    Raises:
        CountenanceError: engine.place_taken, engine.cannot_store.
    """
    with storage_errors(folder):
        try_folder(folder.resolve().parent)  # where it is made, before it takes its place
        if not folder.exists():
            return
        inside = {path.name for path in folder.iterdir()} if folder.is_dir() else {str(folder)}
    if inside - {DESCRIPTION, *REQUIRED, *OPTIONAL}:
        raise _error(PLACE_TAKEN, folder)
    if inside:
        _check_ours(folder)


def _check_ours(folder: Path) -> None:
    try:
        describe(folder)
    except CountenanceError as error:
        if error.finding.rule is not REPLICA_TOO_NEW:
            raise _error(PLACE_TAKEN, folder) from error


def file_sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _engine_arrays(replica: Replica) -> Arrays:
    arrays: Arrays = {"template": replica.template, "rest": replica.rest}
    for name, part in (("basis", replica.basis), ("motion", replica.motion), ("track", replica.track)):
        arrays |= {f"{name}.{field}": getattr(part, field) for field in part.__dataclass_fields__}
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _read(kind: type[Part], name: str, arrays: Arrays) -> Part:
    return kind(**{field: arrays[f"{name}.{field}"] for field in kind.__dataclass_fields__})


def _atlas_arrays(atlas: Atlas) -> Arrays:
    ends = np.cumsum([len(jpeg) for jpeg in atlas.jpegs])
    return {
        "frame": atlas.frame,
        "code": atlas.code,
        "gap": atlas.gap,
        "pose": atlas.pose,
        "control": np.ascontiguousarray(atlas.control),
        "from_canonical": np.ascontiguousarray(atlas.from_canonical),
        "jpeg_ends": ends.astype(np.int64),
        "jpegs": np.frombuffer(b"".join(atlas.jpegs), np.uint8),
    }


def _read_atlas(arrays: Arrays) -> Atlas:
    ends = [int(end) for end in arrays.pop("jpeg_ends")]
    data = arrays.pop("jpegs").tobytes()
    jpegs = [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    return Atlas(**arrays, jpegs=jpegs)


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turns what the disk refuses into engine.cannot_store."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        reason = error.strerror if isinstance(error, OSError) else ""
        raise _error(CANNOT_STORE, folder, f"{reason}." if reason else "") from error


def _error(rule: Rule, path: Path, detail: str = "") -> CountenanceError:
    return CountenanceError(Finding(rule, file=str(path), detail=detail))
