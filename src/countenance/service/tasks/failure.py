"""Findings as they are kept with what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from countenance.errors import Severity
from countenance.service.errors import INTERNAL

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something failed, in the columns of its row."""

    error_type: str
    """Tavus's, where the rule corresponds to one, else the rule's id"""
    error_message: str
    findings: list[JsonObject]
    """`file` without its folder"""

    def values(self) -> dict[str, Any]:
        """For an UPDATE."""
        return {"error_type": self.error_type, "error_message": self.error_message, "findings": self.findings}


def failure(findings: Sequence[JsonObject]) -> Failure:
    """What to keep of findings as `Finding.as_dict` has them; errors are told, the rest is kept beside them.

    Where none of them is an error (a doubt that nobody confirmed), all are told. Where the worker had a file is not.
    """
    findings = [{**finding, "file": PurePath(finding.get("file") or "").name} for finding in findings]
    errors = [finding for finding in findings if finding.get("severity") == Severity.ERROR] or [*findings]
    if not errors:
        return Failure(INTERNAL.id, f"{INTERNAL.title} {INTERNAL.remedy}", [])
    first = errors[0]
    message = "\n".join(dict.fromkeys(str(finding["message"]) for finding in errors))
    return Failure(first.get("tavus_type") or first["rule"], message, findings)
