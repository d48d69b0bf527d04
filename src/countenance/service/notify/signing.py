"""The secrets that webhooks are signed with, as Standard Webhooks has it (standardwebhooks.com).

A registered endpoint has a secret of its own. What goes to a `callback_url` is signed with the secret of its
workspace, which follows from one key of the installation, so that nothing has to be stored for it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from pathlib import Path

from standardwebhooks import Webhook

from countenance.media.private import private_folder, write_once
from countenance.settings import Settings

_KEY_FILE = Path("keys") / "webhooks.key"
_KEY_BYTES = 32
_PREFIX = "whsec_"


def new_secret() -> str:
    """A secret for a registered endpoint."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def workspace_secret(workspace_id: str, settings: Settings) -> str:
    """The secret by which a workspace's callbacks are signed.

    Raises:
        OSError: for a key that can be neither read nor made.
    """
    path = settings.data_dir / _KEY_FILE
    if not path.exists():
        private_folder(path.parent)
        write_once(path, secrets.token_bytes(_KEY_BYTES))
    digest = hmac.new(path.read_bytes(), b"webhooks of " + workspace_id.encode(), hashlib.sha256)
    return _PREFIX + base64.b64encode(digest.digest()).decode()


def signed_headers(secret: str, message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """The headers by which a receiver sees who sent a message, and that it is fresh."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, moment, body.decode()),
    }
