"""What a receipt is to prove: who agreed or declared, in which words, about which files, and how that was judged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from countenance.media.errors import UNREADABLE, problem

STRICT = ConfigDict(strict=True, extra="forbid")

Sha256 = Annotated[str, Field(pattern=r"\A[0-9a-f]{64}\z")]
Time = Annotated[str, Field(pattern=r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)\z")]
"""UTC, ISO 8601"""


class Kind(StrEnum):
    CONSENT = "consent"
    """A person agreed, in a recording that was compared with the footage."""
    DECLARATION = "declaration"
    """Nobody agreed, because nobody had to: an account answers for the material."""


class Material(StrEnum):
    """What the replica is made from."""

    FOOTAGE = "footage"
    SYNTHETIC = "synthetic"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class SpokenStatement:
    """The wording that was shown, and what was heard."""

    __pydantic_config__ = STRICT
    version: str
    language: str
    """BCP 47, such as `en`"""
    text: str
    """as it was shown, names filled in"""
    transcript: str
    """as the recogniser understood the recording"""
    one_time_phrase: str | None = None
    """words that were chosen for this recording alone; None if none were asked for"""


@dataclass(frozen=True, slots=True)
class FileEvidence:
    """A file that the receipt speaks of; its content stays out."""

    __pydantic_config__ = STRICT
    name: str
    size: Annotated[int, Field(ge=0)]
    """bytes"""
    sha256: Sha256


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    """One measurement and what it was held against; see `consent.judge.Score`."""

    __pydantic_config__ = STRICT
    value: float
    accepted_from: float
    review_from: float
    decision: Literal["accepted", "review", "refused"]


@dataclass(frozen=True, slots=True)
class VerdictRecord:
    """Why the consent was taken for one. A refusal leads to no receipt."""

    __pydantic_config__ = STRICT
    decision: Literal["accepted", "review"]
    scores: Mapping[str, ScoreRecord]
    reviewed_by: str | None = None
    """who compared the recordings, where the decision was to let a human look"""


@dataclass(frozen=True, slots=True)
class Declaration:
    """Something that an account said by its own act."""

    __pydantic_config__ = STRICT
    id: str
    wording: str
    """as it was shown"""
    version: str
    who: str
    when: Time


@dataclass(frozen=True, slots=True)
class ReceiptContent:
    """What a receipt is to prove."""

    __pydantic_config__ = STRICT
    kind: Kind
    material: Material
    organisation: str
    """who may process the data"""
    files: Mapping[str, FileEvidence]
    """by role: `consent`, `footage`, `image`"""
    person: str | None = None
    """the full name under which the consent was given"""
    subject: str = ""
    """whom or what the material shows, where that is not `person`"""
    account: str = ""
    """who acted; empty for the account of the settings"""
    statement: SpokenStatement | None = None
    verdict: VerdictRecord | None = None
    declarations: tuple[Declaration, ...] = ()


def check_content(content: ReceiptContent) -> None:
    """Whether this content proves anything.

    Raises:
        ValueError: if not.
    """
    if not content.files or not content.organisation:
        raise ValueError("a receipt is for files, given to an organisation")
    if content.kind is Kind.DECLARATION:
        if not content.declarations or content.statement is not None or content.verdict is not None:
            raise ValueError("a declaration has a declared wording, and nobody's statement")
        return
    if not content.person or content.statement is None or content.verdict is None:
        raise ValueError("a consent has a person, a statement and a verdict")
    if not {"consent", "footage"} <= content.files.keys():
        raise ValueError("a consent has two recordings")
    if content.verdict.decision != "accepted" and not content.verdict.reviewed_by:
        raise ValueError("a consent that was not accepted, and that nobody has reviewed, is none")


def evidence_of(path: Path) -> FileEvidence:
    """Name, size and hash of a file.

    Raises:
        CountenanceError: media.unreadable.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return FileEvidence(path.name, file.tell(), digest)
    except (OSError, ValueError) as error:
        raise problem(UNREADABLE, path) from error


def judged(verdict: Mapping[str, Any], reviewed_by: str | None = None) -> VerdictRecord:
    """The part of a verdict (as `Verdict.as_dict()` gives it) that the receipt keeps."""
    scores = {name: ScoreRecord(**score) for name, score in verdict["scores"].items()}
    return VerdictRecord(verdict["decision"], scores, reviewed_by)
