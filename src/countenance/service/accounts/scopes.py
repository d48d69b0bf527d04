"""What a key may do: its role says how far, its scopes narrow that down."""

from __future__ import annotations

from collections.abc import Iterable

from countenance.service.errors import REQUEST_INVALID, refused

OWNER, EDITOR, VIEWER = "owner", "editor", "viewer"
ROLES = (OWNER, EDITOR, VIEWER)
_SUBJECTS = ("replicas", "videos", "transcriptions", "dictionaries", "uploads", "webhooks", "account")
SCOPES = frozenset({f"{subject}:{verb}" for subject in _SUBJECTS for verb in ("read", "write")} | {"credits:read"})
"""Consent requests are part of `replicas`, lipsyncs of `videos`; `account` is keys, members, the audit log and
deletion policy. Neither of read and write includes the other."""

_ALLOWED = {
    OWNER: SCOPES,
    EDITOR: SCOPES - {"account:write"},
    # Not whose addresses are written to, not which keys there are, not where events are sent.
    VIEWER: frozenset(scope for scope in SCOPES if scope.endswith(":read")) - {"account:read", "webhooks:read"},
}


def check_role(role: str) -> str:
    """Raises CountenanceError service.request_invalid for what is no role."""
    if role not in ROLES:
        raise refused(REQUEST_INVALID, f"A role is one of {', '.join(ROLES)}.")
    return role


def check_scopes(role: str, scopes: Iterable[str]) -> list[str]:
    """The scopes, sorted, each once.

    Raises:
        CountenanceError: service.request_invalid for an unknown scope or one that the role does not have.
    """
    wanted = set(scopes)
    if not wanted <= SCOPES:
        raise refused(REQUEST_INVALID, f"A scope is one of {', '.join(sorted(SCOPES))}.")
    beyond = wanted - _ALLOWED[check_role(role)]
    if beyond:
        raise refused(REQUEST_INVALID, f"The role {role} does not have {', '.join(sorted(beyond))}.")
    return sorted(wanted)


def granted(role: str, scopes: Iterable[str]) -> frozenset[str]:
    """What a key with this role and these scopes may do; no scopes mean all that the role has."""
    allowed = _ALLOWED.get(role, frozenset())
    wanted = frozenset(scopes)
    return allowed & wanted if wanted else allowed
