"""A small replica for tests: whole and loadable, but of nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from faces import TO_CANONICAL, atlas, control
from numpy.typing import NDArray

from countenance.engine import replica as bundle
from countenance.engine.motion import SpeechMotion
from countenance.engine.mouth import MouthBasis


def small_replica(folder: Path, **description: Any) -> bundle.Replica:
    """A replica in memory; its clip, which is not a real one, lies in `folder`."""
    rng = np.random.default_rng(0)

    def some(*shape: int) -> NDArray[np.float32]:
        return rng.normal(size=shape).astype(np.float32)

    clip = folder / "clip.mp4"
    clip.write_bytes(b"pictures")
    track = bundle.BaseTrack(
        stretch=np.zeros(5, np.int32),
        to_canonical=np.repeat(TO_CANONICAL[None], 5, axis=0),
        control=np.repeat(control()[None], 5, axis=0),
        pose=some(5, 3),
        blink=some(5),
        speaking=some(5),
        thumbnail=rng.integers(0, 255, (5, 18, 32, 3)).astype(np.uint8),
    )
    return bundle.Replica(
        basis=MouthBasis(some(65, 2), some(3), some(3, 65, 2), some(12, 65, 2)),
        motion=SpeechMotion(some(384), some(384, 8), some(112), some(112, 13), some(13), some(13)),
        template=some(12, 2),
        rest=some(13),
        track=track,
        atlas=atlas(3),
        base_clip=clip,
        description={"software": "test", "metrics": {"lip_ssim": 0.9}, **description},
    )
