"""Forms that texts have, as regular expressions; whoever sends another is told so in words (`api.problem`)."""

from __future__ import annotations

NOT_BLANK = r"\S"
EMAIL = r"^[^@\s]+@[^@\s]+$"
WEB_ADDRESS = r"^https?://\S+$"
SHA256 = r"^[0-9a-f]{64}$"
MONTH = r"^(\d{4}-(0[1-9]|1[0-2]))?$"
"""or nothing"""
