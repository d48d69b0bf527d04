"""The error catalogue of the command line."""

from __future__ import annotations

from countenance.errors import Finding, Rule, Severity

USAGE = Rule(
    id="cli.usage",
    title="The command was not understood.",
    remedy="Run `countenance --help`, or the command with --help.",
)
BAD_SETTING = Rule(
    id="cli.bad_setting",
    title="A setting has a value that cannot be used.",
    remedy="Correct the environment variable that is named, or remove it.",
)
INTERRUPTED = Rule(
    id="cli.interrupted",
    title="Stopped before the end, as asked.",
    remedy="Run the command again to start over: nothing half-finished was left behind.",
)
TERMINATED = Rule(
    id="cli.terminated",
    title="Stopped before the end, because the process was asked to end.",
    remedy="Run the command again to start over: nothing half-finished was left behind.",
)
PREVIEW_STAYS = Rule(
    id="cli.preview_stays",
    title="The replica was not finished, but a preview of it is in place and can speak.",
    remedy="Train again to the same folder, or revoke the receipt: that deletes the preview.",
    severity=Severity.HINT,
)
INTERNAL = Rule(
    id="cli.internal",
    title="Something went wrong inside the software.",
    remedy="Please report it together with what stands above.",
)
DISK_REFUSED = Rule(
    id="cli.disk_refused",
    title="The disk does not keep what is made: it is full, or does not work.",
    remedy="Make room where the result and temporary files are written (TMPDIR names the latter), and run the command "
    "again.",
)
SCRIPT_NO_TEXT = Rule(
    id="cli.script_no_text",
    title="The script's file is no text.",
    remedy="Save it as plain text in UTF-8.",
)
NO_STOCK_CLIP = Rule(
    id="cli.no_stock_clip",
    title="The stock clip is not part of this installation.",
    remedy="Install countenance from its wheel or its repository.",
)

RULES = (
    USAGE,
    BAD_SETTING,
    INTERRUPTED,
    TERMINATED,
    PREVIEW_STAYS,
    INTERNAL,
    DISK_REFUSED,
    SCRIPT_NO_TEXT,
    NO_STOCK_CLIP,
)


def refused_by_disk(error: BaseException) -> Finding | None:
    """What to tell where the disk, full or broken, ended the work; which of our own files that met says nothing."""
    from countenance.work.storage import is_refused

    if not isinstance(error, OSError) or not is_refused(error):
        return None
    return Finding(DISK_REFUSED, detail=f"{error.strerror}." if error.strerror else "")
