"""The error catalogue of the command line."""

from __future__ import annotations

from countenance.errors import Rule, Severity

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

RULES = (USAGE, BAD_SETTING, INTERRUPTED, TERMINATED, PREVIEW_STAYS, INTERNAL, SCRIPT_NO_TEXT, NO_STOCK_CLIP)
