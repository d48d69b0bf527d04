"""Reports as pages: what `--report` asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from countenance.cli.exits import Exit
from countenance.errors import CountenanceError, Finding

if TYPE_CHECKING:
    from countenance.footage.portrait import PortraitReport
    from countenance.footage.report import Report
    from countenance.settings import Settings


def check_place(folder: Path | None) -> None:
    """Whether a report can be written, if a folder was named, before much work is done.

    Raises:
        CountenanceError: media.cannot_write.
    """
    if folder is not None:
        from countenance.media.place import check_folder

        check_folder(folder)


@contextmanager
def refusal_reported(footage: Path, folder: Path | None) -> Iterator[None]:
    """A file that cannot be read gets its page too, if one was asked for."""
    try:
        yield
    except CountenanceError as error:
        if folder is not None:
            from countenance.footage.publish import write_refusal

            try:
                write_refusal(footage, error.findings, folder)
            except CountenanceError as unwritten:
                raise CountenanceError(*error.findings, *unwritten.findings) from error
        raise


def page_of(
    report: Report | PortraitReport, folder: Path | None, settings: Settings
) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Write the report, if a folder was named: where its page lies, and why there is none.

    What was found took long, and is told whether or not the report can be written.
    """
    if folder is None:
        return {}, ()
    from countenance.footage.publish import write_report

    try:
        return {"page": str(write_report(report, folder, settings))}, ()
    except CountenanceError as error:
        return {}, error.findings


def exit_of(forbidding: Sequence[Finding], unwritten: Sequence[Finding]) -> Exit:
    """How a check ends: by what it found; if that is nothing, by whether its report could be written."""
    if forbidding:
        return Exit.REFUSED
    return Exit.INPUT if unwritten else Exit.OK
