"""What this installation holds under which consent.

consents/<receipt id>/receipt.jws      the receipt; stays for good
                      holdings.json    what was made under it and where it lies; emptied by a revocation
                      revocation.jws   from the moment it exists, nothing is rendered any more
                      deletion.jws     what the revocation erased

A receipt that is not in the register counts for nothing here, since nobody could tell that it was revoked.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from countenance.consent import receipt as receipts
from countenance.consent.jws import MOST_CHARACTERS
from countenance.consent.keys import trusted_keys
from countenance.consent.receipt import Receipt, is_id
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.receipt_rules import (
    NOT_MADE_HERE,
    PLACE_KEPT,
    RECEIPT_INVALID,
    RECEIPT_NOT_HELD,
    RECEIPT_UNREADABLE,
    REGISTER_UNUSABLE,
    REVOKED,
)
from countenance.errors import CountenanceError, Finding
from countenance.media.errors import FILE_MISSING, UNREADABLE, problem
from countenance.media.private import locked, private_folder, sync_folder, write, write_once
from countenance.settings import Settings

RECEIPT = "receipt.jws"
REVOCATION = "revocation.jws"
DELETION = "deletion.jws"
KEPT = ("consents", "keys", "credentials")
"""The folders of the data folder in which nothing is ever deleted."""
_HOLDINGS = "holdings.json"
_LOCK = "lock"
_BUNDLE = "replica.json"


class Standing(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    """Not held here."""


class HoldingKind(StrEnum):
    """What was kept or made under a consent."""

    REPLICA = "replica"
    FOOTAGE = "footage"
    CONSENT = "consent"
    """the recording of the statement"""
    EMBEDDING = "embedding"
    CACHE = "cache"


@dataclass(frozen=True, slots=True)
class HeldFile:
    __pydantic_config__ = ConfigDict(strict=True, extra="forbid")
    name: str
    """inside the holding's folder, with `/`; empty where the holding is a file"""
    sha256: str


@dataclass(frozen=True, slots=True)
class Holding:
    """A file, or a folder with the files that were in it."""

    __pydantic_config__ = ConfigDict(strict=True, extra="forbid")
    kind: HoldingKind
    path: str
    """absolute, without symbolic links"""
    files: tuple[HeldFile, ...]
    held_at: str

    @property
    def is_folder(self) -> bool:
        return not any(file.name == "" for file in self.files)


def issue(content: ReceiptContent, settings: Settings) -> Receipt:
    """Sign a receipt and put it into the register.

    Raises:
        CountenanceError: for a key or a register that cannot be used.
        ValueError: for a content that proves nothing.
    """
    receipt = receipts.sign(content, settings)
    keep(receipt, settings)
    return receipt


def keep(receipt: Receipt, settings: Settings) -> None:
    """Put a receipt that was signed here into the register: from now on it counts.

    Raises:
        CountenanceError: consent.register_unusable.
    """
    with register_errors(settings):
        folder = private_folder(folder_of(receipt.id, settings))
        write_once(folder / RECEIPT, receipt.text.encode())


def hold(receipt_id: str, kind: HoldingKind, path: Path, settings: Settings) -> Holding:
    """Note that a file or folder was made or kept under a receipt, with the hash of every file.

    Call it again for what has changed: the newest note of a path counts. What is held under a receipt that was
    revoked meanwhile is noted all the same, so that `revoke.revoke`, called once more, erases it too.

    Raises:
        CountenanceError: consent.receipt_not_held; consent.revoked; consent.place_kept; media.file_missing,
            media.unreadable.
    """
    if standing(receipt_id, settings) is Standing.UNKNOWN:
        raise not_held(receipt_id)
    check_place(path, settings)
    noted = look_at(kind, path)
    with register_errors(settings), locked_receipt(receipt_id, settings):
        others = (other for other in holdings(receipt_id, settings) if other.path != noted.path)
        write_holdings(receipt_id, (*others, noted), settings)
    check_stands(receipt_id, settings)
    return noted


def check_place(path: Path, settings: Settings) -> None:
    """Whether something may be written and held here; what is held is deleted one day, keys and records never.

    Raises:
        CountenanceError: consent.place_kept.
    """
    real, data_dir = path.resolve(), settings.data_dir.resolve()
    if data_dir.is_relative_to(real) or any(real.is_relative_to(data_dir / name) for name in KEPT):
        raise CountenanceError(Finding(PLACE_KEPT, file=str(path)))


def holds_replica(receipt_id: str, sha256: str, settings: Settings) -> bool:
    """Whether a replica with this `replica.json`, which names the hash of every other file, was noted under a receipt.

    A receipt names the footage, not what was made of it: only the register knows which replica it was given for.

    Raises:
        CountenanceError: consent.register_unusable.
    """
    return any(
        row.kind is HoldingKind.REPLICA and HeldFile(_BUNDLE, sha256) in row.files
        for row in holdings(receipt_id, settings)
    )


def check_made_here(receipt_id: str, sha256: str, settings: Settings) -> None:
    """Whether the replica with this `replica.json` is the one for which a receipt that stands was given here.

    Raises:
        CountenanceError: consent.not_made_here, consent.revoked, consent.receipt_not_held, consent.register_unusable.
    """
    check_stands(receipt_id, settings)
    if not holds_replica(receipt_id, sha256, settings):
        raise CountenanceError(Finding(NOT_MADE_HERE, detail=f"The receipt is {receipt_id}."))


def standing(receipt_id: str, settings: Settings) -> Standing:
    """What this installation knows of a receipt."""
    if not is_id(receipt_id) or not (folder_of(receipt_id, settings) / RECEIPT).is_file():
        return Standing.UNKNOWN
    return Standing.REVOKED if os.path.lexists(folder_of(receipt_id, settings) / REVOCATION) else Standing.ACTIVE


def check_stands(receipt_id: str, settings: Settings) -> None:
    """Whether something may be made under a receipt at this moment; costs two looks at the disk.

    Raises:
        CountenanceError: consent.revoked, consent.receipt_not_held.
    """
    found = standing(receipt_id, settings)
    if found is Standing.UNKNOWN:
        raise not_held(receipt_id)
    if found is Standing.REVOKED:
        raise CountenanceError(Finding(REVOKED, detail=f"The receipt is {receipt_id}."))


def held_ids(settings: Settings) -> list[str]:
    """The ids of all receipts in the register."""
    return sorted(folder.parent.name for folder in _root(settings).glob(f"*/{RECEIPT}") if is_id(folder.parent.name))


def held(receipt_id: str, settings: Settings) -> Receipt:
    """A receipt of the register, verified with the keys that are trusted here.

    Raises:
        CountenanceError: consent.receipt_not_held, and what `receipt.verify` raises.
    """
    if standing(receipt_id, settings) is Standing.UNKNOWN:
        raise not_held(receipt_id)
    return receipts.verify(read_text(folder_of(receipt_id, settings) / RECEIPT), trusted_keys(settings))


def holdings(receipt_id: str, settings: Settings) -> tuple[Holding, ...]:
    """What is held under a receipt.

    Raises:
        CountenanceError: consent.register_unusable.
    """
    path = folder_of(receipt_id, settings) / _HOLDINGS
    try:
        return _holdings_type().validate_json(path.read_bytes())
    except FileNotFoundError:
        return ()
    except (OSError, ValidationError) as error:
        raise CountenanceError(Finding(REGISTER_UNUSABLE, file=str(path))) from error


def write_holdings(receipt_id: str, rows: tuple[Holding, ...], settings: Settings) -> None:
    """Replace what is held under a receipt; for whoever has locked it."""
    path = folder_of(receipt_id, settings) / _HOLDINGS
    if rows:
        write(path, json.dumps([asdict(row) for row in rows], indent=1).encode())
    else:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def text_of(reference: str, settings: Settings) -> str:
    """The text of the receipt that a person means: a file, a replica's folder, or the id of a receipt held here.

    Raises:
        CountenanceError: consent.receipt_unreadable, consent.receipt_invalid.
    """
    path = Path(reference)
    if not is_there(path) and standing(reference, settings) is not Standing.UNKNOWN:
        return read_text(folder_of(reference, settings) / RECEIPT)
    if is_there(path / _BUNDLE):
        return _text_in(path / _BUNDLE)
    return read_text(path)


def is_there(path: Path) -> bool:
    """Whether a file or folder can be found; what cannot even be a name, or may not be looked at, cannot."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read_text(path: Path) -> str:
    """A signed record's file.

    Raises:
        CountenanceError: consent.receipt_unreadable; consent.receipt_invalid for what cannot be a record at all.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_CHARACTERS + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        detail = f"{error.strerror}." if isinstance(error, OSError) and error.strerror else ""
        raise CountenanceError(Finding(RECEIPT_UNREADABLE, file=str(path), detail=detail)) from error
    if not data.isascii() or len(data) > MOST_CHARACTERS:
        raise CountenanceError(Finding(RECEIPT_INVALID, file=str(path)))
    return data.decode("ascii")


def folder_of(receipt_id: str, settings: Settings) -> Path:
    """Where a receipt's files lie; ValueError for what is no id."""
    if not is_id(receipt_id):
        raise ValueError("no receipt id")
    return _root(settings) / receipt_id


@contextmanager
def locked_receipt(receipt_id: str, settings: Settings) -> Iterator[None]:
    """Nobody else changes what is held under this receipt meanwhile."""
    with locked(folder_of(receipt_id, settings) / _LOCK):
        yield


@contextmanager
def register_errors(settings: Settings) -> Iterator[None]:
    """Turns what the disk refuses into consent.register_unusable."""
    try:
        yield
    except OSError as error:
        detail = f"{error.strerror}." if error.strerror else ""
        raise CountenanceError(Finding(REGISTER_UNUSABLE, file=str(settings.data_dir), detail=detail)) from error


def not_held(receipt_id: str) -> CountenanceError:
    return CountenanceError(Finding(RECEIPT_NOT_HELD, detail=f"The receipt is {receipt_id}."))


def _root(settings: Settings) -> Path:
    return settings.data_dir / "consents"


@cache
def _holdings_type() -> TypeAdapter[tuple[Holding, ...]]:
    return TypeAdapter(tuple[Holding, ...])


def _text_in(bundle: Path) -> str:
    """The receipt that a replica carries."""
    try:
        text = json.loads(bundle.read_text("utf-8"))["consent"]["jws"]
        if isinstance(text, str):
            return text
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    raise CountenanceError(Finding(RECEIPT_UNREADABLE, file=str(bundle), detail="The replica carries none."))


def look_at(kind: HoldingKind, path: Path) -> Holding:
    """A file or folder as it is now, with the hash of every file.

    Raises:
        CountenanceError: media.file_missing, media.unreadable.
    """
    try:
        real = path.resolve(strict=True)
        if real.is_dir():
            files = [HeldFile(inner.relative_to(real).as_posix(), _sha256(inner)) for inner in files_in(real)]
        else:
            files = [HeldFile("", _sha256(real))]
    except FileNotFoundError as error:
        raise problem(FILE_MISSING, path) from error
    except (OSError, ValueError) as error:
        raise problem(UNREADABLE, path) from error
    return Holding(kind, str(real), tuple(files), receipts.now())


def files_in(folder: Path) -> Iterator[Path]:
    """The regular files in a folder and below; links are not followed."""
    for root, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(root) / name
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
