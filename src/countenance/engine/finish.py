"""How a mouth is finished after it was bent: by the net that was learned with the replica, where it can run."""

from __future__ import annotations

from typing import cast

from countenance.engine.compose import Finish
from countenance.engine.errors import REPLICA_DAMAGED
from countenance.engine.refine.apply import Device, available, finish_of
from countenance.engine.replica import REFINER, Replica
from countenance.errors import CountenanceError, Finding
from countenance.settings import Settings

NO_TORCH = "Mouths are not refined: torch is not installed (the extra `neural`)."


def check_device(device: str, threads: int) -> None:
    """Whether nets can run there; needs torch.

    Raises:
        CountenanceError: engine.no_gpu.
    """
    from countenance.engine.refine.device import chosen

    chosen(cast(Device, device), threads)


def finish_for(replica: Replica, settings: Settings, device: str = "auto") -> tuple[Finish | None, tuple[str, ...]]:
    """The finish of a replica's mouths, if it has one, and what is to be said if it has one that cannot run here.

    Raises:
        CountenanceError: engine.no_gpu, engine.replica_damaged.
    """
    weights = replica.optional.get(REFINER)
    if weights is None:
        return None, ()
    if not available():
        return None, (NO_TORCH,)
    try:
        return finish_of(weights, settings.threads, cast(Device, device)), ()
    except ValueError as error:
        raise CountenanceError(Finding(REPLICA_DAMAGED, file=REFINER)) from error
