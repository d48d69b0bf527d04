"""Which events there are, and which of them people are written of."""

from __future__ import annotations

from countenance.service.consent_requests.limits import REQUESTED
from countenance.service.consent_requests.revoke import REVOKED
from countenance.service.replicas import events as replicas

TYPES = (
    replicas.PREVIEW,
    replicas.COMPLETED,
    replicas.PREVIEW_ONLY,
    replicas.ERROR,
    replicas.REVIEW,
    REVOKED,
    "video.ready",
    "video.error",
    "lipsync.ready",
    "lipsync.error",
    "transcription.ready",
    "transcription.error",
)
"""what webhooks may be told of"""
DISABLED = "endpoint.disabled"
TEST = "endpoint.test"
"""goes to the endpoint that somebody wants to see at work, and to nobody else"""
MAILED = frozenset(
    {
        replicas.COMPLETED,
        replicas.PREVIEW_ONLY,
        replicas.ERROR,
        replicas.REVIEW,
        REVOKED,
        "video.error",
        "lipsync.error",
        "transcription.error",
        DISABLED,
    }
)
"""what a workspace's members are written of; videos that are ready would be too many"""
ASKED = REQUESTED
"""goes to the person who is asked, and to nobody else"""
