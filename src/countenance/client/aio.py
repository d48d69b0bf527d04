"""The client for programs that wait for many things at once; with asyncio or trio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from types import TracebackType
from typing import Any, TypeVar

import anyio
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


class AsyncClient(Subjects["AsyncClient"]):
    """A workspace on a server, as `Client`; every operation is awaited, and `replicas.events` is an async iterator."""

    def __init__(self, url: str | None = None, api_key: str | None = None, *, retry: Retry | None = None) -> None:
        super().__init__(self)
        self._line = line_to(url, api_key, retry)
        self._http = httpx2.AsyncClient(verify=trusted(), follow_redirects=False)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close what is open to the server."""
        await self._http.aclose()

    async def do(self, flow: Flow[T]) -> T:
        """Take the steps of an operation."""
        came: Any = None
        try:
            step = next(flow)
            while True:
                try:
                    came = await self._step(step)
                except (CountenanceError, OSError) as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(came)
        except StopIteration as end:
            done: T = end.value
            return done
        finally:
            flow.close()

    async def watch(self, watching: Watching) -> AsyncIterator[ReplicaEvent]:
        """What the server tells, until it is over; a line that breaks is taken up again."""
        attempt = 0
        while not watching.is_over:
            request, attempt = watching.request, attempt + 1
            outcome: Outcome = Broken("The stream ended", was_sent=True)
            try:
                async with aclosing(await self._http.send(self._line.complete(request), stream=True)) as response:
                    if response.status_code != 200:
                        outcome = head_of(response, await response.aread())
                    else:
                        async for event in httpx2.EventSource(response):
                            attempt = 0
                            if (seen := watching.take(event)) is not None:
                                yield seen
            except httpx2.TransportError as error:
                outcome = broken(error)
            if not watching.is_over:
                await anyio.sleep(watching.settled(self._line, outcome, max(attempt, 1)))

    async def _step(self, step: Step) -> Any:
        if isinstance(step, Send):
            return await self._send(step.request, step.into)
        return await (anyio.to_thread.run_sync(step.work) if isinstance(step, Do) else anyio.sleep(step.seconds))

    async def _send(self, request: Request, into: Sink | None) -> Answer:
        attempt = 0
        while True:
            attempt += 1
            settled = self._line.settled(request, await self._once(request, into), attempt)
            if isinstance(settled, Answer):
                return settled
            await anyio.sleep(settled)

    async def _once(self, request: Request, into: Sink | None) -> Outcome:
        try:
            async with aclosing(await self._http.send(self._line.complete(request, into), stream=True)) as response:
                head = head_of(response)
                if into is None or not head.is_success:
                    return replace(head, body=await response.aread())
                into.begin(head)
                async for data in response.aiter_bytes():
                    into.write(data)
                return head
        except httpx2.TransportError as error:
            return broken(error)
