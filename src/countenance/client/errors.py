"""What can go wrong between a program and the server that it asks, and how that is raised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from countenance.client.request import Answer
from countenance.errors import CountenanceError, Finding, Rule, Severity, Span
from countenance.wire.problem import FindingBody, Problem

UNREACHABLE = Rule(
    id="client.unreachable",
    title="The server cannot be reached.",
    remedy="Check that `countenance serve` runs there, and that `--url` or COUNTENANCE_URL names it.",
)
URL_INVALID = Rule(
    id="client.url_invalid",
    title="This is not the address of a server.",
    remedy="Give one such as `http://127.0.0.1:8642` with `--url` or COUNTENANCE_URL.",
)
KEY_MISSING = Rule(
    id="client.key_missing",
    title="No API key was given.",
    remedy="Give one with `--key` or COUNTENANCE_API_KEY; `countenance keys create` makes one on the server's machine.",
)
KEY_UNSENDABLE = Rule(
    id="client.key_unsendable",
    title="This cannot be an API key.",
    remedy="Copy the key as it was shown: it has only letters, digits and underscores.",
)
ANSWER_UNREADABLE = Rule(
    id="client.answer_unreadable",
    title="The answer is not one of a Countenance server.",
    remedy="Check the address; if a proxy stands before the server, look at what it says. A much newer server needs a "
    "newer client.",
)
UPLOAD_BROKEN = Rule(
    id="client.upload_broken",
    title="The upload broke off.",
    remedy="Resume it: what has arrived is not sent again.",
)
UPLOAD_OF_ANOTHER = Rule(
    id="client.upload_of_another",
    title="The upload was begun with another file.",
    remedy="Name the same file, unchanged, or begin anew.",
)
FILE_CHANGED = Rule(
    id="client.file_changed",
    title="The file changed while it was being sent.",
    remedy="Wait until nothing writes to it, and send it again.",
)
NOT_THERE_YET = Rule(
    id="client.not_there_yet",
    title="There is nothing to download.",
    remedy="Wait until it is ready.",
)
WAITED_TOO_LONG = Rule(
    id="client.waited_too_long",
    title="It was not done in the time that was given.",
    remedy="Wait again: the server goes on with it.",
    unit="s",
)
WORK_FAILED = Rule(
    id="client.work_failed",
    title="The server could not make it.",
    remedy="Read what it says; the operator's log tells more.",
)
SERVER_GOES_ON = Rule(
    id="client.server_goes_on",
    title="Only the waiting was stopped: the server goes on with it.",
    remedy="Wait again with the command `wait` and its id, or delete it.",
    severity=Severity.HINT,
)
RULES = (
    UNREACHABLE,
    URL_INVALID,
    KEY_MISSING,
    KEY_UNSENDABLE,
    ANSWER_UNREADABLE,
    UPLOAD_BROKEN,
    UPLOAD_OF_ANOTHER,
    FILE_CHANGED,
    NOT_THERE_YET,
    WAITED_TOO_LONG,
    WORK_FAILED,
    SERVER_GOES_ON,
)


_SEVERITIES = {each.value: each for each in Severity}


class ClientError(CountenanceError):
    """Something went wrong on the way."""


class UnreachableError(ClientError):
    """No answer came, however often it was tried."""


@dataclass(frozen=True, slots=True)
class _Told:
    status: int
    error_type: str
    request_id: str
    problem: Problem | None = field(repr=False)


class ApiError(ClientError):
    """The server refused. `findings` are its own, as rules of the error catalogue."""

    def __init__(self, told: _Told, *findings: Finding) -> None:
        super().__init__(*findings)
        self.status = told.status
        """of HTTP"""
        self.error_type = told.error_type
        """Tavus's error type where one corresponds, else the id in the error catalogue"""
        self.request_id = told.request_id
        """by which the operator finds it in the log"""
        self.problem = told.problem
        """the whole answer; None where it is not one of ours, such as a proxy's"""

    @property
    def rule(self) -> str:
        """The id in the error catalogue."""
        return self.finding.rule.id


class UploadBrokenError(ClientError):
    """An upload broke off after it was begun; `upload_id` is what it is resumed by."""

    def __init__(self, upload_id: str, cause: CountenanceError) -> None:
        super().__init__(Finding(UPLOAD_BROKEN, measured=upload_id), *cause.findings)
        self.upload_id = upload_id


class WorkFailedError(ClientError):
    """What was waited for ended in an error; `made` is how the server tells of it."""

    def __init__(self, made: Any, *findings: Finding) -> None:
        super().__init__(*findings)
        self.made = made


def refusal(answer: Answer) -> ApiError:
    """The error that an answer tells."""
    try:
        problem = Problem.model_validate_json(answer.body)
    except ValidationError:
        finding = Finding(ANSWER_UNREADABLE, detail=f"It answers with HTTP status {answer.status}.")
        return ApiError(_Told(answer.status, finding.rule.id, answer.headers.get("x-request-id", ""), None), finding)
    told = _Told(answer.status, problem.error_type, problem.request_id, problem)
    if problem.findings:
        return ApiError(told, *map(as_finding, problem.findings))
    rule = Rule(problem.type.rpartition(":")[2], problem.title, remedy="")
    return ApiError(told, Finding(rule, detail=problem.detail))


def as_finding(found: FindingBody) -> Finding:
    """The finding that the server tells, under its own rule and with its own limit."""
    rule = Rule(
        id=found.rule,
        title=found.title,
        remedy=found.remedy,
        severity=_SEVERITIES.get(found.severity, Severity.ERROR),
        limit=found.limit,
        unit=found.unit,
        tavus_type=found.tavus_type,
    )
    worst = [*found.worst, *[None] * len(found.spans)]
    spans = tuple(Span(start, end, value) for (start, end), value in zip(found.spans, worst, strict=False))
    return Finding(rule, found.file, found.detail, found.measured, spans=spans, evidence=found.evidence)
