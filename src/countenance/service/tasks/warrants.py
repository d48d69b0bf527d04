"""The warrant of a training, and the receipt that is signed under it: kept in the object store, so that another worker,
or the same one in a new folder, goes on under them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from countenance.service.context import Service
from countenance.service.errors import refused
from countenance.service.objects.errors import OBJECT_MISSING
from countenance.service.tasks import inputs, outputs

WARRANT, RECEIPT = "warrant", "receipt.jws"
"""Their names in the folder of a task."""


def keep(service: Service, kind: str, subject_id: str, folder: Path) -> None:
    """Keep the warrant of a check, if it left one.

    Raises:
        CountenanceError: service.store_unreachable.
    """
    if (folder / WARRANT).is_dir():
        service.objects.put_folder(outputs.warrant_key(kind, subject_id), folder / WARRANT)


def keep_receipt(service: Service, kind: str, subject_id: str, folder: Path) -> None:
    """Keep the receipt, which is good for no other warrant than the one that is kept.

    Raises:
        CountenanceError: service.store_unreachable.
    """
    service.objects.put(_receipt_key(kind, subject_id), folder / RECEIPT)


def is_signed(service: Service, kind: str, subject_id: str) -> bool:
    """Whether an earlier try has signed a receipt.

    Raises:
        CountenanceError: service.store_unreachable.
    """
    return _receipt_key(kind, subject_id) in service.objects.list(outputs.warrant_key(kind, subject_id))


def lay(service: Service, kind: str, subject_id: str, folder: Path) -> None:
    """Lay the warrant into the folder, whole or not at all, and with it the receipt if one was signed.

    A warrant that lies there stays, unless a receipt was signed, maybe elsewhere and under another one.

    Raises:
        CountenanceError: service.object_missing, service.store_unreachable.
    """
    prefix, receipt = outputs.warrant_key(kind, subject_id), _receipt_key(kind, subject_id)
    keys = service.objects.list(prefix)
    if receipt not in keys and (folder / WARRANT).is_dir():
        return
    if not keys:
        raise refused(OBJECT_MISSING)
    part = folder / f".{WARRANT}"
    shutil.rmtree(part, ignore_errors=True)
    for key in keys:
        to = folder / RECEIPT if key == receipt else part / key.removeprefix(f"{prefix}/")
        inputs.linked(service, key, to)
    shutil.rmtree(folder / WARRANT, ignore_errors=True)
    part.rename(folder / WARRANT)


def _receipt_key(kind: str, subject_id: str) -> str:
    return f"{outputs.warrant_key(kind, subject_id)}/{RECEIPT}"
