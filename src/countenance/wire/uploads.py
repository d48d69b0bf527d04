"""Files that come in parts and may be taken up again."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from countenance.wire.message import Message, Request
from countenance.wire.patterns import NOT_BLANK, SHA256
from countenance.wire.problem import FindingBody
from countenance.wire.status import Standing

Span = tuple[float, float]
"""from and to, in seconds of the material"""


class BeginUpload(Request):
    """A file that is to come."""

    filename: str = Field(min_length=1, max_length=255, pattern=NOT_BLANK)
    bytes: int = Field(gt=0, le=2**40, description="Its size.")
    sha256: str | None = Field(default=None, pattern=SHA256, description="If it is known.")


class PartBody(Message):
    """A part that is to be sent with PUT."""

    number: int = Field(description="From 1.")
    url: str
    bytes: int


class UploadBody(Message):
    """An upload, and what of it is still missing."""

    upload_id: str
    filename: str
    bytes: int
    part_bytes: int
    state: str = Field(description="`open`, `complete` or `deleted`")
    parts: list[PartBody] = Field(default=[], description="Those that are missing, to be sent in any order.")
    sha256: str | None = None
    content_type: str | None = None
    media: dict[str, Any] | None = Field(default=None, description="What was found in it when it was complete.")
    created_at: str
    expires_at: str


class BestPart(Message):
    """The part of footage that covers the most sounds, poses and openings of the mouth."""

    spans: list[Span] = Field(description="One stretch, or several in order of time.")
    duration_s: float
    why: str
    evidence_url: str | None = Field(default=None, description="A strip of pictures of it.")


class UploadReport(Message):
    """What the guidelines say of footage, or of a picture, before anything is made from it."""

    upload_id: str
    kind: Literal["footage", "picture"]
    state: Literal["queued", "running", "done", "failed"]
    standing: Standing
    stage: str = Field(description="What is being done, in a word or two; empty where nothing is.")
    fraction: float = Field(description="0 to 1; never falls.")
    seconds_left: float | None = None
    heartbeat: str | None = Field(default=None, description="When a worker last said that it is at work on this.")
    ok: bool | None = Field(
        default=None, description="Whether none of the findings is an error; null unless it is done."
    )
    findings: list[FindingBody] = Field(
        default=[], description="Errors first, then warnings, then hints; why there is no report, where it failed."
    )
    duration_s: float | None = Field(default=None, description="Of footage.")
    usable: list[Span] = Field(default=[], description="Where one face is turned to the camera and can be seen.")
    usable_s: float | None = Field(default=None, description="All of `usable` together.")
    speech_s: float | None = Field(default=None, description="Seconds of speech inside `usable`.")
    best: BestPart | None = None
    evidence_url: str | None = Field(default=None, description="A picture with what was found drawn upon it.")
    error_message: str | None = Field(default=None, description="Why there is no report.")
    error_type: str | None = None
    created_at: str
    finished_at: str | None = None
