"""Pictures that are looked at before a replica is made from them."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from countenance.wire.message import Message, Request
from countenance.wire.problem import FindingBody

MAX_REQUEST_BYTES = 30 * 1024 * 1024
MAX_BASE64 = 28 * 1024 * 1024
"""characters"""


class CheckImage(Request):
    """A picture, base64-encoded."""

    imageBase64: str = Field(min_length=1, max_length=MAX_BASE64, description="May begin as a `data:` URL.")
    mimeType: str = Field(default="image/jpeg", max_length=64, description="`image/jpeg` or `image/png`")
    model: str = Field(default="phoenix-4", max_length=64, description="Accepted for Tavus's clients.")


class ImageCheck(Message):
    """One rule, and whether the picture keeps it."""

    id: str
    label: str
    passed: bool


class ImageDetails(Message):
    """What was measured."""

    model_config = ConfigDict(extra="allow")

    pose_suitable_for_face: bool
    pose_suitable_for_replica: bool
    measured: dict[str, Any]


class ImageVerdict(Message):
    """Whether the picture may become a replica."""

    passed: bool
    checks: list[ImageCheck]
    details: ImageDetails
    findings: list[FindingBody]
