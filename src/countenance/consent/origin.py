"""Where a video or a picture comes from: what its credentials say, whether they hold, if its consent still stands."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from countenance.consent.receipt import is_id
from countenance.consent.receipt_rules import REVOKED
from countenance.consent.register import Standing, held, standing
from countenance.errors import CountenanceError, Finding, Severity
from countenance.media.credential_rules import (
    CREDENTIALS_BROKEN,
    CREDENTIALS_ELSEWHERE,
    NO_CREDENTIALS,
    NOT_OF_A_REPLICA,
    SIGNER_UNKNOWN,
)
from countenance.media.image import is_image
from countenance.media.limits import limits_from
from countenance.media.probe import probe
from countenance.media.provenance import Credentials, CredentialState, read_credentials
from countenance.media.signer import own_anchors, trusted_anchors
from countenance.settings import Settings


class SignedBy(StrEnum):
    """Who signed, as far as it is known here."""

    THIS = "this installation"
    TRUSTED = "trusted"
    """Their certificate leads to an authority that the settings name."""
    UNKNOWN = "unknown"
    """Anybody can make such a certificate."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What is known of a video or a picture."""

    file: Path
    credentials: Credentials | None
    signed_by: SignedBy | None = None
    """None where no signature holds."""
    standing: Standing | None = None
    """Of the consent or declaration behind the replica; None where the file names none that can be believed. Of what an
    unknown signer says only that the named consent was revoked counts."""
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """The file is as it was signed, and no consent behind it is known to be revoked."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def receipt(self) -> str | None:
        """The id of the receipt that the file names."""
        named = self.credentials.replica.get("receipt", "") if self.credentials else ""
        return named if is_id(named) else None

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface."""
        found = self.credentials
        return {
            "file": str(self.file),
            "signed_by": self.signed_by and self.signed_by.value,
            "replica": dict(found.replica) if found and found.replica else None,
            "receipt": self.receipt,
            "standing": self.standing and self.standing.value,
            "credentials": found and found.as_dict(),
        }


def trace(file: Path, settings: Settings) -> Traced:
    """What a video or a picture says of its origin, as far as it can be believed. Reads all of it, fetches nothing.

    A file without credentials, or with such as do not hold, is no error but found: see `Traced.findings`.

    Raises:
        CountenanceError: for a file that cannot be opened, or that has no credentials and is neither recording nor
            picture; for a picture beyond the limit; for a file of trusted authorities that cannot be read.
    """
    limits, is_picture = limits_from(settings), is_image(file)
    if not is_picture:
        # It is hashed, not decoded: a long video of our own may be larger than a recording is allowed to be.
        # A picture, though, is taken into memory whole.
        limits = replace(limits, file_bytes=sys.maxsize)
    signed_by = SignedBy.THIS
    found = read_credentials(file, limits, own_anchors(settings))
    if found is None:
        if not is_picture:
            probe(file, limits)
        return Traced(file, None, findings=(Finding(NO_CREDENTIALS, file=str(file)),))
    if found.state is CredentialState.VALID and settings.trust_anchors is not None:
        signed_by = SignedBy.TRUSTED
        found = read_credentials(file, limits, trusted_anchors(settings)) or found
    if found.state is CredentialState.REMOTE:
        elsewhere = Finding(CREDENTIALS_ELSEWHERE, file=str(file), measured=found.remote or None)
        return Traced(file, found, findings=(elsewhere,))
    if found.state is CredentialState.INVALID:
        broken = Finding(CREDENTIALS_BROKEN, file=str(file), detail=", ".join(found.codes))
        return Traced(file, found, findings=(broken,))
    if found.state is CredentialState.VALID:
        signed_by = SignedBy.UNKNOWN
    return _with_consent(Traced(file, found, signed_by), settings)


def _with_consent(traced: Traced, settings: Settings) -> Traced:
    """With what became of the consent that the file names."""
    findings: list[Finding] = []
    known, name = None, str(traced.file)
    if traced.credentials is not None and not traced.credentials.replica:
        findings.append(Finding(NOT_OF_A_REPLICA, file=name, detail=traced.credentials.generator))
    if traced.receipt is not None:
        known = standing(traced.receipt, settings)
        if known is Standing.REVOKED:
            findings.append(Finding(REVOKED, file=name, detail=f"The receipt is {traced.receipt}."))
        elif known is Standing.ACTIVE:
            findings += _problems_of(traced.receipt, settings)
    if traced.signed_by is SignedBy.UNKNOWN and known is not Standing.REVOKED:
        # Whoever signed may name any receipt: that one stands would lend the video what it does not have.
        known = None
    if traced.signed_by is SignedBy.UNKNOWN and traced.credentials is not None:
        signer = ": ".join(filter(None, (traced.credentials.issuer, traced.credentials.signer)))
        findings.append(Finding(SIGNER_UNKNOWN, file=name, measured=signer or None))
    return replace(traced, standing=known, findings=tuple(findings))


def _problems_of(receipt_id: str, settings: Settings) -> list[Finding]:
    """Why a receipt that is held here proves nothing; mostly none."""
    try:
        held(receipt_id, settings)
    except CountenanceError as error:
        return [error.finding]
    return []
