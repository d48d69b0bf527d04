"""Delete what is held under a consent: exactly that, and for real.

Files are unlinked and their folder is synchronised. They are not overwritten first: on flash memory, on file systems
that copy on write and under snapshots the old blocks stay where they are, so overwriting would only look like more.
Whoever needs the bytes themselves gone keeps the data on an encrypted disk.

Only what was recorded is touched. A file must still have the hash that was recorded, unless it lies in the data folder
or belongs to a replica that carries the receipt; a symbolic link is never followed, and never removed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import countenance
from countenance.consent.receipt import now, parse
from countenance.consent.register import KEPT, Holding, HoldingKind, files_in
from countenance.errors import CountenanceError

_BUNDLE = "replica.json"
_SOFTWARE = Path(countenance.__file__).resolve().parent
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Outcome(StrEnum):
    """What became of a file."""

    DELETED = "deleted"
    GONE = "already gone"
    CHANGED = "changed since and therefore left"
    SHARED = "left, since another consent that stands covers it"
    SOFTWARE = "left, since it is part of this software"
    """The footage of the stock presenter."""
    FAILED = "not permitted"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One file of a deletion record."""

    kind: str
    path: str
    sha256: str
    """as recorded; of the file as it was found where nothing was recorded; empty where there was none"""
    outcome: str
    at: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What decides about more than a file's hash."""

    receipt_id: str
    data_dir: Path
    """resolved"""
    shared: Mapping[str, str]
    """paths that other consents cover which stand, with the receipt's id"""

    def owns(self, path: Path) -> bool:
        """Whether a path lies in the data folder, where nothing but ours is; records and keys stay."""
        if not path.is_relative_to(self.data_dir) or path == self.data_dir:
            return False
        return path.relative_to(self.data_dir).parts[0] not in KEPT


def erase(holding: Holding, bounds: Bounds) -> Iterator[Erasure]:
    """Delete a holding file by file, and its folders as far as they are empty then."""
    path = Path(holding.path)
    if not holding.is_folder:
        yield _file(holding.kind, path, holding.files[0].sha256, bounds)
        return
    recorded = {file.name: file.sha256 for file in holding.files if ".." not in Path(file.name).parts}
    owner = receipt_in(path) if holding.kind is HoldingKind.REPLICA else None
    if owner not in (None, bounds.receipt_id):
        detail = "Another replica has taken its place."
        yield from (
            Erasure(holding.kind, str(path / name), sha256, Outcome.GONE, now(), detail)
            for name, sha256 in recorded.items()
        )
        return
    ours = owner == bounds.receipt_id or bounds.owns(path)
    names = {*recorded, *(_named_in(path) if owner == bounds.receipt_id else ()), *_found_in(path, bounds)}
    # What says whose replica it is goes last, so that an interrupted deletion can be taken up again.
    for name in sorted(names, key=lambda name: (name == _BUNDLE, name)):
        yield _file(holding.kind, path / name, recorded.get(name, ""), bounds, whatever_it_holds=ours)
    _remove_empty(path, names)


def is_kept(holding: Holding, bounds: Bounds) -> bool:
    """Whether nothing of a holding will be deleted, since it belongs to another consent by now."""
    if holding.kind is HoldingKind.REPLICA:
        return receipt_in(Path(holding.path)) not in (None, bounds.receipt_id)
    return holding.path in bounds.shared or Path(holding.path).is_relative_to(_SOFTWARE)


def enrolled(bounds: Bounds) -> list[tuple[HoldingKind, Path]]:
    """What lies in a folder of the data folder under a name that begins with the receipt's id, noted or not."""
    found = [
        path
        for path in sorted(bounds.data_dir.glob(f"*/{bounds.receipt_id}*"))
        if bounds.owns(path) and not path.is_symlink()
    ]
    return [(HoldingKind.EMBEDDING if path.parent.name == "enrolled" else HoldingKind.CACHE, path) for path in found]


def _file(kind: HoldingKind, path: Path, recorded: str, bounds: Bounds, *, whatever_it_holds: bool = False) -> Erasure:
    """Delete one file and say what came of it."""
    if path.is_relative_to(_SOFTWARE):
        return Erasure(kind, str(path), recorded, Outcome.SOFTWARE, now())
    other = bounds.shared.get(str(path))
    if other is not None and not whatever_it_holds:
        return Erasure(kind, str(path), recorded, Outcome.SHARED, now(), f"It is held under {other}.")
    free = whatever_it_holds or bounds.owns(path)
    try:
        outcome, sha256, detail = _unlink(path, None if free else recorded)
    except OSError as error:
        outcome, sha256, detail = _refused(error)
    return Erasure(kind, str(path), recorded or sha256, outcome, now(), detail)


def _unlink(path: Path, wanted: str | None) -> tuple[Outcome, str, str]:
    """Delete a regular file that no link leads to, if it still has the hash `wanted`; None for any content.

    The file that was hashed is the one that goes: both happen through one open folder, and the entry is compared with
    the open file before it is removed.
    """
    if os.path.realpath(path.parent, strict=True) != str(path.parent):
        return Outcome.CHANGED, "", "A link stands in its way."
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        handle = os.open(path.name, _OPEN, dir_fd=folder)
        with os.fdopen(handle, "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                return Outcome.CHANGED, "", "It is no plain file any more."
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        entry = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
        if (wanted is not None and sha256 != wanted) or (entry.st_dev, entry.st_ino) != (state.st_dev, state.st_ino):
            return Outcome.CHANGED, sha256, ""
        os.unlink(path.name, dir_fd=folder)
        os.fsync(folder)
    finally:
        os.close(folder)
    return Outcome.DELETED, sha256, "The same file has another name elsewhere." if state.st_nlink > 1 else ""


def _refused(error: OSError) -> tuple[Outcome, str, str]:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return Outcome.GONE, "", ""
    if error.errno == errno.ELOOP:
        return Outcome.CHANGED, "", "A link has taken its place."
    return Outcome.FAILED, "", f"{error.strerror}."


def receipt_in(folder: Path) -> str | None:
    """The id of the receipt that the replica in a folder carries, `none` if it has none; None if no replica is there.

    Where there is a signed text, its id counts and not the one that is named beside it: a replica that could speak
    under a consent goes with it, whatever else it says.
    """
    try:
        description = json.loads((folder / _BUNDLE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    consent = description.get("consent") if isinstance(description, dict) else None
    if not isinstance(consent, dict):
        return "none"
    named, text = consent.get("receipt"), consent.get("jws")
    with suppress(CountenanceError):
        named = parse(text).id if isinstance(text, str) else named
    return named if isinstance(named, str) else "none"


def _found_in(folder: Path, bounds: Bounds) -> set[str]:
    """The files in a folder of the data folder, which may have become more since they were noted."""
    if not bounds.owns(folder):
        return set()
    return {file.relative_to(folder).as_posix() for file in files_in(folder)}


def _named_in(folder: Path) -> set[str]:
    """The files that a replica says to have; plain names only."""
    try:
        hashes = json.loads((folder / _BUNDLE).read_text("utf-8"))["hashes"]
        names = {name for name in hashes if Path(name).name == name and name not in (".", "..")}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()
    return {name for name in names if os.path.lexists(folder / name)}


def _remove_empty(folder: Path, names: Iterable[str]) -> None:
    """Remove the recorded folders, innermost first; what still holds anything stays."""
    inner = {folder / parent for name in names for parent in Path(name).parents}
    for each in sorted({folder, *inner}, key=lambda path: len(path.parts), reverse=True):
        try:
            if os.path.realpath(each, strict=True) == str(each):
                each.rmdir()
        except OSError:
            continue
