"""The secrets that webhooks are signed with, as Standard Webhooks has it (standardwebhooks.com).

A registered endpoint has a secret of its own. What goes to a `callback_url` is signed with the secret of its
workspace, which follows from the installation's secret for links, so that nothing has to be stored for it and all
machines agree.
"""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from standardwebhooks import Webhook

from countenance.service.objects.links import derived_key
from countenance.settings import Settings

_KEY_BYTES = 32
_PREFIX = "whsec_"


def new_secret() -> str:
    """A secret for a registered endpoint."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def workspace_secret(workspace_id: str, settings: Settings) -> str:
    """The secret by which a workspace's callbacks are signed.

    Raises:
        CountenanceError: service.link_key.
    """
    return _PREFIX + base64.b64encode(derived_key(settings, f"webhooks of {workspace_id}")).decode()


def signed_headers(secret: str, message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """The headers by which a receiver sees who sent a message, and that it is fresh."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, moment, body.decode()),
    }
