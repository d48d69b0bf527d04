"""Replicas: what is asked and answered."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field, computed_field, model_validator

from countenance.wire.message import Message, Name, Request
from countenance.wire.patterns import NOT_BLANK
from countenance.wire.problem import FindingBody
from countenance.wire.status import Finetune, Standing, Status

MODEL = "countenance-1"
_NAMES = {"face_name": "replica_name"}
_ORIGINS = ("train_video_url", "train_image_url", "train_upload_id", "image_upload_id")
_Url = Field(default=None, max_length=8192)
NEITHER_OR_BOTH = "Either train_video_url or train_image_url must be provided."


class ReplicaProperties(Request):
    """Further wishes; kept as they are."""

    model_config = ConfigDict(extra="allow")

    background_green_screen: bool = False


class CreateReplica(Request):
    """What a replica is made from, and who agreed to it.

    Exactly one of `train_video_url`, `train_image_url`, `train_upload_id` and `image_upload_id` says what it is made
    from.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [name], "properties": {name: {"type": "string"}}} for name in _ORIGINS]
        }
    )
    synonyms: ClassVar[dict[str, str]] = _NAMES

    train_video_url: str | None = _Url
    train_image_url: str | None = Field(
        default=None,
        max_length=8192,
        description="By sending a picture the workspace declares that it has the right to make a replica from it, and "
        "that a real person whom it shows knows and does not object, or cannot be asked.",
    )
    consent_video_url: str | None = Field(
        default=None,
        max_length=8192,
        description="A recording of the statement; without it the training video has to open with it.",
    )
    train_upload_id: str | None = Field(default=None, max_length=40, description="A video that was uploaded here.")
    image_upload_id: str | None = Field(default=None, max_length=40, description="A picture that was uploaded here.")
    consent_upload_id: str | None = Field(default=None, max_length=40, description="A statement that was uploaded.")
    replica_name: str | None = Field(default=None, max_length=255)
    callback_url: str | None = _Url
    model_name: str | None = Field(default=None, max_length=64, description="Accepted for Tavus's clients.")
    voice_name: str | None = Field(
        default=None, max_length=64, description="A stock voice (`GET /v2/voices`), for a replica from a picture."
    )
    default_voice_id: str | None = Field(default=None, max_length=64, description="The same, as Tavus has it lately.")
    auto_fix_training_image: bool = Field(default=False, description="Accepted for Tavus's clients.")
    properties: ReplicaProperties | None = None

    synthetic: bool = Field(default=False, description="Declares that the video is AI-generated: nobody has to agree.")
    subject: Literal["self", "other", "public-figure", "deceased", "invented"] | None = Field(
        default=None, description="Whom it shows; else `self`, or `invented` for what is AI-generated."
    )
    full_name: str | None = Field(default=None, max_length=255, description="Of the person who speaks the statement.")
    accept_responsibility: bool = Field(
        default=False, description="Declares that one answers for a likeness of somebody who did not agree here."
    )
    language: str = Field(default="en", min_length=2, max_length=16, description="Of the spoken statement.")
    phrase_id: str | None = Field(
        default=None, max_length=40, description="Of the one-time words (`POST /v2/consent-statements`)."
    )
    consent_by_link: bool = Field(
        default=False, description="The statement comes later, by a link (`.../consent-requests`); training waits."
    )

    @model_validator(mode="after")
    def _one_origin(self) -> CreateReplica:
        if sum(bool(getattr(self, name)) for name in _ORIGINS) != 1:
            raise ValueError(NEITHER_OR_BOTH)
        return self

    @property
    def is_picture(self) -> bool:
        """Whether it is made from a picture."""
        return bool(self.train_image_url or self.image_upload_id)


class _Named(Message):
    replica_id: str
    replica_name: str

    @computed_field
    def face_id(self) -> str:
        """The same as `replica_id`."""
        return self.replica_id

    @computed_field
    def face_name(self) -> str:
        """The same as `replica_name`."""
        return self.replica_name


class CreatedReplica(_Named):
    """A replica that was begun."""

    status: Status
    message: str = ""


class ConsentBody(Message):
    """What the machine says of the recorded statement."""

    model_config = ConfigDict(extra="allow")

    required: bool
    verdict: Literal["accepted", "refused", "review", "waiting", "not-needed"] | None = None
    request_state: str | None = Field(default=None, description="Of the last link for the person; not in lists.")


class ReplicaBody(_Named):
    """A replica, in Tavus's fields and ours."""

    status: Status
    training_progress: str = Field(description="`37/100`")
    finetune_status: Finetune | None = None
    error_message: str | None = None
    thumbnail_video_url: str | None = None
    created_at: str
    updated_at: str
    replica_type: Literal["user", "system"]
    model_name: str
    default_voice_id: str | None = None
    original_voice_id: str | None = None
    voice_name: str | None = None

    thumbnail_url: str | None = None
    material: str = Field(description="`footage`, `synthetic` or `image`")
    subject: str
    language: str
    stage: str = Field(description="What is being done, in a word or two; empty where nothing is.")
    seconds_left: float | None = None
    heartbeat: str | None = Field(default=None, description="When a worker last said that it is at work on this.")
    standing: Standing
    error_type: str | None = None
    findings: list[FindingBody] = Field(default=[])
    consent: ConsentBody | None = None
    receipt_id: str | None = None
    preview_ready: bool = Field(description="Whether it can speak already.")
    has_voice: bool = Field(description="Whether it speaks in the person's own voice.")
    credits_used: int = Field(description="Trainings.")

    @computed_field
    def face_type(self) -> str:
        """The same as `replica_type`."""
        return self.replica_type


class RenameReplica(Request):
    """A new name."""

    synonyms: ClassVar[dict[str, str]] = _NAMES

    replica_name: Name


class UpdateReplica(Request):
    """A new name, another voice, or both."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})
    synonyms: ClassVar[dict[str, str]] = _NAMES

    replica_name: Name | None = None
    default_voice_id: str | None = Field(default=None, min_length=1, max_length=64, pattern=NOT_BLANK)

    @model_validator(mode="after")
    def _something(self) -> UpdateReplica:
        if self.replica_name is None and self.default_voice_id is None:
            raise ValueError("Either face_name or default_voice_id must be provided.")
        return self


class UpdatedReplica(_Named):
    """What a change came to."""

    default_voice_id: str | None
    original_voice_id: str | None


class Review(Request):
    """A human looked and listened, and decides what the machine left to a human."""

    reviewed_by: str = Field(min_length=1, max_length=64, pattern=NOT_BLANK, description="Who looked and listened.")
    decision: Literal["accept", "refuse"] = "accept"
    reason: str = Field(default="", max_length=1000, description="Of a refusal, for whoever asked for the replica.")


class RecordingBody(Message):
    """A file that a replica is made from."""

    role: str = Field(description="`footage`, `consent` or `picture`")
    url: str = Field(description="Where it is, for half an hour.")
    content_type: str
    bytes: int | None = None


class ReplicaReport(Message):
    """Everything that was found, measured and said."""

    replica_id: str
    status: Status
    findings: list[FindingBody]
    clearance: dict[str, Any] | None = Field(description="Report, verdict and claim, as `countenance check --json`.")
    metrics: dict[str, Any] | None = None


class ReplicaGone(Message):
    """The last event of a replica that was deleted."""

    replica_id: str
    status: Literal["deleted"] = "deleted"


class ReplicaEvent(Message):
    """Where the training stands; sent whenever that changes."""

    replica_id: str
    status: Status
    finetune_status: Finetune | None
    training_progress: str
    stage: str
    seconds_left: float | None
    heartbeat: str | None
    standing: Standing
    error_message: str | None
