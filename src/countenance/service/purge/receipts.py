"""What is held under the consent of a replica that goes: deleted with a signed record, where no other stands on it.

The receipt itself stays: it proves that what was done until then was agreed to (see docs/consent-receipts.md).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import ColumnElement, select

from countenance.consent import register
from countenance.consent.erase import receipt_in
from countenance.consent.register import Holding, HoldingKind, Standing
from countenance.consent.revoke import ACCOUNT, PRINCIPAL, revoke
from countenance.errors import CountenanceError
from countenance.service.accounts import audit
from countenance.service.context import Service
from countenance.service.db.tables import ConsentRequest, Lipsync, Replica
from countenance.service.purge.files import named
from countenance.service.purge.traces import LIPSYNC, REPLICA, REQUEST, Traces
from countenance.settings import Settings

BY_PERSON = "The person took it back."
"""Why, in the signed record, where the person themselves has done it by their link."""
_DELETED = "The replica was deleted."


def receipts_of(service: Service, traces: Traces) -> tuple[str, ...]:
    """The receipts that were given for these, also where a training died before its row named one."""
    ours = _Places(service, traces)
    found = (
        receipt_id
        for receipt_id in register.held_ids(service.settings)
        if any(row in ours for row in register.holdings(receipt_id, service.settings))
    )
    return tuple(dict.fromkeys((*traces.receipts, *found)))


def people_of(receipts: Collection[str], settings: Settings) -> tuple[str, ...]:
    """Who agreed in these receipts."""
    people = []
    for receipt_id in receipts:
        with suppress(CountenanceError):
            people.append(register.held(receipt_id, settings).content.person)
    return tuple(person for person in people if person)


def note(service: Service, traces: Traces) -> None:
    """Keep the receipt by which the person, and the workspace, still find that it was taken back, where it lay in the
    register before the replica's row named it: when everything is let go, nothing else leads there."""
    if not traces.receipts:
        return
    taken_back = select(ConsentRequest).where(*_taken_back(traces), ConsentRequest.receipt_id.is_(None))
    with service.database.transaction() as session:
        for request in session.scalars(taken_back):
            request.receipt_id = traces.receipts[0]
            about = ("receipt", request.receipt_id)
            audit.record(session, f"consent-link:{request.id}", request.workspace_id, audit.RECEIPT_REVOKED, *about)


def let_go(service: Service, traces: Traces) -> None:
    """Revoke the receipts and delete what is held under them: footage, recordings, stored faces, caches.

    Of a receipt under which another replica still stands only what is of this one is let go.

    Raises:
        CountenanceError: consent.register_unusable, and for a key that cannot be used.
        OSError: where the system did not permit something; call it again when it does.
    """
    ours, settings = _Places(service, traces), service.settings
    reason, by = (BY_PERSON, PRINCIPAL) if _took_it_back(service, traces) else (_DELETED, ACCOUNT)
    for receipt_id in traces.receipts:
        if register.standing(receipt_id, settings) is Standing.UNKNOWN:
            continue
        held = register.holdings(receipt_id, settings)
        if _stands_for_another(service, traces, receipt_id, [row for row in held if row not in ours]):
            with register.locked_receipt(receipt_id, settings):
                rows = register.holdings(receipt_id, settings)
                register.write_holdings(receipt_id, tuple(row for row in rows if row not in ours), settings)
        elif not revoke(receipt_id, settings, reason, by=by).complete:
            raise OSError("not everything that is held under the consent could be deleted")


class _Places:
    """Where files of what is purged lie on this machine."""

    def __init__(self, service: Service, traces: Traces) -> None:
        keys = (service.objects.local_path(key) for key in traces.objects)
        found = (*named(service.settings, frozenset(traces.ids)), *(path for path in keys if path is not None))
        self._paths = {path.resolve() for path in found}
        # Also where nothing lies any more: it was noted there.
        self._paths |= {(service.settings.data_dir / "work" / job).resolve() for job in traces.jobs}

    def __contains__(self, row: object) -> bool:
        return isinstance(row, Holding) and any(Path(row.path).is_relative_to(path) for path in self._paths)


def _took_it_back(service: Service, traces: Traces) -> bool:
    """Whether it was the person who wanted all of this to go."""
    with service.database.reading() as session:
        return session.scalars(select(ConsentRequest.id).where(*_taken_back(traces)).limit(1)).first() is not None


def _taken_back(traces: Traces) -> Sequence[ColumnElement[bool]]:
    return ConsentRequest.id.in_(traces.subjects.get(REQUEST, ())), ConsentRequest.revoked_at.is_not(None)


def _stands_for_another(service: Service, traces: Traces, receipt_id: str, others: Collection[Holding]) -> bool:
    """Whether something that stays was made under this receipt: one of ours, or a replica that lies elsewhere."""
    with service.database.reading() as session:
        for kind, table in ((REPLICA, Replica), (LIPSYNC, Lipsync)):
            rows = select(table.id).where(
                table.receipt_id == receipt_id,
                table.purged_at.is_(None),
                table.id.not_in(traces.subjects.get(kind, ())),
            )
            if session.scalars(rows.limit(1)).first() is not None:
                return True
    return any(row.kind is HoldingKind.REPLICA and receipt_in(Path(row.path)) == receipt_id for row in others)
