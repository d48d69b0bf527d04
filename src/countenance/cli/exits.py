"""Exit codes: what a script can rely on."""

from __future__ import annotations

from enum import IntEnum

from countenance.errors import Finding

_BAD_ARGUMENT = (
    "media.file_missing",
    "media.not_a_file",
    "media.unreadable",
    "media.cannot_write",
    "media.anchors_unusable",
    "consent.name_missing",
    "consent.unknown_language",
    "consent.statement_file_invalid",
    "consent.receipt_unreadable",
    "consent.register_unusable",
    "consent.key_unreadable",
    "consent.key_exposed",
    "consent.not_confirmed",
    "consent.place_kept",
    "consent.not_erased",
    "consent.reference_no_face",
    "consent.reference_several_faces",
    "consent.reference_two_people",
    "consent.stored_face_unknown",
    "consent.stored_face_damaged",
    "consent.biometric_key_wrong",
    "consent.biometric_key_invalid",
    "engine.external_manifest",
    "engine.external_unknown",
    "engine.external_not_accepted",
)
_BAD_MATERIAL = (
    "media.",
    "footage.",
    "consent.",
    "engine.too_little",
    "engine.appearance",
    "people.too_little",
    "picture.",
)
_BAD_INSTALLATION = ("people.weight", "stock.", "engine.external_", "voice.plugin", "voice.program", "voice.service")


class Exit(IntEnum):
    """The exit codes of every command; docs/cli.md says the same."""

    OK = 0
    """Done; for `check`: the footage may train a replica."""
    INTERNAL = 1
    """A fault of the software or of its installation (a model's weights are missing)."""
    REFUSED = 2
    """The material was refused: the footage or the consent has findings that forbid training, or cannot be read."""
    INPUT = 3
    """A file, folder, text or setting that was named cannot be used."""
    USAGE = 64
    """The command line itself is wrong: unknown options, missing or contradicting arguments (sysexits.h, EX_USAGE)."""
    INTERRUPTED = 130
    """Ctrl-C; nothing half-finished is left behind, a preview that can speak stays."""
    TERMINATED = 143
    """The process was asked to end (SIGTERM); nothing half-finished is left behind, a preview that can speak stays."""


_STOPPED = {"cli.interrupted": Exit.INTERRUPTED, "cli.terminated": Exit.TERMINATED}


def exit_for(finding: Finding, *, judges_material: bool) -> Exit:
    """The exit code for the finding that stopped a command.

    `judges_material` says that the command's purpose is to judge a recording or to learn from it (`check`, `train`):
    then a recording that cannot be read was refused; elsewhere it is an input that cannot be used.
    """
    rule = finding.rule.id
    if rule in _STOPPED:
        return _STOPPED[rule]
    if rule in _BAD_ARGUMENT:
        return Exit.INPUT
    if rule.startswith(_BAD_INSTALLATION):
        return Exit.INTERNAL
    if rule.startswith("consent."):
        return Exit.REFUSED
    return Exit.REFUSED if judges_material and rule.startswith(_BAD_MATERIAL) else Exit.INPUT
