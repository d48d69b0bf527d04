"""What a training needs of a clearance, in memory and as files: so that it may begin later, elsewhere, and anew.

warrant.json      who agreed or declared, in which words, about which files, and how that was judged
seen.safetensors  what the check measured of the face, to choose the parts to learn from by; of footage alone
looks.json        looks at the face of the person who agreed, encrypted where a key is set; of a consent alone

A warrant is private: it holds a name, a transcript and a face. It is bound to the files that were checked by their
hashes, and proves nothing to anybody else: it is not signed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ConfigDict, TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from countenance.consent import sealed
from countenance.consent.gallery import Embedding
from countenance.consent.phrase import OneTimePhrase
from countenance.consent.receipt_content import ReceiptContent, evidence_of
from countenance.consent.rules import CANNOT_STORE
from countenance.engine.footage_choice import Seen
from countenance.errors import CountenanceError, Finding, Span
from countenance.media import private
from countenance.settings import Settings
from countenance.warrant_rules import NOT_REVIEWED, OTHER_FILE, WARRANT_DAMAGED

FOOTAGE, CONSENT = "footage", "consent"
"""The roles of files; a picture is `FOOTAGE` too."""
_WARRANT, _SEEN, _LOOKS = "warrant.json", "seen.safetensors", "looks.json"
_COLUMNS = ("lip_gap", "yaw_deg", "pitch_deg")
_MOST_BYTES = 16_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Warrant:
    """The word of a check for one training."""

    content: ReceiptContent
    """what the receipt will prove, but for whoever reviewed it"""
    verdict: Mapping[str, Any] | None = None
    """on the consent, JSON-ready: the replica carries it"""
    doubts: tuple[str, ...] = ()
    """ids of the rules about which a human has to decide"""
    reviewed_by: str | None = None
    """who has decided that all is well"""
    phrase: OneTimePhrase | None = None
    """the one-time words that were spoken"""
    usable: tuple[Span, ...] | None = None
    """the parts of the footage that may be used; None of a picture"""
    seen: Seen | None = None
    looks: tuple[Embedding, ...] = field(default=(), repr=False)
    """at the face of the person who agreed; biometric data"""

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that will be proven: the same in every try of a training."""
        return sha256(json.dumps(asdict(self.content), sort_keys=True).encode()).hexdigest()

    def reviewed(self, by: str | None) -> Warrant:
        """The same, after somebody has looked."""
        return self if by is None else replace(self, reviewed_by=by)

    def proven(self) -> ReceiptContent:
        """What the receipt proves.

        Raises:
            CountenanceError: clearance.not_reviewed.
        """
        if self.doubts and self.reviewed_by is None:
            raise CountenanceError(Finding(NOT_REVIEWED, detail=f"It is about {', '.join(self.doubts)}."))
        if self.content.verdict is None:
            return self.content
        return replace(self.content, verdict=replace(self.content.verdict, reviewed_by=self.reviewed_by))

    def check_files(self, files: Mapping[str, Path]) -> None:
        """Whether these, by role, are the files that were checked.

        Raises:
            CountenanceError: clearance.other_file, media.unreadable.
        """
        for role, path in files.items():
            known = self.content.files.get(role)
            if known is None or evidence_of(path).sha256 != known.sha256:
                raise CountenanceError(Finding(OTHER_FILE, file=str(path)))


@dataclass(frozen=True, slots=True)
class _Written:
    """What is in `warrant.json`."""

    __pydantic_config__ = ConfigDict(strict=True, extra="forbid")
    content: ReceiptContent
    verdict: dict[str, Any] | None
    doubts: tuple[str, ...]
    reviewed_by: str | None
    phrase: OneTimePhrase | None
    usable: tuple[Span, ...] | None
    rate_hz: float | None
    """of what was seen; None if nothing was"""
    has_looks: bool


def save_warrant(warrant: Warrant, folder: Path, settings: Settings) -> None:
    """Write a warrant into `folder`, made if need be (mode 0700, files 0600); its main file last.

    Raises:
        CountenanceError: consent.cannot_store, consent.biometric_key_invalid.
    """
    seen = warrant.seen
    written = _Written(
        warrant.content,
        None if warrant.verdict is None else dict(warrant.verdict),
        warrant.doubts,
        warrant.reviewed_by,
        warrant.phrase,
        warrant.usable,
        None if seen is None else seen.rate_hz,
        bool(warrant.looks),
    )
    with _storage_errors(folder):
        private.private_folder(folder).chmod(0o700)
        if seen is not None:
            arrays = {name: np.ascontiguousarray(getattr(seen, name)) for name in _COLUMNS}
            private.write(folder / _SEEN, save_arrays(arrays))
    if warrant.looks:
        looks = [base64.b64encode(look.astype("<f4").tobytes()).decode() for look in warrant.looks]
        sealed.save(folder / _LOOKS, {"of": _sha256(warrant.content), "looks": looks}, settings)
    with _storage_errors(folder):
        private.write(folder / _WARRANT, _type().dump_json(written))


def load_warrant(folder: Path, settings: Settings) -> Warrant:
    """What `save_warrant` wrote.

    Raises:
        CountenanceError: clearance.warrant_damaged, and what opening the looks may raise (`consent.`).
    """
    try:
        written = _type().validate_json(_read(folder / _WARRANT))
        arrays = load_arrays(_read(folder / _SEEN)) if written.rate_hz is not None else {}
        seen = Seen(written.rate_hz or 0.0, *(arrays[name] for name in _COLUMNS)) if arrays else None
        looks = _looks(folder, written.content, settings) if written.has_looks else ()
    except (OSError, ValidationError, SafetensorError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise CountenanceError(Finding(WARRANT_DAMAGED, file=str(folder))) from error
    return Warrant(
        content=written.content,
        verdict=written.verdict,
        doubts=written.doubts,
        reviewed_by=written.reviewed_by,
        phrase=written.phrase,
        usable=written.usable,
        seen=seen,
        looks=looks,
    )


@contextmanager
def _storage_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        detail = f"{error.strerror}." if error.strerror else ""
        raise CountenanceError(Finding(CANNOT_STORE, file=str(folder), detail=detail)) from error


def _looks(folder: Path, content: ReceiptContent, settings: Settings) -> tuple[Embedding, ...]:
    stored = sealed.load(folder / _LOOKS, settings)
    if stored["of"] != _sha256(content):
        raise ValueError("looks at another footage's face")
    return tuple(np.frombuffer(base64.b64decode(look, validate=True), "<f4").copy() for look in stored["looks"])


def _sha256(content: ReceiptContent) -> str:
    return content.files[FOOTAGE].sha256


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES)


@cache
def _type() -> TypeAdapter[_Written]:
    return TypeAdapter(_Written)
