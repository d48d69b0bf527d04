"""Requests over a few connections for some seconds, from a process of its own, and how long each took."""

from __future__ import annotations

import asyncio
import itertools
import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent."""

    url: str
    key: str
    method: str
    paths: Sequence[str]
    """taken in turn"""
    body: dict[str, object] | None = None
    connections: int = 8
    seconds: float = 8.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]

    def __str__(self) -> str:
        told = f"{self.per_second:7.0f} requests/s, p50 {self.p50_ms:6.1f} ms, p99 {self.p99_ms:6.1f} ms"
        others = {status: count for status, count in self.statuses.items() if not 200 <= status < 300}
        return f"{told}, others {others}" if others else told


def measure(load: Load) -> Answered:
    """Send for as long as wanted."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measured, (load,))


def _measured(load: Load) -> Answered:
    return asyncio.run(_all(load))


async def _all(load: Load) -> Answered:
    paths = itertools.cycle(load.paths)
    took: list[float] = []
    statuses: Counter[int] = Counter()
    began = time.perf_counter()
    until = began + load.seconds

    async def one() -> None:
        address = urlsplit(load.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        while time.perf_counter() < until:
            start = time.perf_counter()
            writer.write(_request(load, next(paths)))
            statuses[await _answer(reader)] += 1
            took.append(time.perf_counter() - start)
        writer.close()

    await asyncio.gather(*(one() for _ in range(load.connections)))
    p50, p99 = np.percentile(np.array(took) * 1000, [50, 99])
    return Answered(len(took) / (time.perf_counter() - began), float(p50), float(p99), dict(statuses))


def _request(load: Load, path: str) -> bytes:
    body = b"" if load.body is None else json.dumps(load.body).encode()
    head = f"{load.method} {path} HTTP/1.1\r\nHost: localhost\r\nx-api-key: {load.key}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            await reader.readexactly(int(value))
    return int(head.split(" ", 2)[1])
