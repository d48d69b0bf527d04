"""`render`: a replica speaks a script or a recording; pictures of the video and its captions beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from countenance.engine.background import FILMED, Background, Kind, background_of
from countenance.engine.external.call import Call
from countenance.engine.external.manifest import BUILT_IN, engine_of
from countenance.engine.render import RenderOptions
from countenance.media.image import is_image
from countenance.settings import Settings
from countenance.voice.captions import vtt_of_sentences
from countenance.voice.pronunciation import parse
from countenance.voice.speech import Sentence
from countenance.work.line import Line
from countenance.work.speaking import render_replica
from countenance.work.task import Behind, Rendered, path_in, task_in
from countenance.work.thumbnail import stills_of

STILL, MOVING, CAPTIONS = "still.jpg", "preview.gif", "captions.vtt"


def run(folder: Path, settings: Settings, line: Line) -> Mapping[str, Any]:
    """See docs/work.md."""
    task = task_in(folder, Rendered)
    own = settings
    if task.watermark is not None:
        mark = folder / task.watermark
        own = settings.model_copy(update={"visible_mark": str(mark) if mark.is_file() else task.watermark})
    options = RenderOptions(
        voice=task.voice,
        pronunciations=None if task.pronunciations is None else parse(task.pronunciations),
        background=_background(task.background, folder),
        engine=_engine(task, own),
        fall_back=task.fall_back,
        device=task.device,
    )
    audio, out = path_in(folder, task.audio), folder / task.out
    report = render_replica(
        folder / task.replica, out, own, line.progress, audio=audio, script=task.script, options=options
    )
    stills_of(out, folder / STILL, folder / MOVING, own, report.statement)
    captions = _captions(report.sentences, folder / CAPTIONS)
    return {"report": report.as_dict(), "video": task.out, "still": STILL, "gif": MOVING, "captions": captions}


def _captions(sentences: Sequence[Sentence], path: Path) -> str | None:
    """Written where the times of what is said are known: what the file is called."""
    if not sentences:
        return None
    path.write_text(vtt_of_sentences(sentences), encoding="utf-8")
    return path.name


def _background(behind: Behind | None, folder: Path) -> Background:
    """What is meant.

    Raises:
        CountenanceError: engine.unknown_background.
    """
    if behind is None:
        return FILMED
    if behind.transparent:
        return Background(Kind.TRANSPARENT)
    if behind.colour is not None:
        return background_of(behind.colour)
    file = path_in(folder, behind.file)
    if file is None:
        return FILMED
    return Background(Kind.PICTURE if is_image(file) else Kind.VIDEO, file=file)


def _engine(task: Rendered, settings: Settings) -> Call | None:
    if task.engine is None or task.engine == BUILT_IN:
        return None
    return Call(engine_of(task.engine, settings), device=task.device, accepted=task.accept_non_commercial)
