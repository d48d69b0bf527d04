"""What is no fault of the material: the machine does not keep what is made."""

from __future__ import annotations

import errno

from countenance.consent.receipt_rules import REGISTER_UNUSABLE
from countenance.consent.rules import CANNOT_STORE as CONSENT_NOT_STORED
from countenance.engine.errors import CANNOT_STORE as REPLICA_NOT_STORED
from countenance.errors import CountenanceError
from countenance.media.errors import CANNOT_WRITE

STORAGE = 74
"""The exit status of a task to which that happened (sysexits.h, EX_IOERR)."""
_RULES = frozenset(rule.id for rule in (REGISTER_UNUSABLE, CONSENT_NOT_STORED, REPLICA_NOT_STORED, CANNOT_WRITE))
_NUMBERS = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO))


def is_refused(error: BaseException) -> bool:
    """Whether the disk, full or broken, is what ended the work: the same again may succeed later."""
    if isinstance(error, CountenanceError):
        return any(finding.rule.id in _RULES for finding in error.findings)
    return isinstance(error, OSError) and error.errno in _NUMBERS
