"""The committed clips of the synthetic presenter, and the truth about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countenance.voice.speech import Phone

_FOLDER = Path(__file__).with_name("clips")

CONSENT_NAME = "Ada Winter"
"""Who the person in the consent clip says to be."""
PRESENTER_SEED, PRESENTER_LISTENING_S = 11, 9.0
"""With which the presenter's clip was performed (see `countenance.stock.animate.perform`)."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What drove a clip, per frame at `fps`: T frames.

    Pixels have x to the right, y down, and (0, 0) in the middle of the first pixel. `lip_gap_px` is the distance of
    the inner lips at their middle, negative where they press into each other. `lips_px` (T, 76, 2) are 38 points
    round the border of the red, then 38 where the lips meet; each ring starts at the middle of the upper lip and goes
    to the person's left first. `actions` (T, 52) are the driven weights in the order of `action_names`. `pose_deg`
    (T, 3) is yaw (nose to the picture's right), pitch (nose up) and roll (top of the head to the picture's left).
    `blink` is how far the lids were driven shut. The person speaks until `speaking_s` and then listens.
    """

    fps: int
    lip_gap_px: NDArray[np.float32]
    mouth_width_px: NDArray[np.float32]
    lips_px: NDArray[np.float32]
    action_names: tuple[str, ...]
    actions: NDArray[np.float32]
    pose_deg: NDArray[np.float32]
    blink: NDArray[np.float32]
    phones: tuple[Phone, ...]
    speaking_s: float
    text: str

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            fps=self.fps,
            lip_gap_px=self.lip_gap_px,
            mouth_width_px=self.mouth_width_px,
            lips_px=self.lips_px.astype(np.float16),
            action_names=np.array(self.action_names),
            actions=self.actions.astype(np.float16),
            pose_deg=self.pose_deg,
            blink=self.blink,
            phone_symbols=np.array([p.symbol for p in self.phones]),
            phone_times=np.array([(p.start_s, p.end_s) for p in self.phones]),
            phone_stress=np.array([p.stress for p in self.phones], np.int8),
            speaking_s=self.speaking_s,
            text=self.text,
        )


def presenter_clip() -> Path:
    """The presenter speaks for about 40 seconds, then listens for 9: footage from which a replica can be trained."""
    return _FOLDER / "presenter.mp4"


def consent_clip() -> Path:
    """The same person says the consent statement, as `CONSENT_NAME`."""
    return _FOLDER / "consent.mp4"


def presenter_truth() -> Truth:
    """What drove the presenter's clip."""
    return load_truth(_FOLDER / "presenter.npz")


def load_truth(path: Path) -> Truth:
    """Read what `Truth.save` wrote."""
    with np.load(path) as data:
        phones = tuple(
            Phone(str(symbol), float(start), float(end), int(stress))
            for symbol, (start, end), stress in zip(
                data["phone_symbols"], data["phone_times"], data["phone_stress"], strict=True
            )
        )
        return Truth(
            fps=int(data["fps"]),
            lip_gap_px=data["lip_gap_px"],
            mouth_width_px=data["mouth_width_px"],
            lips_px=data["lips_px"].astype(np.float32),
            action_names=tuple(str(n) for n in data["action_names"]),
            actions=data["actions"].astype(np.float32),
            pose_deg=data["pose_deg"],
            blink=data["blink"],
            phones=phones,
            speaking_s=float(data["speaking_s"]),
            text=str(data["text"]),
        )
