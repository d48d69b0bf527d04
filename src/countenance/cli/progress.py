"""How far the work is, on stderr: a bar on a terminal, lines in a log, JSON lines for a program."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from countenance.progress import Progress, ProgressCallback

_JSON_EVERY_S = 0.5
_LINE_EVERY_S = 5.0


@contextmanager
def shown(*, as_json: bool) -> Iterator[ProgressCallback]:
    """A callback that shows progress until the block ends; nothing is written to stdout."""
    if as_json:
        yield _throttled(_json_line, _JSON_EVERY_S)
    elif sys.stderr.isatty():
        with _bar() as callback:
            yield callback
    else:
        yield _throttled(_plain_line, _LINE_EVERY_S)


def _throttled(line: Callable[[Progress, float], str], every_s: float) -> ProgressCallback:
    """Writes the first report, each change of stage, the end, and in between one report every so many seconds."""
    began = time.monotonic()
    last_stage, last_s, ended = "", float("-inf"), False

    def callback(progress: Progress) -> None:
        nonlocal last_stage, last_s, ended
        now = time.monotonic()
        if ended or (progress.stage == last_stage and progress.fraction < 1.0 and now - last_s < every_s):
            return
        last_stage, last_s, ended = progress.stage, now, progress.fraction >= 1.0
        sys.stderr.write(line(progress, now - began) + "\n")
        sys.stderr.flush()

    return callback


def _json_line(progress: Progress, elapsed_s: float) -> str:
    left = progress.seconds_left
    return json.dumps(
        {
            "stage": progress.stage,
            "fraction": round(progress.fraction, 4),
            "seconds_left": None if left is None else round(left, 1),
            "elapsed_s": round(elapsed_s, 1),
        }
    )


def _plain_line(progress: Progress, elapsed_s: float) -> str:
    return f"{elapsed_s:6.1f} s  {progress.fraction:4.0%}  {progress.stage}{_left(progress)}"


def _left(progress: Progress) -> str:
    if progress.seconds_left is None or progress.fraction >= 1.0:
        return ""
    seconds = round(progress.seconds_left)
    return f", about {seconds} s left" if seconds < 100 else f", about {round(seconds / 60)} min left"


@contextmanager
def _bar() -> Iterator[ProgressCallback]:
    from rich.progress import BarColumn, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from countenance.cli.output import console

    # The spinner and the clock go on while a stage has nothing to report: what works does not look stuck.
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<16}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Bar(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, left="")

        def callback(progress: Progress) -> None:
            left = _left(progress).removeprefix(", ")
            bar.update(task, completed=progress.fraction, description=progress.stage, left=left)

        yield callback
