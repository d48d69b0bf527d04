"""Whether it is known who asks where a proxy stands before the server."""

from __future__ import annotations

import structlog

from countenance.settings import Settings

_log = structlog.get_logger(__name__)


def warn_of_proxy(settings: Settings) -> bool:
    """Warn, once at the start, where TLS ends at a proxy (the server itself has none) whose word on addresses is not
    taken: then everybody seems to be at one address, and shares what one address may ask for. Whether it was."""
    if not (settings.public_url or "").lower().startswith("https://") or settings.trusted_proxies.strip():
        return False
    _log.warning(
        "everybody seems to be at the proxy's address",
        remedy="Set COUNTENANCE_TRUSTED_PROXIES to the address of the proxy before this server.",
    )
    return True
