"""What can be wrong with a request to the service, whoever it is about."""

from __future__ import annotations

from countenance.errors import CountenanceError, Finding, Rule

REPLICA_UNKNOWN = Rule(
    id="service.replica_unknown",
    title="There is no such replica in this workspace.",
    remedy="List your replicas; a replica that was deleted does not come back.",
)
VIDEO_UNKNOWN = Rule(
    id="service.video_unknown",
    title="There is no such video in this workspace.",
    remedy="List your videos; a video that was deleted does not come back.",
)
LIPSYNC_UNKNOWN = Rule(
    id="service.lipsync_unknown",
    title="There is no such lipsync in this workspace.",
    remedy="List your lipsyncs; one that was deleted does not come back.",
)
TRANSCRIPTION_UNKNOWN = Rule(
    id="service.transcription_unknown",
    title="There is no such transcription in this workspace.",
    remedy="List your transcriptions; one that was deleted does not come back.",
)
DICTIONARY_UNKNOWN = Rule(
    id="service.dictionary_unknown",
    title="There is no such pronunciation dictionary in this workspace.",
    remedy="List your dictionaries; one that was deleted does not come back.",
)
REQUEST_INVALID = Rule(
    id="service.request_invalid",
    title="The request cannot be understood.",
    remedy="Correct the fields that are named and send it again.",
)
REPLICA_NOT_USABLE = Rule(
    id="service.replica_in_error",
    title="The replica cannot speak: its training failed.",
    remedy="Look at the replica's errors, correct the material, and create a new replica.",
    tavus_type="replica_in_error_state",
)
INTERNAL = Rule(
    id="service.internal",
    title="Something went wrong here, and it is not your doing.",
    remedy="Nothing was charged. Try again; if it happens again, tell the operator the request's or the replica's id.",
)
DEADLINE = Rule(
    id="service.deadline",
    title="The work took longer than this server allows.",
    remedy="Nothing was charged. Use shorter material, or ask the operator for more time.",
    unit="s",
)
CRASHED = Rule(
    id="service.crashed",
    title="The work broke off again and again.",
    remedy="Nothing was charged. Tell the operator the replica's or the video's id: the log says why.",
    unit="attempts",
)
RULES = (
    REPLICA_UNKNOWN,
    VIDEO_UNKNOWN,
    LIPSYNC_UNKNOWN,
    TRANSCRIPTION_UNKNOWN,
    DICTIONARY_UNKNOWN,
    REQUEST_INVALID,
    REPLICA_NOT_USABLE,
    INTERNAL,
    DEADLINE,
    CRASHED,
)


def refused(rule: Rule, detail: str = "", measured: float | str | None = None) -> CountenanceError:
    """The error of a request that cannot be granted."""
    return CountenanceError(Finding(rule, detail=detail, measured=measured))
