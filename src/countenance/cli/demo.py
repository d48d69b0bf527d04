"""`countenance demo`: the main job on the clip of a person who does not exist, from footage to video."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countenance.cli import progress as display
from countenance.cli.errors import NO_STOCK_CLIP
from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.output import console, print_json, print_pairs, report_failure
from countenance.cli.request import Options, request_of
from countenance.cli.studio import load_settings
from countenance.errors import CountenanceError, Finding

SENTENCE = "Hello! I do not exist, but I speak every word you give me, and nobody's face was borrowed for it."
_STAGES = {"train": 100.0, "say": 15.0}


def demo(
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("out/demo"),
    json: Json = False,
) -> Exit:
    """Train a replica of the stock presenter, who does not exist, and let her say a sentence."""
    from countenance.cli.jobs import clear_and_train
    from countenance.progress import StageProgress
    from countenance.stock.clips import presenter_clip
    from countenance.work.speaking import render_replica

    footage = presenter_clip()
    if not footage.is_file():
        raise CountenanceError(Finding(NO_STOCK_CLIP, file=str(footage)))
    # Her voice is the stock voice: there is nothing to learn of it.
    settings = load_settings().model_copy(update={"personal_voice": False})
    request = request_of(Options(footage=footage, synthetic=True), settings)
    replica, video = out / "replica", out / "presenter.mp4"
    with display.shown(as_json=json) as callback:
        stages = StageProgress(_STAGES, callback)
        cleared, description = clear_and_train(request, replica, settings, stages.nested("train"))
        if description is not None:
            rendered = render_replica(replica, video, settings, stages.nested("say"), script=SENTENCE)
            stages.done()
    if description is None:
        report_failure(cleared.blocking, as_json=json)
        return Exit.REFUSED
    figures = {"training_s": description["training_s"], **description["metrics"]}
    if json:
        print_json({"ok": True, "replica": str(replica), "metrics": figures, **rendered.as_dict()})
    else:
        target = console()
        print_pairs(target, "The replica, measured on footage it was not trained on", figures)
        shown = {key: value for key, value in rendered.as_dict().items() if key not in ("video", "notes", "sentences")}
        print_pairs(target, "\nThe video", shown)
        target.print(f"\n{video.resolve()}", soft_wrap=True)
    return Exit.OK
