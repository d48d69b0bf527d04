"""The renderers that are compared with the engine: what each shows in a take, and what finishes its mouths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from countenance.engine.choice import Choice
from countenance.engine.compose import Finish
from countenance.engine.evaluate import Pick, Take, own_choice
from countenance.engine.landmarks import RING
from countenance.engine.refine.apply import available, finish_of
from countenance.engine.refine.fit import RefineOptions, fit_refiner
from countenance.engine.replica import Replica
from countenance.engine.retrieve import nearest
from countenance.engine.speak import MouthPath

_MEAN_OF = 24


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A renderer: the replica that it uses, the mouths that it picks, and what finishes them."""

    name: str
    replica: Replica
    pick: Pick = own_choice
    finish: Finish | None = None


def mean_mouth(replica: Replica, take: Take) -> Choice:
    """A mouth that does not move: the mean of many, in the mean shape."""
    code = np.repeat(replica.atlas.code.mean(axis=0, keepdims=True), len(take.track), axis=0)
    rows = np.linspace(0, len(replica.atlas) - 1, min(_MEAN_OF, len(replica.atlas))).astype(int)
    mixture = [(int(row), 1.0 / len(rows)) for row in rows]
    return Choice(replica.basis.shape(code, take.track.pose), [mixture] * len(take.track))


def nearest_mouth(replica: Replica, take: Take) -> Choice:
    """The filmed mouth that is nearest in each frame by itself, in its own shape."""
    pose = np.nan_to_num(take.track.pose)
    rows = nearest(replica.atlas, take.path.code, take.path.gap, pose)
    return Choice(replica.atlas.control[rows][:, len(RING) :], [[(int(row), 1.0)] for row in rows])


def direct_net(replica: Replica, heard: MouthPath, seconds: float) -> Finish | None:
    """A net that paints the whole mouth anew, learned as long as the one that refines; None without torch."""
    if not available():
        return None
    learned = fit_refiner(replica, heard, RefineOptions(budget_s=seconds, paint_anew=True, judged=False))
    return None if learned.weights is None else finish_of(learned.weights)
