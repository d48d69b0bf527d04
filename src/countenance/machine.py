"""What this machine has: memory and graphics processors."""

from __future__ import annotations

import os
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
