"""A training that is watched by server-sent events, over breaks of the line."""

from __future__ import annotations

from httpx2 import ServerSentEvent
from pydantic import ValidationError

from countenance.client.call import path
from countenance.client.errors import ANSWER_UNREADABLE, ClientError, refusal
from countenance.client.line import Line
from countenance.client.request import Answer, Outcome, Request
from countenance.errors import Finding
from countenance.wire.replicas import ReplicaEvent

_QUIET_S = 45.0
"""The server says something more often than that."""
_GONE = '"status":"deleted"'


class Watching:
    """What is asked and what has been seen; it is over when the training is."""

    def __init__(self, replica_id: str, last_event_id: str | None = None) -> None:
        self._url = path("v2", "replicas", replica_id, "events")
        self._last = last_event_id or ""
        self.is_over = False

    @property
    def request(self) -> Request:
        """From where the line broke, if it did."""
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": self._last} if self._last else {})}
        return Request("GET", self._url, headers=headers, read_timeout_s=_QUIET_S)

    def settled(self, line: Line, outcome: Outcome, attempt: int) -> float:
        """After how many seconds it is to be tried again.

        Raises:
            ApiError, UnreachableError: where it is not.
        """
        settled = line.settled(self.request, outcome, attempt)
        if isinstance(settled, Answer):
            raise refusal(settled)
        return settled

    def take(self, event: ServerSentEvent) -> ReplicaEvent | None:
        """What an event tells; None for one that tells nothing, and at the end of a replica that was deleted.

        Raises:
            ClientError: client.answer_unreadable.
        """
        if event.event not in ("progress", "end"):
            return None
        self.is_over = event.event == "end"
        self._last = event.id or self._last
        if self.is_over and _GONE in event.data.replace(" ", ""):
            return None
        try:
            return ReplicaEvent.model_validate_json(event.data)
        except ValidationError as error:
            raise ClientError(Finding(ANSWER_UNREADABLE)) from error
