"""Signed receipts: looked at, checked, taken along; and a consent that is taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from countenance.api.call import Call
from countenance.api.paging import Paging
from countenance.api.routes import receipts as receipt_routes
from countenance.api.routes import replicas as replica_routes
from countenance.api.routes import videos as video_routes
from countenance.consent import revoke as revoking
from countenance.errors import CountenanceError, Finding
from countenance.portal import agreement
from countenance.portal.page import (
    Form,
    ReplicasChanged,
    ReplicasSeen,
    headers,
    is_fragment,
    render,
    see_other,
)
from countenance.service.db.tables import Replica
from countenance.service.errors import REPLICA_UNKNOWN
from countenance.service.replicas.errors import NO_RECEIPT, RECEIPT_UNKNOWN
from countenance.wire.consent import ReceiptBody, RevokeReceipt
from countenance.wire.replicas import ReplicaBody

router = APIRouter()
WORD = "take back"
_MOST_REASON = 500
_KINDS = {
    "footage": "the footage or the picture that it was made from",
    "consent": "the recording in which the person agreed",
    "embedding": "the numbers by which the face is known again",
    "cache": "pictures, short videos, and copies that were kept to be faster",
}


@router.api_route("/receipts/{receipt_id}", methods=["GET", "HEAD"])
def receipt(request: Request, receipt_id: str, call: ReplicasSeen, said: str = "") -> Response:
    """A receipt, checked now; it stays here when its replica is gone."""
    found = receipt_routes.get(receipt_id, call)
    was_revoked = said == "revoked" and found.standing == "revoked"
    return render(request, call, "replica/receipt.html", was_revoked=was_revoked, **shown(call, found))


@router.api_route("/receipts/{receipt_id}/{name}", methods=["GET", "HEAD"])
def record(request: Request, receipt_id: str, name: str, call: ReplicasSeen) -> Response:
    """One of the signed records, or the public key, as a file."""
    found = receipt_routes.get(receipt_id, call)
    texts = {
        "receipt.jws": found.text,
        "revocation.jws": found.revocation and found.revocation.text,
        "deletion.jws": found.deletion and found.deletion.text,
        "issuer.pub.pem": found.public_key,
    }
    text = texts.get(name)
    if not text:
        raise CountenanceError(Finding(RECEIPT_UNKNOWN, measured=name[:40]))
    kind = "application/x-pem-file" if name.endswith(".pem") else "application/jose"
    saved = f"{receipt_id[:8]}-{name}" if name.endswith(".jws") else name
    sent = {**headers(request), "Content-Disposition": f'attachment; filename="{saved}"'}
    return Response(text, headers=sent, media_type=kind)


@router.api_route("/replicas/{replica_id}/revoke", methods=["GET", "HEAD"])
def ask(request: Request, replica_id: str, call: ReplicasChanged) -> Response:
    """What taking the consent back means, before it is done."""
    return _asked(request, call, replica_routes.get(replica_id, call))


@router.post("/replicas/{replica_id}/revoke")
def revoke(request: Request, replica_id: str, call: ReplicasChanged, form: Form) -> Response:
    """Take it back, where the word was typed; a second time is harmless."""
    typed, reason = form.get("typed", "").strip().lower(), form.get("reason", "").strip()
    if typed != WORD or len(reason) > _MOST_REASON:
        problem = "That is not the word: nothing was changed." if typed != WORD else "The reason is too long."
        return _asked(request, call, replica_routes.get(replica_id, call), reason=reason, problem=problem, status=422)
    try:
        done = receipt_routes.revoke(replica_id, RevokeReceipt(confirm="revoke", reason=reason), call)
    except CountenanceError as error:
        if error.finding.rule != REPLICA_UNKNOWN:
            raise
        return see_other("/?said=gone")
    return see_other(f"/receipts/{done.receipt_id}?said=revoked")


def shown(call: Call, found: ReceiptBody) -> dict[str, Any]:
    """What the templates of a receipt need."""
    record = found.deletion.content if found.deletion else None
    return {
        "receipt": found,
        "spoken": agreement.spoken(found),
        "scores": agreement.scores_of(found),
        "outcomes": Counter(file["outcome"] for file in record["files"]) if record else {},
        "organisation": call.service.settings.organisation,
        "about": _about(call, found.receipt_id),
    }


def _about(call: Call, receipt_id: str) -> Mapping[str, str] | None:
    """The replica that is made under it: id and name; None where there is none any more."""
    ours = select(Replica.id, Replica.name).where(
        Replica.receipt_id == receipt_id, Replica.workspace_id == call.workspace_id, Replica.deleted_at.is_(None)
    )
    with call.reading() as session:
        row = session.execute(ours.limit(1)).first()
    return {"id": row.id, "name": row.name} if row else None


def _asked(
    request: Request, call: Call, replica: ReplicaBody, *, reason: str = "", problem: str = "", status: int = 200
) -> Response:
    if replica.receipt_id is None or replica.replica_type == "system":
        raise CountenanceError(Finding(NO_RECEIPT, measured=replica.replica_id))
    costs = call.service.settings.cancelled_training == "capture" and replica.finetune_status == "training"
    kinds = [kind for kind, _ in revoking.to_erase(replica.receipt_id, call.service.settings)]
    return render(
        request,
        call,
        "replica/revoke.html",
        status,
        replica=replica,
        held=["the replica itself and its voice", *(words for kind, words in _KINDS.items() if kind in kinds)],
        videos=video_routes.listed(call, Paging(1, 1), replica.replica_id).total_count,
        costs=costs,
        typed_word=WORD,
        reason=reason,
        problem=problem,
        back=f"/replicas/{replica.replica_id}",
        in_dialog=is_fragment(request),
    )
