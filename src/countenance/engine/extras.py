"""What a final replica may have beyond its preview: a net that refines its mouths, and the person's own voice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.engine.checkpoint import Checkpoints
from countenance.engine.hearing import excerpt
from countenance.engine.motion import features_of, speaking
from countenance.engine.refine.apply import Weights
from countenance.engine.refine.fit import RefineOptions, fit_refiner
from countenance.engine.refine.unseen import predicted_unseen
from countenance.engine.replica import Replica
from countenance.engine.speak import MouthPath
from countenance.errors import CountenanceError
from countenance.media.limits import Limits
from countenance.media.read import FPS, SAMPLE_RATE, audio
from countenance.people.errors import TOO_LITTLE_SPEECH
from countenance.progress import ProgressCallback
from countenance.settings import Settings
from countenance.voice.catalogue import DEFAULT_VOICE
from countenance.voice.errors import TOO_LITTLE_TO_LEARN
from countenance.voice.personal_fit import fit_personal_voice

Array = NDArray[np.float32]
Told = dict[str, Any]
"""JSON-ready, for the replica's description"""

_VOICE_RATE = 24_000
_MILLI = 4


def path_in_footage(replica: Replica, samples: Array, source: NDArray[np.intp], settings: Settings) -> MouthPath:
    """The mouth as it is predicted from the footage's own sound, 16 kHz, by the number of the footage's frame.

    No frame is predicted from what was learned from it, so that mistakes are as large as for other sound. Frames that
    are not in `source` (T,) are at rest.
    """
    heard, places = excerpt(samples, source)
    features = features_of(heard, int(replica.motion.layers[0]), settings)
    moving = predicted_unseen(replica.motion, replica.atlas, features, places, source)
    voiced = speaking(heard, len(heard) * FPS // SAMPLE_RATE, settings)[places]
    count = int(source.max()) + 1
    path, share = np.repeat(replica.rest[None], count, axis=0), np.zeros(count, np.float32)
    path[source], share[source] = replica.rest + voiced[:, None] * (moving - replica.rest), voiced
    return MouthPath(path[:, :-1], np.maximum(path[:, -1], 0.0), share)


def refined(
    replica: Replica,
    path: MouthPath,
    options: RefineOptions,
    progress: Callable[[float], None],
    checkpoints: Checkpoints | None = None,
) -> tuple[Weights | None, Told]:
    """The weights of a net that refines the replica's mouths, if it does any good, and what is to be said of it."""
    found = fit_refiner(replica, path, options, lambda share, _: progress(share), checkpoints)
    figures = {name: round(float(value), _MILLI) for name, value in found.figures.items()}
    return found.weights, {"used": found.weights is not None, "reason": found.reason, **figures}


def personal_voice(
    footage: Path, source: NDArray[np.intp], settings: Settings, limits: Limits, progress: ProgressCallback
) -> tuple[dict[str, NDArray[Any]] | None, Told]:
    """The voice in the parts of the footage that were learned from, if it can be had, and what is to be said of it."""
    samples = audio(footage, rate=_VOICE_RATE, limits=limits)
    per_frame = _VOICE_RATE // FPS
    spoken = np.zeros(-(-len(samples) // per_frame), np.bool_)
    spoken[np.minimum(source, len(spoken) - 1)] = True
    own = samples[np.repeat(spoken, per_frame)[: len(samples)]]
    try:
        voice = fit_personal_voice(own, _VOICE_RATE, settings, progress=progress)
    except CountenanceError as error:
        if error.finding.rule not in (TOO_LITTLE_TO_LEARN, TOO_LITTLE_SPEECH):
            raise
        return None, {"used": False, "reason": error.finding.message()}
    if voice is None:
        reason = "No change brings the stock voice nearer to the person without costing words."
        return None, {"used": False, "reason": reason}
    report = {name: round(float(value), _MILLI) for name, value in asdict(voice.report).items()}
    arrays: dict[str, NDArray[Any]] = dict(voice.to_arrays())
    return arrays, {"used": True, "stock": DEFAULT_VOICE, **report}
