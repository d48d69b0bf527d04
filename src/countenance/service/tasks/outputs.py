"""What a task has made: stored, and noted under the consent that it was made under."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from countenance.consent import register
from countenance.consent.receipt_rules import REVOKED
from countenance.consent.register import HoldingKind, Standing
from countenance.consent.revoke import revoke
from countenance.errors import CountenanceError
from countenance.service.context import Service
from countenance.service.tasks import inputs, sources
from countenance.settings import Settings

PICTURES = ("thumbnail.jpg", "thumbnail.mp4")
"""The names under which pictures of a replica lie beside its bundle."""
_BUNDLE = "replica.json"
_KINDS = {
    "footage": HoldingKind.FOOTAGE,
    "picture": HoldingKind.FOOTAGE,
    "video": HoldingKind.FOOTAGE,
    "consent": HoldingKind.CONSENT,
}


def bundle(service: Service, replica_id: str, folder: Path) -> str:
    """Store a trained replica; the prefix under which it lies.

    `replica.json` names the hash of every other file: under its own hash a bundle never changes, so that whoever reads
    it reads one bundle, and storing it twice is storing it once.

    Raises:
        OSError: where the bundle was exchanged again and again while it was stored.
    """
    for _ in range(3):
        digest = _sha256(folder / _BUNDLE)
        prefix = f"replicas/{replica_id}/{digest[:12]}/bundle"
        service.objects.put_folder(prefix, folder)
        if _sha256(folder / _BUNDLE) == digest:
            return prefix
        service.objects.delete(prefix)
    raise OSError("the bundle did not stay the same")


def file(service: Service, prefix: str, path: Path, content_type: str) -> str | None:
    """Store a file below a prefix under its own name, if it is there; its key."""
    if not path.is_file():
        return None
    key = f"{prefix}/{path.name}"
    service.objects.put(key, path, content_type)
    return key


def evidence(service: Service, prefix: str, folder: Path, names: Iterable[str]) -> None:
    """Store the pictures of a report, by their names in `folder`, below `<prefix>/report/`."""
    for name in names:
        file(service, f"{prefix}/report", folder / name, "image/jpeg")


def warrant_key(kind: str, subject_id: str) -> str:
    """Where the warrant lies between check and training; it holds a name and a face."""
    return f"{kind}s/{subject_id}/warrant"


def held(service: Service, receipt_id: str | None, kind: str, subject_id: str, bundle_key: str | None) -> None:
    """Note under a receipt where the bundle, what it was made from, the warrant and pictures of the person lie: a
    revocation erases them.

    What lies in a store on another machine goes when the replica is purged; the register knows only of files here.

    Raises:
        CountenanceError: consent.revoked; nothing of all that is left then.
    """
    settings = service.settings
    if receipt_id is None or register.standing(receipt_id, settings) is Standing.UNKNOWN:
        return
    with service.database.transaction() as session:
        kept = {role: row.object_key for role, row in sources.of(session, kind, subject_id).items()}
    places = [(HoldingKind.REPLICA, bundle_key), (HoldingKind.EMBEDDING, warrant_key(kind, subject_id))]
    places += [(_KINDS[role], key) for role, key in kept.items() if role in _KINDS]
    if bundle_key is not None:
        places += [(HoldingKind.CACHE, f"{bundle_key.removesuffix('/bundle')}/{name}") for name in PICTURES]
    places += [(HoldingKind.CACHE, f"{kind}s/{subject_id}/report")]
    here = [(holding, service.objects.local_path(key)) for holding, key in places if key is not None]
    try:
        for holding, path in here:
            if path is not None and path.exists():
                _noted(receipt_id, holding, path, settings)
        register.check_stands(receipt_id, settings)
    except CountenanceError:
        if bundle_key is not None:
            service.objects.delete(bundle_key.removesuffix("/bundle"))
        if register.standing(receipt_id, settings) is Standing.REVOKED:
            revoke(receipt_id, settings)  # goes on with what was noted meanwhile
        raise


def _noted(receipt_id: str, kind: HoldingKind, path: Path, settings: Settings) -> None:
    """Note a holding, also of a consent that was taken back meanwhile: so that it is erased too."""
    try:
        register.hold(receipt_id, kind, path, settings)
    except CountenanceError as error:
        if error.finding.rule is not REVOKED:
            raise


def without_paths(value: Any, folder: Path) -> Any:
    """The same with names in place of paths in the task's folder, wherever they stand: nobody need know where that
    is."""
    match value:
        case str():
            for place in (folder, folder.resolve()):
                value = value.replace(f"{place}/{inputs.FOLDER}/", "").replace(f"{place}/", "")
            return value
        case dict():
            return {name: without_paths(each, folder) for name, each in value.items()}
        case list() | tuple():
            return [without_paths(each, folder) for each in value]
        case _:
            return value


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
