"""Download to a file, which is there when it is whole, and not before."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import BinaryIO

from countenance.client.calls import lipsyncs, videos
from countenance.client.errors import NOT_THERE_YET, ClientError, refusal
from countenance.client.flow import Flow, do, fetch, run
from countenance.client.request import Request
from countenance.client.sink import Sink
from countenance.errors import CountenanceError, Finding
from countenance.media.errors import CANNOT_WRITE
from countenance.progress import ProgressCallback


def video(video_id: str, path: Path, progress: ProgressCallback | None = None) -> Flow[Path]:
    """Download a video that is ready.

    Raises:
        ClientError: client.not_there_yet.
        CountenanceError: media.cannot_write.
    """
    made = yield from run(videos.get(video_id))
    return (yield from _of(made.download_url, made.status, path, progress))


def lipsync(lipsync_id: str, path: Path, progress: ProgressCallback | None = None) -> Flow[Path]:
    """Download a lip-synced film that is ready. Raises as `video`."""
    made = yield from run(lipsyncs.get(lipsync_id))
    return (yield from _of(made.download_url, made.status, path, progress))


def link(url: str, path: Path, progress: ProgressCallback | None = None) -> Flow[Path]:
    """Download what a link that was answered leads to, for the owner of the file alone; it goes on where it breaks off.

    Raises:
        ApiError: for a link that is over.
        CountenanceError: media.cannot_write.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    file = yield from do(lambda: _opened(beside, path))
    try:
        with file:
            answer = yield from fetch(Request("GET", url, needs_key=False), Sink(file, progress))
        if not answer.is_success:
            raise refusal(answer)
        beside.replace(path)
    except OSError as error:
        raise CountenanceError(Finding(CANNOT_WRITE, file=str(path), detail=f"{error.strerror}.")) from error
    finally:
        beside.unlink(missing_ok=True)
    return path


def _of(url: str | None, status: str, path: Path, progress: ProgressCallback | None) -> Flow[Path]:
    if url is None:
        raise ClientError(Finding(NOT_THERE_YET, measured=status))
    return (yield from link(url, path, progress))


def _opened(beside: Path, path: Path) -> BinaryIO:
    try:
        return os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w+b")
    except OSError as error:
        raise CountenanceError(Finding(CANNOT_WRITE, file=str(path), detail=f"{error.strerror}.")) from error
