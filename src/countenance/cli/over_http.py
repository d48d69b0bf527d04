"""The commands that ask a server."""

from __future__ import annotations

from countenance.cli import (
    asked,
    dictionaries,
    lipsyncs,
    members,
    receipts,
    replicas,
    server,
    transcriptions,
    uploads,
    videos,
    webhooks,
    workspace,
)

GROUPS = (
    replicas.app,
    videos.app,
    lipsyncs.app,
    transcriptions.app,
    dictionaries.app,
    uploads.app,
    uploads.media,
    asked.app,
    asked.links,
    receipts.app,
    webhooks.app,
    webhooks.deliveries,
    workspace.app,
    members.app,
    server.app,
)
