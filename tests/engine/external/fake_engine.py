"""An engine that keeps the contract and does nothing clever: it brightens every picture.

Run in a process of its own, as an external engine is. Its last argument says how it misbehaves, if at all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np

FIRST = {"movflags": "+faststart"}
"""The index before the pictures: a file that was cut can still be opened."""


def main() -> int:
    clip, _, out, options, how = sys.argv[1:6]
    small = "--small" in sys.argv
    told = json.loads(Path(options).read_text())
    print("loading weights", flush=True)
    if how == "environment":
        print(sorted(os.environ), flush=True)
        return 3
    if how == "out of memory" or (how == "out of memory at first" and not small):
        print("RuntimeError: CUDA out of memory. Tried to allocate 8.00 GiB", file=sys.stderr)
        return 1
    if how == "crash":
        raise RuntimeError("no such layer")
    if how == "hang":
        child = subprocess.Popen(["sleep", "300"])
        print(json.dumps({"stage": "hang", "fraction": 0.1, "child": child.pid}), flush=True)
        Path(out).with_name("child").write_text(str(child.pid))
        time.sleep(300)
    if how == "nothing":
        return 0
    if how == "child":
        subprocess.Popen(["sleep", "300"])
    if how in ("garbage", "empty"):
        Path(out).write_bytes(b"no video" * 1000 if how == "garbage" else b"")
        return 0
    convert(Path(clip), Path(out), told["frames"], how)
    if how == "cut":
        whole = Path(out).read_bytes()
        Path(out).write_bytes(whole[: len(whole) // 2])
    return 0


def convert(clip: Path, out: Path, frames: int, how: str) -> None:
    with av.open(str(clip)) as source, av.open(str(out), "w", options=FIRST) as target:
        own = source.streams.video[0]
        stream = target.add_stream("libx264", rate=25, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = own.width, own.height, "yuv420p"
        for index, frame in enumerate(source.decode(own)):
            if how == "half" and index >= frames // 2:
                break
            if how == "one less" and index == frames - 1:
                break
            bright = np.minimum(frame.to_ndarray(format="rgb24").astype(int) + 40, 255).astype(np.uint8)
            target.mux(stream.encode(av.VideoFrame.from_ndarray(bright, format="rgb24")))
            if how == "progress bar":
                print(f"\r{round(100 * (index + 1) / frames)}%|#####|", end="", flush=True)
            else:
                print(json.dumps({"stage": "lips", "fraction": (index + 1) / frames}), flush=True)
        target.mux(stream.encode(None))


if __name__ == "__main__":
    raise SystemExit(main())
