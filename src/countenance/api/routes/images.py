"""Look at a picture before a replica is made from it. It is kept only while it is looked at."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import APIRouter

from countenance.api import errors
from countenance.api.call import WriteReplicas
from countenance.api.problem import problems
from countenance.api.shown.images import verdict
from countenance.api.slots import slot
from countenance.errors import CountenanceError, Finding
from countenance.media.limits import limits_from
from countenance.media.private import private_folder
from countenance.service.context import Service
from countenance.service.uploads.errors import UPLOAD_UNDECODABLE
from countenance.service.uploads.look import check_readable
from countenance.settings import Settings
from countenance.wire.images import MAX_REQUEST_BYTES, CheckImage, ImageVerdict

_LOOK_S = 20.0
router = APIRouter(tags=["replicas"])


@router.post("/image-validation", max_body_size=MAX_REQUEST_BYTES, responses=problems(503))
def check(body: CheckImage, call: WriteReplicas) -> ImageVerdict:
    """Whether a picture may become a replica: read `passed`."""
    data = _decoded(body.imageBase64)
    try:
        with slot(call.request.app.state.looking), _for_a_while(data, call.service) as path:
            # A picture that is made to break whatever reads it breaks another process, and does not come to this one.
            check_readable(path, limits_from(call.service.settings), _LOOK_S)
            from countenance.footage.portrait import check_image

            return verdict(check_image(path, call.service.settings))
    except CountenanceError as error:
        if error.finding.rule is UPLOAD_UNDECODABLE or error.finding.rule.id.startswith("media."):
            return verdict(None, error.findings)
        raise


def _decoded(text: str) -> bytes:
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CountenanceError(Finding(errors.IMAGE_UNREADABLE)) from error


def clear(settings: Settings) -> None:
    """Delete what a server that was killed has left; for the start."""
    shutil.rmtree(_folder(settings), ignore_errors=True)


def _folder(settings: Settings) -> Path:
    return settings.data_dir / "looking"


@contextmanager
def _for_a_while(data: bytes, service: Service) -> Iterator[Path]:
    path = private_folder(_folder(service.settings)) / secrets.token_hex(8)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        yield path
    finally:
        path.unlink(missing_ok=True)
