"""The client for programs that do one thing at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from types import TracebackType
from typing import Any, TypeVar

import httpx2

from countenance.client.flow import Do, Flow, Send, Step
from countenance.client.groups import Subjects
from countenance.client.line import broken, head_of, line_to, trusted
from countenance.client.request import Answer, Broken, Outcome, Request
from countenance.client.retry import Retry
from countenance.client.sink import Sink
from countenance.client.watching import Watching
from countenance.errors import CountenanceError
from countenance.wire.replicas import ReplicaEvent

T = TypeVar("T")


class Client(Subjects["Client"]):
    """A workspace on a server.

        with Client("http://127.0.0.1:8642", api_key) as client:
            footage = client.uploads.send(Path("me.mp4"))
            made = client.replicas.create(CreateReplica(train_upload_id=footage.upload_id, full_name="Ada Lovelace"))
            client.replicas.wait(made.replica_id)

    Address and key are those of COUNTENANCE_URL and COUNTENANCE_API_KEY where none are given.

    Raises:
        ClientError: client.url_invalid, client.key_unsendable.
    """

    def __init__(self, url: str | None = None, api_key: str | None = None, *, retry: Retry | None = None) -> None:
        super().__init__(self)
        self._line = line_to(url, api_key, retry)
        self._http = httpx2.Client(verify=trusted(), follow_redirects=False)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close what is open to the server."""
        self._http.close()

    def do(self, flow: Flow[T]) -> T:
        """Take the steps of an operation."""
        came: Any = None
        try:
            step = next(flow)
            while True:
                try:
                    came = self._step(step)
                except (CountenanceError, OSError) as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(came)
        except StopIteration as end:
            done: T = end.value
            return done
        finally:
            flow.close()

    def watch(self, watching: Watching) -> Iterator[ReplicaEvent]:
        """What the server tells, until it is over; a line that breaks is taken up again."""
        attempt = 0
        while not watching.is_over:
            request, attempt = watching.request, attempt + 1
            outcome: Outcome = Broken("The stream ended", was_sent=True)
            try:
                with closing(self._http.send(self._line.complete(request), stream=True)) as response:
                    if response.status_code != 200:
                        outcome = head_of(response, response.read())
                    else:
                        for event in httpx2.EventSource(response):
                            attempt = 0
                            if (seen := watching.take(event)) is not None:
                                yield seen
            except httpx2.TransportError as error:
                outcome = broken(error)
            if not watching.is_over:
                time.sleep(watching.settled(self._line, outcome, max(attempt, 1)))

    def _step(self, step: Step) -> Any:
        if isinstance(step, Send):
            return self._send(step.request, step.into)
        return step.work() if isinstance(step, Do) else time.sleep(step.seconds)

    def _send(self, request: Request, into: Sink | None) -> Answer:
        attempt = 0
        while True:
            attempt += 1
            settled = self._line.settled(request, self._once(request, into), attempt)
            if isinstance(settled, Answer):
                return settled
            time.sleep(settled)

    def _once(self, request: Request, into: Sink | None) -> Outcome:
        try:
            with closing(self._http.send(self._line.complete(request, into), stream=True)) as response:
                head = head_of(response)
                if into is None or not head.is_success:
                    return replace(head, body=response.read())
                into.begin(head)
                for data in response.iter_bytes():
                    into.write(data)
                return head
        except httpx2.TransportError as error:
            return broken(error)
