"""Parts of pages that follow what they show: which there are, and what a page has been told of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from countenance.api.call import Call
from countenance.api.watch import News, Seen, Watched
from countenance.portal import cards, stages
from countenance.portal.page import piece, viewer_for
from countenance.wire.replicas import ReplicaEvent

_SIGN_OF_LIFE_S = 10.0
"""So often what is under way is told even where nothing has changed: a worker that is missed is seen by that."""
_GONE = "live/gone.html"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of part that follows what it shows; its events are called `<watched>-<id>`."""

    asked: str
    """the field of `/live` that has the ids"""
    watched: Literal["replica", "video"]
    scope: str
    template: str
    bodies: Callable[[Call, Sequence[str]], Mapping[str, Any]]
    """by id, as the API answers them"""
    values: Callable[[Call, Any], Mapping[str, Any]]
    """for the template"""


KINDS = (
    Kind("replicas", "replica", "replicas:read", "library/_status.html", cards.replicas_by_id, cards.replica_values),
    Kind("replica", "replica", "replicas:read", "replica/_status.html", stages.by_id, stages.status_values),
    Kind("videos", "video", "videos:read", "videos/_status.html", cards.videos_by_id, cards.video_values),
    Kind("video", "video", "videos:read", "videos/_making.html", cards.videos_by_id, cards.video_values),
)


@dataclass(slots=True)
class _Told:
    seen: Seen | None
    body: Any
    """None of what is gone"""
    read_at_s: float


class Telling:
    """What one page with live parts has been told, and what it is to be told next."""

    def __init__(self, call: Call, asked: Mapping[Kind, Sequence[str]]) -> None:
        self._call = call
        self._viewer = viewer_for(call)
        self._kinds: dict[Watched, Kind] = {}
        for kind, ids in asked.items():
            self._kinds.update(((kind.watched, each), kind) for each in kind.bodies(call, ids))
        self._told: dict[Watched, _Told] = {}

    @property
    def watched(self) -> tuple[Watched, ...]:
        """What there is of all that was asked for."""
        return tuple(self._kinds)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it will change any more."""
        return self._told.keys() == self._kinds.keys() and all(
            each.body is None or _is_final(each.seen) for each in self._told.values()
        )

    def next(self, news: News, now_s: float) -> list[tuple[str, str]]:
        """The events that the page is to be told now, and what each part looks like; asks the database."""
        due = [each for each in self.watched if self._is_due(each, news[each], now_s)]
        read = self._read([each for each in due if not self._goes_on(each, news[each], now_s)])
        events = []
        for each in due:
            before, seen = self._told.get(each), news[each]
            if each in read or before is None:
                told = _Told(seen, read.get(each), now_s)
            else:
                told = _Told(seen, _moved(before.body, seen), before.read_at_s)
            self._told[each] = told
            is_new = before is None or _state(before.seen) != _state(seen)
            events.append((f"{each[0]}-{each[1]}", self._part(self._kinds[each], told.body, afresh=is_new)))
        return events

    def _is_due(self, watched: Watched, seen: Seen | None, now_s: float) -> bool:
        told = self._told.get(watched)
        if told is None or told.body is None:
            return told is None
        return told.seen != seen or (not _is_final(seen) and now_s - told.read_at_s >= _SIGN_OF_LIFE_S)

    def _goes_on(self, watched: Watched, seen: Seen | None, now_s: float) -> bool:
        """Whether only how far it is differs from what was read a moment ago."""
        told = self._told.get(watched)
        return told is not None and _state(told.seen) == _state(seen) and now_s - told.read_at_s < _SIGN_OF_LIFE_S

    def _read(self, wanted: Sequence[Watched]) -> dict[Watched, Any]:
        found: dict[Watched, Any] = dict.fromkeys(wanted)
        for kind in dict.fromkeys(self._kinds[each] for each in wanted):
            ids = [each[1] for each in wanted if self._kinds[each] is kind]
            found.update(((kind.watched, each), body) for each, body in kind.bodies(self._call, ids).items())
        return found

    def _part(self, kind: Kind, body: Any, *, afresh: bool) -> str:
        if body is None:
            return piece(self._viewer, _GONE)
        return piece(self._viewer, kind.template, afresh=afresh, **kind.values(self._call, body))


def asked_for(query: Mapping[str, str], most: int) -> Iterator[tuple[Kind, Sequence[str]]]:
    """What the fields of a request ask for; of more than `most` of a kind the first ones."""
    for kind in KINDS:
        ids = [each for each in query.get(kind.asked, "").split(",") if each][:most]
        if ids:
            yield kind, ids


def _moved(body: Any, seen: Seen | None) -> Any:
    """What was read before, with how far it is now."""
    return body.model_copy(update=seen.model_dump()) if seen is not None else None


def _state(seen: Seen | None) -> tuple[object, ...]:
    if seen is None:
        return ()
    return (seen.status, seen.standing, seen.finetune_status if isinstance(seen, ReplicaEvent) else None)


def _is_final(seen: Seen | None) -> bool:
    if seen is None:
        return True
    if isinstance(seen, ReplicaEvent):
        return seen.status == "error" or seen.finetune_status in ("completed", "errored")
    return seen.status in ("ready", "error")
