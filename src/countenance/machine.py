"""What this machine has: memory and graphics processors, and how its cores are shared out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_GPUS = Path("/proc/driver/nvidia/gpus")
_MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")


def memory_bytes() -> int:
    """What this process may use: the machine's memory or its container's limit."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    text = _MEMORY_LIMIT.read_text(encoding="ascii").strip() if _MEMORY_LIMIT.exists() else "max"
    return min(total, int(text)) if text.isdigit() else total


def gpus() -> list[str]:
    """Names of the NVIDIA processors that the driver knows."""
    found = []
    for info in sorted(_GPUS.glob("*/information")):
        found += [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("Model")]
    return found


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Matrix products of this process run in the thread that asks for them.

    Our systems are small, and the threads of a BLAS wait for each other by spinning: on two busy cores a training took
    three times as long with them, and a rendering twice. What is large is shared out by us.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield
