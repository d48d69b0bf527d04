"""Replicas and videos as cards and live parts show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from countenance.api.call import Call
from countenance.api.paging import Paging
from countenance.api.routes import replicas, videos
from countenance.errors import CountenanceError
from countenance.portal.standing import material_words, told_of, worst
from countenance.portal.video_words import told_of_video
from countenance.service.clock import now
from countenance.service.replicas.life import FOR_CONSENT
from countenance.wire.replicas import ReplicaBody
from countenance.wire.videos import VideoBody

Body = TypeVar("Body")


def replicas_by_id(call: Call, ids: Sequence[str]) -> dict[str, ReplicaBody]:
    """Those of these that there are, each with the state of its last link for consent."""
    if not ids:
        return {}
    found = replicas.found(call, Paging(len(ids), 1), ids=ids)
    return {each.replica_id: each for each in with_links(call, found.data)}


def with_links(call: Call, listed: Sequence[ReplicaBody]) -> list[ReplicaBody]:
    """Lists do not say how the links for consent stand: what waits for one is asked for alone."""
    return [replicas.get(each.replica_id, call) if each.stage == FOR_CONSENT else each for each in listed]


def videos_by_id(call: Call, ids: Sequence[str]) -> dict[str, VideoBody]:
    """Those of these that there are."""
    return there(call, ids, videos.get)


def there(call: Call, ids: Sequence[str], get: Callable[[str, Call], Body]) -> dict[str, Body]:
    """What there still is of these."""
    found = {}
    for each in ids:
        try:
            found[each] = get(each, call)
        except CountenanceError:
            continue  # deleted a moment ago
    return found


def replica_values(call: Call, replica: ReplicaBody) -> Mapping[str, Any]:
    """What the templates of a replica's state need."""
    return {
        "replica": replica,
        "told": told_of(replica, now(), call.service.settings.lease_s),
        "wrong": worst(replica.findings),
        "made_of": material_words(replica),
    }


def video_values(call: Call, video: VideoBody) -> Mapping[str, Any]:
    """What the templates of a video's state need."""
    return {"video": video, "told": told_of_video(video)}
