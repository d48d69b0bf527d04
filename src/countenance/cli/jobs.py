"""The long work of the commands: judge, and train if nothing forbids it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countenance.cli.errors import INTERRUPTED, PREVIEW_STAYS, TERMINATED, refused_by_disk
from countenance.cli.exits import Exit
from countenance.errors import CountenanceError, Finding
from countenance.work.training import WHOLE, Training

if TYPE_CHECKING:
    from countenance.clearance import Clearance, Request
    from countenance.progress import ProgressCallback
    from countenance.settings import Settings

_SECONDS: Mapping[str, float] = {"check": 23, "train": 110}
"""Share of each stage in the time, as measured on 50 s of 720p footage."""


def clear_and_train(
    request: Request, out: Path, settings: Settings, callback: ProgressCallback, training: Training = WHOLE
) -> tuple[Clearance, Mapping[str, Any] | None]:
    """Judge the material and, if nothing forbids it, train; the replica's description, or None if it was blocked.

    If training ends early when a preview is in place, the error says so, also where it was stopped.
    """
    from countenance.certificate import certified
    from countenance.clearance import examine, warrant_of
    from countenance.progress import StageProgress
    from countenance.work.training import train_under

    stages = StageProgress(_SECONDS, callback)
    cleared = examine(request, settings, stages.nested("check"))
    if not cleared.ok:
        return cleared, None
    warrant, receipts = warrant_of(cleared, settings), list[str]()
    with _preview_told(out, receipts), certified(warrant, request.paths, out, settings) as certificate:
        description = train_under(
            certificate,
            warrant,
            request.footage,
            out,
            settings,
            training,
            progress=stages.nested("train"),
            on_preview=lambda: receipts.append(certificate.consent["receipt"]),
        )
    stages.done()
    return cleared, description


@contextmanager
def _preview_told(out: Path, receipts: list[str]) -> Iterator[None]:
    """Whatever ends the block also tells of the preview that is in place under the receipt of this id, if one is."""
    try:
        yield
    except BaseException as error:
        if not receipts or not (out / "replica.json").exists():
            raise
        told = Finding(PREVIEW_STAYS, file=str(out), detail=f"Its receipt: {receipts[0]}.")
        if isinstance(error, CountenanceError):
            raise CountenanceError(*error.findings, told) from error
        if isinstance(error, KeyboardInterrupt):
            raise CountenanceError(Finding(INTERRUPTED), told) from error
        if isinstance(error, SystemExit) and error.code == Exit.TERMINATED:
            raise CountenanceError(Finding(TERMINATED), told) from error
        if (full := refused_by_disk(error)) is not None:
            raise CountenanceError(full, told) from error
        error.add_note(told.message())
        raise
