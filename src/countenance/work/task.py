"""The input of a task: `task.json` in its folder. Paths in it are relative to the folder, or absolute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from countenance.clearance import Request
from countenance.consent.declaration import declare
from countenance.consent.policy import Subject
from countenance.consent.receipt_content import Declaration, Material

Task = TypeVar("Task")


@dataclass(frozen=True, slots=True)
class Claimed:
    """What is said of material: `check`, and with a `video` as footage `lipsync`."""

    material: Material
    subject: Subject
    account: str
    """who acts: the workspace's id"""
    footage: str | None = None
    picture: str | None = None
    video: str | None = None
    consent: str | None = None
    """None: the statement opens the footage, where a name is given"""
    name: str | None = None
    language: str = "en"
    phrase_id: str | None = None
    declarations: tuple[Declaration | str, ...] = ()
    """whole, or by their ids if they are made at this moment"""
    reviewed_by: str | None = None
    received_at: AwareDatetime | None = None
    """when whoever asks has asked, ISO 8601 with a zone: one-time words that were good then are; None: now"""

    def request(self, folder: Path) -> Request:
        """What `clearance.examine` takes.

        Raises:
            CountenanceError: consent.declaration_unknown.
        """
        footage = path_in(folder, self.footage or self.picture or self.video)
        if footage is None:
            raise ValueError("no footage and no picture")
        spoken = self.material is Material.FOOTAGE and self.name is not None
        declared = (declare(each, self.account) if isinstance(each, str) else each for each in self.declarations)
        return Request(
            footage=footage,
            material=self.material,
            subject=self.subject,
            name=" ".join(self.name.split()) if spoken and self.name else None,
            consent=(path_in(folder, self.consent) or footage) if spoken else None,
            language=self.language,
            phrase_id=self.phrase_id,
            declarations=tuple(declared),
            reviewed_by=self.reviewed_by,
            received_at=self.received_at,
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """`report`: either footage or a picture."""

    footage: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Trained:
    """`train`."""

    warrant: str = "warrant"
    footage: str | None = None
    picture: str | None = None
    consent: str | None = None
    """the recording of the statement, if it is there: it is noted under the receipt"""
    replica_id: str | None = None
    """what the replica is called in the service, and so in its videos; None for a new id"""
    out: str = "replica"
    reviewed_by: str | None = None
    voice: str | None = None
    """the stock voice of a replica from a picture"""
    budget_s: float | None = None
    refine_s: float | None = None
    personal_voice: bool | None = None
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class Behind:
    """What is behind the person; with nothing of it, what was filmed."""

    transparent: bool = False
    colour: str | None = None
    """a name or `#rrggbb`"""
    file: str | None = None
    """a picture or a video"""


@dataclass(frozen=True, slots=True)
class Rendered:
    """`render`: either a script or a recording."""

    replica: str
    script: str | None = None
    audio: str | None = None
    voice: str | None = None
    pronunciations: Mapping[str, Any] | None = None
    """a dictionary as `voice.pronunciation` reads it"""
    background: Behind | None = None
    watermark: str | None = None
    """a text or a PNG file, instead of `Settings.visible_mark`"""
    engine: str | None = None
    """an external engine"""
    accept_non_commercial: bool = False
    fall_back: bool = False
    device: str = "auto"
    out: str = "video.mp4"


@dataclass(frozen=True, slots=True)
class Dubbed:
    """`lipsync`, beside what `Claimed` holds."""

    audio: str
    out: str = "video.mp4"
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class Heard:
    """`transcribe`."""

    media: str
    language: str = "en"
    """ISO 639-1"""


def task_in(folder: Path, kind: type[Task]) -> Task:
    """The task of a folder.

    Raises:
        ValueError: for one that is malformed, which is a fault of the software that wrote it. It quotes nothing.
    """
    try:
        return TypeAdapter(kind).validate_json((folder / "task.json").read_bytes())
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, part['loc']))}: {part['type']}" for part in error.errors())
        raise ValueError(f"task.json: {wrong}") from None


def path_in(folder: Path, name: str | None) -> Path | None:
    """The file that is meant."""
    return None if name is None else folder / name
