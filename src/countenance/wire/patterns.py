"""Forms that texts have, as regular expressions; whoever sends another is told so in words (`api.problem`)."""

from __future__ import annotations

import re

_UNSEEN = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
"""Characters that are no space and are not seen either; none that some dialect of regular expressions cannot name."""
NOT_BLANK = rf"[^\s{_UNSEEN}]"
EMAIL = r"^[^@\s]+@[^@\s]+$"
WEB_ADDRESS = r"^https?://\S+$"
SHA256 = r"^[0-9a-f]{64}$"
MONTH = r"^(\d{4}-(0[1-9]|1[0-2]))?$"
"""or nothing"""


def is_blank(text: str) -> bool:
    """Whether nothing of it is seen."""
    return re.search(NOT_BLANK, text) is None
