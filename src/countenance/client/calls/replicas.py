"""Replicas."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.wire.images import CheckImage, ImageVerdict
from countenance.wire.message import Page
from countenance.wire.replicas import (
    CreatedReplica,
    CreateReplica,
    RecordingBody,
    RenameReplica,
    ReplicaBody,
    ReplicaReport,
    Review,
    UpdatedReplica,
    UpdateReplica,
)

_PLACE = ("v2", "replicas")
_LOOKING_S = 120.0


def create(wanted: CreateReplica, idempotency_key: str | None = None) -> Call[CreatedReplica]:
    """Begin to train a replica."""
    return call.create(CreatedReplica, path(*_PLACE), wanted, idempotency_key)


def listed(
    limit: int = 10,
    page: int = 1,
    *,
    status: str | None = None,
    replica_type: str | None = None,
    replica_ids: str | None = None,
    model_name: str | None = None,
    search: str | None = None,
) -> Call[Page[ReplicaBody]]:
    """The replicas of the workspace and of the stock, newest first; `replica_ids` are separated by commas."""
    query = {
        "status": status,
        "replica_type": replica_type,
        "replica_ids": replica_ids,
        "model_name": model_name,
        "search": search,
    }
    return call.get(Page[ReplicaBody], path(*_PLACE, limit=limit, page=page, **query))


def get(replica_id: str) -> Call[ReplicaBody]:
    """One replica, and where its training stands."""
    return call.get(ReplicaBody, path(*_PLACE, replica_id))


def rename(replica_id: str, name: str) -> Call[None]:
    """Give it another name."""
    return call.patch(path(*_PLACE, replica_id, "name"), RenameReplica(replica_name=name))


def update(replica_id: str, wanted: UpdateReplica) -> Call[UpdatedReplica]:
    """Give it another name, another stock voice, or both."""
    return call.change(UpdatedReplica, path(*_PLACE, replica_id), wanted)


def delete(replica_id: str, *, hard: bool = False) -> Call[None]:
    """End its use at once; `hard` also erases what it was made from and of."""
    return call.delete(path(*_PLACE, replica_id, hard=hard or None))


def report(replica_id: str) -> Call[ReplicaReport]:
    """Everything that was found in its material."""
    return call.get(ReplicaReport, path(*_PLACE, replica_id, "report"))


def recordings(replica_id: str) -> Call[Page[RecordingBody]]:
    """What it is made from, to look at and to listen to."""
    return call.get(Page[RecordingBody], path(*_PLACE, replica_id, "recordings"))


def review(
    replica_id: str, reviewed_by: str, idempotency_key: str | None = None, *, refuse: bool = False, reason: str = ""
) -> Call[ReplicaBody]:
    """A human has looked and listened, and confirms what the machine left to them; or refuses it, for a reason."""
    body = Review(reviewed_by=reviewed_by, decision="refuse" if refuse else "accept", reason=reason)
    return call.create(ReplicaBody, path(*_PLACE, replica_id, "review"), body, idempotency_key)


def check_image(picture: CheckImage) -> Call[ImageVerdict]:
    """Whether a picture may become a replica."""
    return call.post(ImageVerdict, path(*_PLACE, "image-validation"), picture, read_timeout_s=_LOOKING_S)
