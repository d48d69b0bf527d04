"""`python -m countenance.work TASK FOLDER`: do one task, told in lines of JSON. docs/work.md says how."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from countenance.errors import CountenanceError
from countenance.settings import Settings
from countenance.work.ending import TERMINATED, end_with_parent, leave
from countenance.work.line import Line
from countenance.work.storage import STORAGE, is_refused

TASKS = ("check", "report", "train", "render", "lipsync", "transcribe")
USAGE, CRASHED, INTERRUPTED = 64, 70, 130

Run = Callable[[Path, Settings, Line], Mapping[str, Any]]


def main(arguments: list[str]) -> NoReturn:
    end_with_parent()
    os.umask(0o077)
    if len(arguments) != 2 or arguments[0] not in TASKS or not Path(arguments[1]).is_dir():
        sys.stderr.write(f"usage: python -m countenance.work {'|'.join(TASKS)} FOLDER\n")
        leave(USAGE)
    leave(_done(arguments[0], Path(arguments[1]).resolve()))


def _done(task: str, folder: Path) -> int:
    """The exit code."""
    try:
        line = Line(folder, task)
        try:
            run: Run = import_module(f"countenance.work.{task}").run
            line.done(run(folder, Settings(), line))
        except CountenanceError as error:
            if is_refused(error):
                raise
            line.failed(error.findings)
    except SystemExit:
        return TERMINATED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return TERMINATED  # nobody listens any more
    except BaseException as error:
        traceback.print_exc()
        return STORAGE if is_refused(error) else CRASHED
    return 0


if __name__ == "__main__":
    main(sys.argv[1:])
