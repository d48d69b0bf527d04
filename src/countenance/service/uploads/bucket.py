"""Parts that go straight to an S3-compatible store: a multipart upload with signed URLs (needs boto3, extra `s3`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import update

from countenance.service.context import Service
from countenance.service.db.tables import Upload
from countenance.service.errors import refused
from countenance.service.objects.errors import STORE_UNREACHABLE
from countenance.service.objects.s3 import s3_options
from countenance.service.uploads import parts
from countenance.settings import Settings

_WAIT_S = 30
_NOT_THERE = ("NoSuchUpload", "NoSuchKey", "404")


def is_direct(service: Service) -> bool:
    """Whether parts go to the store themselves; without boto3 they come here and the whole file is sent on."""
    return service.settings.objects_url is not None and find_spec("boto3") is not None


def place_of(upload_id: str) -> str:
    """The prefix of all that is kept of an upload."""
    return f"uploads/{upload_id}"


def key_of(upload_id: str) -> str:
    """The key of the object that an upload becomes."""
    return f"{place_of(upload_id)}/media"


def urls(service: Service, upload: Upload, numbers: list[int], valid_s: float) -> dict[int, str]:
    """Where each part is sent to with PUT.

    The size of each part is signed with it, so that the store takes no more than was announced.

    Raises:
        CountenanceError: service.store_unreachable.
    """
    client, place = _client(service.settings), _place(service.settings, upload)
    with _told():
        place["UploadId"] = _begun(service, upload, client, place)
        return {
            number: client.generate_presigned_url(
                "upload_part",
                Params={**place, "PartNumber": number, "ContentLength": parts.size(upload, number)},
                ExpiresIn=max(1, int(valid_s)),
            )
            for number in numbers
        }


def present(service: Service, upload: Upload) -> dict[int, str]:
    """The numbers and tags of the parts that the store has with the size they should have."""
    if upload.backend_id is None:
        return {}
    client, place = _client(service.settings), _place(service.settings, upload)
    found: list[dict[str, Any]] = []
    with _told(ignored=_NOT_THERE):
        for page in client.get_paginator("list_parts").paginate(**place, UploadId=upload.backend_id):
            found += page.get("Parts", [])
    # SeaweedFS goes on to list a part that was sent again, in no order: the later one, put last here, counts.
    found.sort(key=lambda part: part["LastModified"])
    numbers = range(1, parts.count(upload) + 1)
    return {
        part["PartNumber"]: part["ETag"]
        for part in found
        if part["PartNumber"] in numbers and part["Size"] == parts.size(upload, part["PartNumber"])
    }


def join(service: Service, upload: Upload, tags: dict[int, str]) -> None:
    """Make one object of all parts."""
    client, place = _client(service.settings), _place(service.settings, upload)
    listed = [{"PartNumber": number, "ETag": tag} for number, tag in sorted(tags.items())]
    with _told():
        client.complete_multipart_upload(**place, UploadId=upload.backend_id, MultipartUpload={"Parts": listed})


def drop(service: Service, upload: Upload) -> None:
    """Have the store forget the parts."""
    if upload.backend_id is None:
        return
    client, place = _client(service.settings), _place(service.settings, upload)
    with _told(ignored=_NOT_THERE):
        client.abort_multipart_upload(**place, UploadId=upload.backend_id)


def _begun(service: Service, upload: Upload, client: Any, place: dict[str, Any]) -> str:
    """The id of the store's upload; of two that are begun at once the first that is noted counts."""
    if upload.backend_id is not None:
        return upload.backend_id
    begun = str(client.create_multipart_upload(**place)["UploadId"])
    with service.database.transaction() as session:
        unclaimed = update(Upload).where(Upload.id == upload.id, Upload.backend_id.is_(None))
        session.execute(unclaimed.values(backend_id=begun))
        kept = session.get_one(Upload, upload.id, populate_existing=True).backend_id
    if kept != begun:
        client.abort_multipart_upload(**place, UploadId=begun)
    upload.backend_id = kept
    return str(kept)


def _place(settings: Settings, upload: Upload) -> dict[str, Any]:
    url = urlsplit(str(settings.objects_url))
    prefix = url.path.strip("/")
    return {"Bucket": url.netloc, "Key": f"{prefix}/{key_of(upload.id)}" if prefix else key_of(upload.id)}


@lru_cache(maxsize=8)
def _client(settings: Settings) -> Any:
    """A client with what obstore is told, under boto's names."""
    import boto3  # type: ignore[import-untyped]
    from botocore.config import Config  # type: ignore[import-untyped]

    options = s3_options(settings)["config"]
    options = {name.removeprefix("aws_"): value for name, value in options.items()}
    virtual = str(options.get("virtual_hosted_style_request", False)).lower() == "true"
    return boto3.client(
        "s3",
        endpoint_url=options.get("endpoint"),
        region_name=options.get("region") or options.get("default_region") or "us-east-1",
        aws_access_key_id=options.get("access_key_id"),
        aws_secret_access_key=options.get("secret_access_key"),
        aws_session_token=options.get("token") or options.get("session_token"),
        config=Config(
            signature_version="s3v4",
            connect_timeout=_WAIT_S,
            read_timeout=_WAIT_S,
            retries={"max_attempts": 3},
            s3={"addressing_style": "virtual" if virtual else "path"},
            # Newer checksums would have to be computed by whoever sends the part.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def _told(ignored: tuple[str, ...] = ()) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code not in ignored:
            raise refused(STORE_UNREACHABLE, measured=code) from error
    except BotoCoreError as error:
        raise refused(STORE_UNREACHABLE, measured=type(error).__name__) from error
