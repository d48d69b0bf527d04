"""What can be wrong with a replica's archive."""

from __future__ import annotations

from countenance.errors import Rule

NOT_AN_ARCHIVE = Rule(
    id="engine.not_an_archive",
    title="The file is not the archive of a replica.",
    remedy="Name a file that `countenance export` wrote.",
)
ARCHIVE_DAMAGED = Rule(
    id="engine.archive_damaged",
    title="The archive is damaged, was changed, or holds what does not belong into one.",
    remedy="Copy it again from where it came from, or export the replica again. Nothing was put in place.",
)
ARCHIVE_TOO_LARGE = Rule(
    id="engine.archive_too_large",
    title="The archive is larger than the limit.",
    remedy="Move the replica's folder itself.",
    limit=32.0,
    unit="GB",
)
ARCHIVE_IN_REPLICA = Rule(
    id="engine.archive_in_replica",
    title="The archive would be written into the replica that it is to hold.",
    remedy="Name a file outside of the replica's folder.",
)

RULES: tuple[Rule, ...] = (NOT_AN_ARCHIVE, ARCHIVE_DAMAGED, ARCHIVE_TOO_LARGE, ARCHIVE_IN_REPLICA)
"""The engine's, so far as they are about archives."""
