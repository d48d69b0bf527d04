"""What the audit log says, in words: everything that is ever noted, and whoever has no key of the workspace."""

from __future__ import annotations

from collections.abc import Mapping

DEEDS: Mapping[str, str] = {
    "replica.create": "asked for a replica",
    "replica.delete": "deleted",
    "replica.purge": "erased",
    "replica.report.read": "read the report",
    "replica.media.read": "looked at pictures or film",
    "replica.footage.read": "looked at the recordings",
    "replica.receipt.read": "read the receipt",
    "replica.receipt.revoke": "took the consent back",
    "replica.review": "confirmed, after a look",
    "replica.review.refuse": "refused, after a look",
    "receipt.read": "read the receipt",
    "receipt.revoke": "took the consent back",
    "consent_request.create": "asked a person by a link",
    "consent_request.withdraw": "took the link back",
    "consent_request.record": "agreed by the link",
    "consent_request.decline": "said no by the link",
    "consent_request.revoke": "took the consent back by the link",
    "video.create": "asked for a video",
    "video.delete": "deleted",
    "video.purge": "erased",
    "video.media.read": "looked at the video",
    "video.share": "made a link for others",
    "video.share.read": "opened the page of a link",
    "video.share.revoke": "took a link for others back",
    "lipsync.create": "asked for a lip-synced film",
    "lipsync.delete": "deleted",
    "lipsync.purge": "erased",
    "lipsync.media.read": "looked at the film",
    "transcription.create": "asked for a transcription",
    "transcription.delete": "deleted",
    "upload.media.read": "looked at or listened to an upload",
    "upload.report": "had an upload checked",
    "key.create": "made a key",
    "key.revoke": "revoked a key",
    "session.begin": "signed a browser in",
    "session.link": "made a link to sign in",
    "workspace.update": "changed the workspace",
    "workspace.secret.read": "looked at the secret for webhooks",
    "member.add": "added or changed a person",
    "member.remove": "removed a person",
    "endpoint.create": "registered a webhook",
    "endpoint.delete": "deleted a webhook",
    "credits.grant": "gave credits",
}
"""By what is noted."""
ACTORS: Mapping[str, str] = {
    "link": "somebody with a link, who was not signed in",
    "share": "somebody with a shared link",
    "consent-link": "the person who was asked",
    "command": "the operator, on the machine",
}
"""By what the actor begins with, before a colon; `key:<id>` is told by the key's name."""
