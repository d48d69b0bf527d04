"""What is answered where something is wrong: problem details (RFC 9457) that Tavus's clients can read as well."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from pydantic import Field

from countenance.wire.message import Message


class FindingBody(Message):
    """A rule of the error catalogue, and what broke it."""

    rule: str = Field(description="Id in the error catalogue, such as `footage.face_too_small`.")
    severity: str = Field(description="`error`, `warning` or `hint`.")
    title: str
    detail: str = ""
    file: str = Field(default="", description="The name of the file that it is about.")
    measured: float | str | None = Field(default=None, description="In `unit`.")
    limit: float | None = Field(default=None, description="In `unit`.")
    unit: str = ""
    spans: list[tuple[float, float]] = Field(default=[], description="From and to, in seconds of the material.")
    worst: list[float | None] = Field(default=[], description="The worst value of each span, in `unit`.")
    evidence: str = Field(default="", description="The name of a picture that shows it.")
    evidence_url: str | None = Field(default=None, description="Where that picture is, for a day.")
    remedy: str = Field(default="", description="What to do differently.")
    message: str = Field(description="All of it in one paragraph.")
    tavus_type: str | None = Field(default=None, description="Tavus's error type, if one corresponds.")


class Problem(Message):
    """Why a request was not granted."""

    type: str = Field(description="`urn:countenance:error:` and the id in the error catalogue.")
    title: str
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="The whole story in one paragraph.")
    instance: str = Field(description="The path that was asked for.")
    error: str = Field(description="For Tavus's clients; the same as `detail`, or Tavus's own words.")
    message: str = Field(description="The same as `error`.")
    error_type: str = Field(description="Tavus's error type where one corresponds, else the id in the error catalogue.")
    findings: list[FindingBody]
    request_id: str


def finding_body(finding: dict[str, Any], evidence_url: str | None = None) -> FindingBody:
    """A finding as `Finding.as_dict` stores it, as it is answered."""
    file = PurePath(finding.get("file") or "").name  # where it lay while it was worked on says nothing
    return FindingBody.model_validate({**finding, "file": file, "evidence_url": evidence_url})
