"""The presenter who comes with the software, as a replica: somebody to try everything with on the first day."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import replace

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from countenance.api.asked.replicas import new_replica
from countenance.api.call import Call
from countenance.api.shown import replicas as shown
from countenance.portal.page import Form, ReplicasChanged, see_other
from countenance.service.replicas import life
from countenance.service.uploads import bring
from countenance.stock.clips import presenter_clip
from countenance.wire.replicas import CreatedReplica, CreateReplica

router = APIRouter()
NAME = "Presenter"
_TOKEN_MOST = 64


@router.post("/presenter")
def presenter(call: ReplicasChanged, form: Form) -> Response:
    """Train the presenter, once for each form, and go to the replica's page."""
    token = form.get("once", "")[:_TOKEN_MOST] or secrets.token_urlsafe(12)
    return see_other(f"/replicas/{_made(call, token)}")


def _made(call: Call, token: str) -> str:
    """The id of the replica, the same for the same token. An upload's id follows from the token, so that a form that
    is sent twice stores its clip in one place."""
    upload_id = "u" + hashlib.sha256(f"{call.workspace_id} {token}".encode()).hexdigest()[:16]
    clip = presenter_clip()
    media = bring.put(call.service, upload_id, clip)
    wanted = CreateReplica(replica_name=NAME, train_upload_id=upload_id, synthetic=True)

    def work(session: Session) -> CreatedReplica:
        bring.note(session, call.workspace_id, upload_id, clip, media)
        made = life.create(session, call.service, call.workspace_id, new_replica(wanted))
        call.note(session, "replica.create", "replica", made.id)
        return shown.created(made)

    answer = replace(call, idempotency_key=f"presenter-{upload_id}", body=b"").once(work)
    return str(json.loads(bytes(answer.body))["replica_id"])
