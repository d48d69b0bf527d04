"""A replica as one file: a zip archive, nothing compressed, `replica.json` first.

An archive comes from anywhere. Of its directory only the names of a replica's files count, once each; what is in it is
copied within bounds, checked against the hashes in `replica.json`, and loaded, before anything is put in place.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from countenance.engine.archive_rules import (
    ARCHIVE_DAMAGED,
    ARCHIVE_IN_REPLICA,
    ARCHIVE_TOO_LARGE,
    NOT_AN_ARCHIVE,
)
from countenance.engine.arrays import check_refiner
from countenance.engine.errors import REPLICA_DAMAGED, REPLICA_TOO_NEW
from countenance.engine.replica import (
    DESCRIPTION,
    OPTIONAL,
    REFINER,
    REQUIRED,
    Replica,
    check_place,
    describe,
    load,
    storage_errors,
)
from countenance.engine.workplace import put_in_place, work_folder
from countenance.errors import CountenanceError, Finding, Rule
from countenance.media.container import check_file
from countenance.media.errors import CANNOT_WRITE, problem
from countenance.media.limits import Limits
from countenance.media.write import placed, write_errors
from countenance.voice.personal import PersonalVoice

VOUCHER = "voucher.jws"
"""The signed word of whoever exported it that this replica is the one which its receipt is for."""
_MOST_BYTES = int(ARCHIVE_TOO_LARGE.limit or 0) * 1_000_000_000
_MOST_TEXT_BYTES = 16_000_000
"""of `replica.json` and of the voucher"""
_BLOCK = 1 << 20
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""An archive says nothing of when it was made; the same replica gives the same bytes."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an archive says of the replica in it."""

    description: Mapping[str, Any]
    sha256: str
    """of `replica.json`, byte for byte"""
    voucher: str | None


Admit = Callable[[Arrival], None]
"""Raises if the replica of an archive may not be put in place."""


def export(folder: Path, out: Path, vouch: Callable[[str], str] | None = None) -> None:
    """Write a replica as the file `out`, whole or not at all, for its owner alone; a file that is there is replaced.

    `vouch` is given the SHA-256 of `replica.json` and gives the text that goes along as `VOUCHER`.

    Raises:
        CountenanceError: engine.not_a_replica, engine.replica_too_new, engine.replica_damaged,
            engine.archive_in_replica, media.cannot_write, and what `vouch` raises.
    """
    hashes = _hashes(describe(folder), folder / DESCRIPTION, REPLICA_DAMAGED)
    text = _text(folder / DESCRIPTION)
    if folder.resolve() in out.resolve().parents:
        raise _error(ARCHIVE_IN_REPLICA, out)
    if out.is_dir():
        raise problem(CANNOT_WRITE, out, "It is a folder.")
    with placed(out) as part, write_errors(out):
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # faces are biometric data
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            _add(archive, DESCRIPTION, io.BytesIO(text), len(text))
            for name, sha256 in hashes.items():
                _add_file(archive, folder / name, sha256)
            if vouch is not None:
                word = vouch(hashlib.sha256(text).hexdigest()).encode("ascii")
                _add(archive, VOUCHER, io.BytesIO(word), len(word))


def unpack(file: Path, folder: Path, admit: Admit, enter: Callable[[], None] | None = None) -> Mapping[str, Any]:
    """Put the replica in an archive in place as `folder`, whole or not at all, and give its description.

    What may be replaced there `engine.replica.check_place` says. `admit` is asked before more of the archive is read
    than `replica.json` and the voucher; `enter` is called when all is in place, and if it raises, all is as before.

    Raises:
        CountenanceError: engine.not_an_archive, engine.archive_damaged, engine.archive_too_large,
            engine.replica_too_new, engine.place_taken, engine.cannot_store; what makes a file unreadable; and what
            `admit` and `enter` raise.
    """
    folder = folder.resolve()
    check_place(folder)
    check_file(file, Limits(file_bytes=sys.maxsize))
    size = file.stat().st_size
    if size > _MOST_BYTES:
        raise problem(ARCHIVE_TOO_LARGE, file, measured=size / 1e9)
    with storage_errors(folder), work_folder(folder) as work:
        part = work / "replica"
        part.mkdir(mode=0o700)
        description = _unpacked(file, size, part, admit)
        put_in_place(part, folder, enter)
        return description


def _unpacked(file: Path, size: int, part: Path, admit: Admit) -> Mapping[str, Any]:
    """Copy the replica to `part`; everything in it is as `replica.json` says, and can be loaded."""
    try:
        with _InBlocks(file) as source, _opened(source, file) as archive:
            entries = _entries(archive, size, file)
            sha256 = _extract(archive, entries.pop(DESCRIPTION), part)
            voucher = _voucher(archive, entries.pop(VOUCHER)) if VOUCHER in entries else None
            with _as_of_archive(file, part):
                description = describe(part)
                hashes = _hashes(description, part, ARCHIVE_DAMAGED)
            # Asked before anything else is read: what nobody vouches for is not even parsed.
            admit(Arrival(description, sha256, voucher))
            if hashes != {name: _extract(archive, entry, part) for name, entry in entries.items()}:
                raise _error(ARCHIVE_DAMAGED, file, "Its files are not those that replica.json names.")
    except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise _error(ARCHIVE_DAMAGED, file) from error
    with _as_of_archive(file, part):
        replica = load(part)
        _check_optional(replica, part)
        return replica.description


def _check_optional(replica: Replica, part: Path) -> None:
    """What `load` leaves to whoever needs it: an archive comes from anywhere."""
    for name, arrays in replica.optional.items():
        try:
            if name == REFINER:
                check_refiner(arrays)
            else:
                PersonalVoice.from_arrays(arrays)
        except (KeyError, ValueError) as error:
            raise _error(REPLICA_DAMAGED, part / name) from error


def _voucher(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    with archive.open(entry) as source:
        return source.read().decode("ascii", "replace")


@contextmanager
def _as_of_archive(file: Path, part: Path) -> Iterator[None]:
    """What is wrong with the unpacked replica is wrong with the archive."""
    try:
        yield
    except CountenanceError as error:
        finding = error.finding
        rule = finding.rule if finding.rule is REPLICA_TOO_NEW else ARCHIVE_DAMAGED
        inner = Path(finding.file).name if Path(finding.file).parent == part else DESCRIPTION
        raise _error(rule, file, finding.detail or f"It is about {inner} in it.") from error


def _entries(archive: zipfile.ZipFile, size: int, file: Path) -> dict[str, zipfile.ZipInfo]:
    """What is in the archive, by name: plain files of a replica, once each, no larger together than the archive."""
    listed = archive.infolist()
    if not listed or listed[0].filename != DESCRIPTION or listed[0].header_offset != 0:
        raise _error(NOT_AN_ARCHIVE, file)
    entries = {entry.filename: entry for entry in listed}
    known = {DESCRIPTION, VOUCHER} | REQUIRED | OPTIONAL
    if len(entries) != len(listed) or not entries.keys() <= known or not entries.keys() >= REQUIRED:
        raise _error(ARCHIVE_DAMAGED, file, "It does not hold the files of a replica, once each and nothing else.")
    for entry in listed:
        mode = entry.external_attr >> 16
        plain = not mode or stat.S_IFMT(mode) in (0, stat.S_IFREG)
        if not plain or entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
            raise _error(ARCHIVE_DAMAGED, file, f"{entry.filename} is no plain file.")
    texts = [entries[name].file_size for name in (DESCRIPTION, VOUCHER) if name in entries]
    if max(texts) > _MOST_TEXT_BYTES or sum(entry.file_size for entry in listed) > size:
        raise _error(ARCHIVE_DAMAGED, file, "It says to hold more than it can.")
    return entries


def _hashes(description: Mapping[str, Any], file: Path, rule: Rule) -> dict[str, str]:
    """The hash of each of a replica's files, by name."""
    hashes = description.get("hashes")
    names = hashes.keys() if isinstance(hashes, dict) else set()
    if not isinstance(hashes, dict) or not REQUIRED <= names <= REQUIRED | OPTIONAL:
        raise _error(rule, file)
    return {name: str(hashes[name]) for name in sorted(names)}


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _error(REPLICA_DAMAGED, path) from error


def _add_file(archive: zipfile.ZipFile, path: Path, sha256: str) -> None:
    """Add a replica's file; it must have its hash while it is read."""
    try:
        with path.open("rb") as source:
            digest = _add(archive, path.name, source, os.fstat(source.fileno()).st_size)
    except FileNotFoundError as error:
        raise _error(REPLICA_DAMAGED, path) from error
    if digest != sha256:
        raise _error(REPLICA_DAMAGED, path)


def _add(archive: zipfile.ZipFile, name: str, source: IO[bytes], size: int) -> str:
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.external_attr, entry.file_size = (stat.S_IFREG | 0o600) << 16, size
    with archive.open(entry, "w") as target:
        return _copy(source, target)


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> str:
    """Copy a file out of the archive, for its owner alone, and give its hash."""
    path = folder / entry.filename
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as target, archive.open(entry) as source:
        return _copy(source, target)


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy to the end, and give the hash."""
    digest = hashlib.sha256()
    while block := source.read(_BLOCK):
        digest.update(block)
        target.write(block)
    return digest.hexdigest()


@contextmanager
def _opened(source: IO[bytes], file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise _error(NOT_AN_ARCHIVE, file) from error
    with archive:
        yield archive


class _InBlocks(io.FileIO):
    """A file that is never read into memory whole, as a directory would be that says to be gigabytes large."""

    def read(self, size: int | None = -1, /) -> bytes:
        left = max(0, os.fstat(self.fileno()).st_size - self.tell())
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted > 2 * _BLOCK:
            raise zipfile.BadZipFile("too much at once")
        return super().read(wanted) or b""


def _error(rule: Rule, path: Path, detail: str = "") -> CountenanceError:
    return CountenanceError(Finding(rule, file=str(path), detail=detail))
