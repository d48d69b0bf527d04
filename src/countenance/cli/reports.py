"""Reports as pages: what `--report` asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from countenance.errors import CountenanceError

if TYPE_CHECKING:
    from countenance.footage.portrait import PortraitReport
    from countenance.footage.report import Report
    from countenance.settings import Settings


@contextmanager
def refusal_reported(footage: Path, folder: Path | None) -> Iterator[None]:
    """A file that cannot be read gets its page too, if one was asked for."""
    try:
        yield
    except CountenanceError as error:
        if folder is not None:
            from countenance.footage.publish import write_refusal

            write_refusal(footage, error.findings, folder)
        raise


def page_of(report: Report | PortraitReport, folder: Path | None, settings: Settings) -> dict[str, str]:
    """Write the report, if a folder was named; where its page lies."""
    if folder is None:
        return {}
    from countenance.footage.publish import write_report

    return {"page": str(write_report(report, folder, settings))}
