"""Files that come in parts: announced, sent in any order, taken up again after a break, and completed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from sqlalchemy.orm import Session

from countenance.api.call import ONCE, Call, ReadUploads, WriteUploads
from countenance.api.context import service_of
from countenance.api.links import link_of
from countenance.api.problem import problems
from countenance.api.shown import uploads as shown
from countenance.api.shown.uploads import with_parts, without_parts
from countenance.api.slots import slot
from countenance.service.db.tables import Job, Upload
from countenance.service.uploads import begin
from countenance.service.uploads import report as reports
from countenance.service.uploads.complete import complete as completed
from countenance.service.uploads.drop import abort
from countenance.service.uploads.links import open_part_link
from countenance.service.uploads.receive import put_part_stream
from countenance.wire.uploads import BeginUpload, UploadBody, UploadReport

router = APIRouter(prefix="/v2/uploads", tags=["uploads"])
parts = APIRouter(prefix="/v2/uploads", tags=["uploads"])
MAX_PART_BYTES = 5 * 1024**3
"""As in S3; what the part really has is counted as it comes."""
_BODY = {"requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}


@router.post("", status_code=201, dependencies=[ONCE], responses=problems(409, 410, 422), response_model=UploadBody)
def announce(body: BeginUpload, call: WriteUploads) -> Response:
    """Say what is to come; the answer says where to send each part with PUT. It ends after a day."""

    def work(session: Session) -> UploadBody:
        made = begin.create(session, call.service, call.workspace_id, body.filename, body.bytes, body.sha256)
        return without_parts(made)

    return call.once(
        work, 201, told=lambda text: _complete(call, UploadBody.model_validate_json(text)).model_dump_json()
    )


@router.get("/{upload_id}")
def get(upload_id: str, call: ReadUploads) -> UploadBody:
    """One upload, and the parts that are still missing."""
    with call.reading() as session:
        body = without_parts(begin.get(session, call.workspace_id, upload_id))
    return _complete(call, body)


@router.post("/{upload_id}/complete", responses=problems(409, 503))
def complete(upload_id: str, call: WriteUploads) -> UploadBody:
    """All parts are sent: the file is put together and looked at. Repeating it gives the same answer."""
    with slot(call.request.app.state.completing):
        return without_parts(completed(call.service, call.workspace_id, upload_id))


@router.post("/{upload_id}/report", status_code=202, responses=problems(409))
def begin_report(upload_id: str, call: WriteUploads) -> UploadReport:
    """Have its footage, or its picture, looked at before anything is made from it; free. Repeating it changes nothing,
    unless it failed: then it is tried again."""
    with call.transaction() as session:
        found = reports.ask(session, call.service, call.workspace_id, upload_id)
        call.note(session, "upload.report", "upload", upload_id)
    return _report(call, *found)


@router.get("/{upload_id}/report")
def report(upload_id: str, call: ReadUploads) -> UploadReport:
    """What was found, with pictures that show it, or how far that is."""
    with call.reading() as session:
        found = reports.get(session, call.workspace_id, upload_id)
    return _report(call, *found)


@router.delete("/{upload_id}", status_code=204, responses=problems(409))
def delete(upload_id: str, call: WriteUploads) -> None:
    """Give it up."""
    abort(call.service, call.workspace_id, upload_id)


@parts.put(
    "/{upload_id}/parts/{number}",
    status_code=204,
    max_body_size=MAX_PART_BYTES,
    openapi_extra=_BODY,
    responses=problems(400, 403, 404, 409, 410, 413, 500),
)
async def put(
    upload_id: str,
    number: Annotated[int, Path(description="From 1.")],
    token: Annotated[str, Query(description="From the part's URL.")],
    request: Request,
    x_sha256: Annotated[str | None, Header(description="Of this part, hexadecimal; then it is compared.")] = None,
) -> Response:
    """Send a part to the URL that was answered; nothing but that URL is asked for."""
    service = service_of(request)
    workspace_id = open_part_link(service.settings, upload_id, token)
    sha256 = await put_part_stream(service, workspace_id, upload_id, number, request.stream(), x_sha256)
    return Response(status_code=204, headers={"ETag": f'"{sha256}"'})


def _report(call: Call, upload: Upload, job: Job) -> UploadReport:
    return shown.report(upload, job, link_of(call), call.service.settings.lease_s)


def _complete(call: Call, body: UploadBody) -> UploadBody:
    return with_parts(body, call.service, call.workspace_id, call.base_url)
