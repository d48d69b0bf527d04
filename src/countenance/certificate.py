"""The receipt of a training: signed before it, so that the replica can carry it, and entered when it counts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countenance.consent import gallery, phrase, register
from countenance.consent import receipt as receipts
from countenance.consent.erase import receipt_in
from countenance.consent.keys import trusted_keys
from countenance.consent.permission import carried
from countenance.consent.receipt import Receipt, sign
from countenance.consent.register import HoldingKind, Standing
from countenance.errors import CountenanceError
from countenance.media.private import private_folder, write_once
from countenance.settings import Settings
from countenance.warrant import CONSENT, FOOTAGE, Warrant


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a training needs of the warrant that it was given."""

    consent: Mapping[str, Any]
    """what the replica carries as its `consent`"""
    count: Callable[[], None]
    """From this call on the receipt counts: the replica, or its preview, is in place. A second call does nothing.

    Raises:
        CountenanceError: for registers that cannot be used.
    """
    check: Callable[[], None]
    """Raises consent.revoked if the consent was taken back after it began to count. Takes well under a millisecond."""


@contextmanager
def certified(
    warrant: Warrant,
    files: Mapping[str, Path],
    replica: Path,
    settings: Settings,
    kept: Path | None = None,
    on_signed: Callable[[], None] = lambda: None,
) -> Iterator[Certificate]:
    """Train inside this block, to `replica`, from `files` by role.

    The receipt is signed before, so that the replica can carry it, and enters the register when the block says that it
    counts, at the latest at its end. Whatever goes wrong before leaves no receipt, and one-time words are good for
    another try; what goes wrong later leaves it to the preview that was made under it. A replica that is in place while
    its receipt does not count, because it could not be entered or its consent was taken back, is deleted.

    A training that may be begun again after its process died keeps its receipt in the file `kept`: every further try
    goes on under the same one. `on_signed` is called when it is there, before words are used up under it. One-time
    words that were used up under the same warrant stay good for it; where there may be a further try, only what is told
    as an error gives them back.

    Raises:
        CountenanceError: clearance.not_reviewed, clearance.other_file; for one-time words that were used meanwhile,
            for keys and registers that cannot be used; consent.place_kept, consent.revoked.
    """
    warrant.check_files(files)
    register.check_place(replica, settings)
    receipt = _receipt(warrant, settings, kept)
    on_signed()
    if warrant.phrase is not None:
        phrase.use_up(warrant.phrase, settings, by=warrant.digest)
    entered = False

    def stands() -> bool:
        return register.standing(receipt.id, settings) is not Standing.UNKNOWN

    def count() -> None:
        nonlocal entered
        # An earlier try may have died while it entered the receipt: what it left is made whole.
        if not entered:
            _register(receipt, warrant, files, replica, settings)
            entered = True

    def check() -> None:
        if stands():
            register.check_stands(receipt.id, settings)

    try:
        check()
        yield Certificate({**carried(receipt), **(warrant.verdict or {})}, count, check)
        if entered:
            # The final replica, in the place of its preview.
            register.hold(receipt.id, HoldingKind.REPLICA, replica, settings)
        count()
    except BaseException as error:
        standing = register.standing(receipt.id, settings)
        if standing is not Standing.ACTIVE:
            _remove(receipt, replica)
        is_over = kept is None or isinstance(error, CountenanceError)
        if warrant.phrase is not None and standing is Standing.UNKNOWN and is_over:
            phrase.give_back(warrant.phrase, settings)
        raise


def _receipt(warrant: Warrant, settings: Settings, kept: Path | None) -> Receipt:
    """The receipt of an earlier try, if it is for the same, or a new one."""
    content = warrant.proven()
    if kept is not None:
        with suppress(OSError, CountenanceError):
            earlier = receipts.verify(kept.read_text("ascii"), trusted_keys(settings))
            if earlier.content == content:
                return earlier
    receipt = sign(content, settings)
    if kept is not None:
        with register.register_errors(settings):
            kept.unlink(missing_ok=True)
            private_folder(kept.parent)
            write_once(kept, receipt.text.encode())
    return receipt


def _remove(receipt: Receipt, replica: Path) -> None:
    """Remove a replica whose receipt does not count, wherever a link leads to; what carries another one stays."""
    folder = replica.resolve()
    if receipt_in(folder) == receipt.id:
        shutil.rmtree(folder, ignore_errors=True)


def _register(receipt: Receipt, warrant: Warrant, files: Mapping[str, Path], replica: Path, settings: Settings) -> None:
    """The receipt, and all that was made or kept under it."""
    register.keep(receipt, settings)
    try:
        register.hold(receipt.id, HoldingKind.REPLICA, replica, settings)
        for role, kind in ((FOOTAGE, HoldingKind.FOOTAGE), (CONSENT, HoldingKind.CONSENT)):
            if role in files:
                register.hold(receipt.id, kind, files[role], settings)
        if warrant.looks:
            gallery.enrol(receipt.id, warrant.content.account, warrant.looks, settings)
    except BaseException:
        # A receipt under which not everything is noted could not be revoked wholly: better none.
        if register.standing(receipt.id, settings) is not Standing.REVOKED:
            shutil.rmtree(register.folder_of(receipt.id, settings), ignore_errors=True)
            gallery.forget(receipt.id, settings)
        raise
