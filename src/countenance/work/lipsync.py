"""`lipsync`: the lips of a film follow another sound. The person in it must have agreed as for any replica."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countenance.certificate import certified
from countenance.progress import StageProgress
from countenance.settings import Settings
from countenance.warrant import load_warrant
from countenance.work.check import WARRANT, checked
from countenance.work.line import Line
from countenance.work.render import MOVING, STILL
from countenance.work.speaking import render_replica
from countenance.work.task import Claimed, Dubbed, task_in
from countenance.work.thumbnail import stills_of
from countenance.work.train import CHECKPOINTS, RECEIPT, earlier, is_final
from countenance.work.training import Training, train_under

STAGES: Mapping[str, float] = {"check": 23, "train": 75, "render": 25}
"""Share of each stage in the time, as measured on 50 s of 720p footage."""
_REPLICA = "replica"


def run(folder: Path, settings: Settings, line: Line) -> Mapping[str, Any]:
    """See docs/work.md. The replica that it needs is learned quickly, and is gone at the end."""
    claimed, task = task_in(folder, Claimed), task_in(folder, Dubbed)
    own = settings.model_copy(update={"account": claimed.account})
    stages = StageProgress(STAGES, line.progress)
    request = claimed.request(folder)
    # A second try goes on under the receipt of the first: its one-time words are used up.
    if not (folder / RECEIPT).exists():
        result = checked(request, folder, own, stages.nested("check"))
        if not result["ok"]:
            return result
    warrant, replica, out = load_warrant(folder / WARRANT, own), folder / _REPLICA, folder / task.out
    quick = Training(refine_s=0.0, personal_voice=False, device=task.device, checkpoints=folder / CHECKPOINTS)

    def signed() -> None:
        line.event("receipt", file=RECEIPT)

    with certified(warrant, request.paths, replica, own, folder / RECEIPT, signed) as certificate:
        if not is_final(earlier(replica, certificate)):
            train_under(certificate, warrant, request.footage, replica, own, quick, progress=stages.nested("train"))
    report = render_replica(replica, out, own, stages.nested("render"), audio=folder / task.audio)
    stills_of(out, folder / STILL, folder / MOVING, own, report.statement)
    shutil.rmtree(replica, ignore_errors=True)
    stages.done()
    receipt = certificate.consent["receipt"]
    return {"report": report.as_dict(), "video": task.out, "still": STILL, "gif": MOVING, "receipt": receipt}
