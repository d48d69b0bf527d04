"""Revoke a consent: rendering stops at once, then everything that was made under it is deleted.

The order is the promise. First a signed revocation is put into the register: from that moment `register.check_stands`
refuses, in every process. Then the holdings go, and after each one the signed deletion record is written anew, with a
line for every file. A process that dies in between leaves a revoked consent and a record of what was deleted so far;
the next call goes on from there. What could not be deleted stays in the register, so that a later call tries again.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from countenance import __version__
from countenance.consent import jws
from countenance.consent import receipt as receipts
from countenance.consent.erase import Bounds, Erasure, Outcome, enrolled, erase, is_kept
from countenance.consent.keys import PublicKey, signing_key, trusted_keys
from countenance.consent.receipt import Receipt, account_of, now
from countenance.consent.receipt_content import STRICT, Sha256, Time
from countenance.consent.receipt_rules import RECEIPT_INVALID
from countenance.consent.register import (
    DELETION,
    RECEIPT,
    REVOCATION,
    Holding,
    Standing,
    folder_of,
    held_ids,
    holdings,
    locked_receipt,
    look_at,
    not_held,
    read_text,
    register_errors,
    standing,
    write_holdings,
)
from countenance.errors import CountenanceError, Finding
from countenance.media.private import write, write_once
from countenance.settings import Settings

REVOCATION_TYPE = "consent-revocation+jws"
DELETION_TYPE = "consent-deletion+jws"
ACCOUNT, PRINCIPAL = "account", "principal"
"""Who may take a consent back, as receipts name their parties."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """That a consent was taken back, by whom, and when."""

    __pydantic_config__ = STRICT
    schema_version: Literal["countenance-consent-revocation-1"]
    record_id: str
    receipt_id: str
    receipt_sha256: Sha256
    """of the receipt's file"""
    event: Mapping[str, str]
    """after ISO/IEC TS 27560, as in the receipt"""
    account: str
    reason: str
    software: str
    issued_at: Time

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface and is what the record holds."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Deletion:
    """What became of everything that was held under a revoked consent."""

    __pydantic_config__ = STRICT
    schema_version: Literal["countenance-consent-deletion-1"]
    receipt_id: str
    receipt_sha256: Sha256
    revocation_sha256: Sha256
    account: str
    software: str
    issued_at: Time
    complete: bool
    """nothing is left that should have been deleted"""
    files: tuple[Erasure, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface and is what the record holds."""
        return asdict(self)


def to_erase(receipt_id: str, settings: Settings) -> list[tuple[str, Path]]:
    """What a revocation would delete, as kinds and paths: for whoever has to confirm it.

    Raises:
        CountenanceError: consent.receipt_not_held, consent.register_unusable.
    """
    if standing(receipt_id, settings) is Standing.UNKNOWN:
        raise not_held(receipt_id)
    bounds = _bounds(receipt_id, settings)
    rows = [(row.kind, Path(row.path)) for row in holdings(receipt_id, settings) if not is_kept(row, bounds)]
    return [(kind.value, path) for kind, path in dict.fromkeys([*rows, *enrolled(bounds)])]


def revoke(receipt_id: str, settings: Settings, reason: str = "", *, by: str = ACCOUNT) -> Deletion:
    """Revoke a consent and delete what is held under it; once more to go on after an interruption or a refusal.

    Args:
        receipt_id: of the consent.
        settings: where the register is.
        reason: for the signed record.
        by: who takes it back, a party of the receipt: `ACCOUNT`, or `PRINCIPAL`, the person themselves.

    Returns:
        The deletion record; not `complete` where the system did not permit something.

    Raises:
        CountenanceError: consent.receipt_not_held, consent.register_unusable, and for a key that cannot be used.
    """
    if standing(receipt_id, settings) is Standing.UNKNOWN:
        raise not_held(receipt_id)
    with register_errors(settings):
        _write_revocation(receipt_id, reason, by, settings)
        with locked_receipt(receipt_id, settings):
            return _erase_all(receipt_id, settings)


def read_record(text: str, keys: Mapping[str, PublicKey]) -> Receipt | Revocation | Deletion:
    """Verify any of the three signed records, with one of these keys (by id). Needs no network.

    Raises:
        CountenanceError: consent.receipt_invalid, consent.receipt_unknown_key.
    """
    envelope = jws.verify(text, keys)
    if envelope.type not in (REVOCATION_TYPE, DELETION_TYPE):
        return receipts.verify(text, keys)
    try:
        return _type_of(envelope.type).validate_json(envelope.payload_json)
    except (ValidationError, RecursionError) as error:
        raise CountenanceError(Finding(RECEIPT_INVALID, detail="Its fields are not those of a record.")) from error


def revocation_of(receipt_id: str, settings: Settings) -> Revocation | None:
    """The revocation, verified; None while there is none. See `read_record` for what is raised."""
    record = _read(folder_of(receipt_id, settings) / REVOCATION, settings)
    return record if isinstance(record, Revocation) else None


def deletion_of(receipt_id: str, settings: Settings) -> Deletion | None:
    """The deletion record, verified; None while there is none. See `read_record` for what is raised."""
    record = _read(folder_of(receipt_id, settings) / DELETION, settings)
    return record if isinstance(record, Deletion) else None


def _read(path: Path, settings: Settings) -> Receipt | Revocation | Deletion | None:
    return read_record(read_text(path), trusted_keys(settings)) if path.exists() else None


@cache
def _type_of(record_type: str) -> TypeAdapter[Revocation] | TypeAdapter[Deletion]:
    return TypeAdapter(Revocation) if record_type == REVOCATION_TYPE else TypeAdapter(Deletion)


def _write_revocation(receipt_id: str, reason: str, by: str, settings: Settings) -> None:
    """The first one counts, whoever comes later."""
    folder = folder_of(receipt_id, settings)
    if (folder / REVOCATION).exists():
        return
    at = now()
    revocation = Revocation(
        schema_version="countenance-consent-revocation-1",
        record_id=str(uuid.uuid4()),
        receipt_id=receipt_id,
        receipt_sha256=_sha256(folder / RECEIPT),
        event={"entity_id": by, "event_type": "revocation", "event_state": "withdrawn", "event_time": at},
        account=account_of(settings),
        reason=reason,
        software=f"countenance {__version__}",
        issued_at=at,
    )
    text = jws.sign(revocation.as_dict(), REVOCATION_TYPE, signing_key(settings))
    write_once(folder / REVOCATION, text.encode())


def _erase_all(receipt_id: str, settings: Settings) -> Deletion:
    """Delete everything and keep the record; for whoever has locked the receipt."""
    bounds, earlier = _bounds(receipt_id, settings), _earlier(receipt_id, settings)
    rows = _with_enrolled(receipt_id, bounds, settings)
    if earlier is not None and earlier.complete and not rows:
        return earlier
    files = {file.path: file for file in (earlier.files if earlier else ())}
    for row in rows:
        for erasure in erase(row, bounds):
            before = files.get(erasure.path)
            if before is None or erasure.outcome != Outcome.GONE or before.outcome == Outcome.FAILED:
                files[erasure.path] = erasure
        _write_deletion(receipt_id, files.values(), settings, complete=False)
    failed = {Path(path) for path, file in files.items() if file.outcome == Outcome.FAILED}
    done = _write_deletion(receipt_id, files.values(), settings, complete=not failed)
    # Only now: until the record is whole, the rows are all that is known of what there was.
    kept = tuple(row for row in rows if any(path.is_relative_to(row.path) for path in failed))
    write_holdings(receipt_id, kept, settings)
    return done


def _with_enrolled(receipt_id: str, bounds: Bounds, settings: Settings) -> tuple[Holding, ...]:
    """What is held, and what lies in the data folder without having been noted: noted now, before any of it goes."""
    rows = holdings(receipt_id, settings)
    known = {row.path for row in rows}
    more = [look_at(kind, path) for kind, path in enrolled(bounds) if str(path) not in known]
    if more:
        rows = (*more, *rows)
        write_holdings(receipt_id, rows, settings)
    return rows


def _bounds(receipt_id: str, settings: Settings) -> Bounds:
    shared = {
        row.path: other
        for other in held_ids(settings)
        if other != receipt_id and standing(other, settings) is Standing.ACTIVE
        for row in holdings(other, settings)
    }
    return Bounds(receipt_id, settings.data_dir.resolve(), shared)


def _earlier(receipt_id: str, settings: Settings) -> Deletion | None:
    """What an earlier call has recorded; a record that was tampered with is none."""
    try:
        return deletion_of(receipt_id, settings)
    except CountenanceError:
        return None


def _write_deletion(receipt_id: str, files: Iterable[Erasure], settings: Settings, *, complete: bool) -> Deletion:
    folder = folder_of(receipt_id, settings)
    deletion = Deletion(
        schema_version="countenance-consent-deletion-1",
        receipt_id=receipt_id,
        receipt_sha256=_sha256(folder / RECEIPT),
        revocation_sha256=_sha256(folder / REVOCATION),
        account=account_of(settings),
        software=f"countenance {__version__}",
        issued_at=now(),
        complete=complete,
        files=tuple(files),
    )
    write(folder / DELETION, jws.sign(deletion.as_dict(), DELETION_TYPE, signing_key(settings)).encode())
    return deletion


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
