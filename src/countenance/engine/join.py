"""The pictures of the playing clip in the order of the plan, with soft joins where it jumps."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import invert
from countenance.engine.compose import Stage
from countenance.engine.playback import Shot
from countenance.engine.replica import BaseTrack
from countenance.media.limits import Limits
from countenance.media.seek import ClipDecoder

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]

_FLOW_SIDE_PX = 640
_FADE = 2.0
"""How much steeper the fade is than the bending: where two pictures are mixed, grain and hair are softer, so that it
shall be few frames."""
_CURSORS = 2
"""A join reads the stretch that ends and the one that begins."""


class ClipReader:
    """Pictures of a clip by index: cheap in order, a jump where they are not. A context manager.

    It keeps two decoders for as long as it is open, whatever the number of jumps.
    """

    def __init__(self, clip: Path, limits: Limits) -> None:
        self._clip = clip
        self._limits = limits
        self._exits = ExitStack()
        self._decoders: list[ClipDecoder] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._decoders.clear()
        self._exits.__exit__(kind, error, at)

    def frame(self, index: int) -> Picture:
        """(H, W, 3) the picture shown at index / 25 s."""
        decoder = next((one for one in self._decoders if index - one.number in (0, 1)), None)
        if decoder is not None:
            self._decoders.remove(decoder)
        elif len(self._decoders) < _CURSORS:
            decoder = self._exits.enter_context(ClipDecoder(self._clip, self._limits))
        else:
            decoder = self._decoders.pop(0)
        self._decoders.append(decoder)
        return decoder.picture(index)


def staged(clip: ClipReader, track: BaseTrack, shot: Shot) -> Stage:
    """The picture of a shot, with where the face is in it."""
    image = clip.frame(shot.frame)
    if shot.other is None:
        return Stage(image, track.to_canonical[shot.frame], track.control[shot.frame])
    pair = [shot.frame, shot.other]
    share = np.array([1.0 - shot.share, shot.share], np.float32)
    return Stage(
        between(image, clip.frame(shot.other), shot.share),
        invert(np.tensordot(share, invert(track.to_canonical[pair]), axes=1)),
        np.tensordot(share, track.control[pair], axes=1),
    )


def pose_of(track: BaseTrack, shots: list[Shot]) -> Array:
    """(T, 3) head pose in degrees of each shot."""
    first = track.pose[[shot.frame for shot in shots]]
    second = track.pose[[shot.frame if shot.other is None else shot.other for shot in shots]]
    share = np.array([shot.share for shot in shots], np.float32)[:, None]
    return np.asarray(first + share * (second - first), np.float32)


def between(a: Picture, b: Picture, share: float) -> Picture:
    """The picture `share` (0..1) of the way from a to b: both are bent along the optical flow, then faded.

    Dense inverse search (Kroeger et al. 2016, arXiv:1603.03590) on a small copy: the two are nearly the same.
    """
    height, width = a.shape[:2]
    scale = min(1.0, _FLOW_SIDE_PX / max(height, width))
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    small = [cv2.cvtColor(cv2.resize(p, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY) for p in (a, b)]
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(small[0], small[1], np.zeros(0))
    stretch = np.array([width / size[0], height / size[1]], np.float32)
    full = np.asarray(cv2.resize(flow, (width, height)) * stretch, np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    bent = [_moved(a, x, y, full, -share), _moved(b, x, y, full, 1.0 - share)]
    fade = min(1.0, max(0.0, 0.5 + _FADE * (share - 0.5)))
    return np.asarray(cv2.addWeighted(bent[0], 1.0 - fade, bent[1], fade, 0.0), np.uint8)


def _moved(picture: Picture, x: Array, y: Array, flow: Array, share: float) -> Picture:
    across, down = x + share * flow[..., 0], y + share * flow[..., 1]
    return np.asarray(cv2.remap(picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
