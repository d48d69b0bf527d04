"""Sign what was made here: content credentials (C2PA) that say how it was made, in the file or, for WebM, beside it.

MP4, QuickTime, JPEG and GIF hold their credentials themselves. For WebM and Matroska C2PA 2.2 names no place, so they
lie beside it, in a file of the same name that ends in `.c2pa` and is bound to the video by its hash. Nothing is
fetched: no time stamp, no certificate status.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from countenance import __version__
from countenance.errors import CountenanceError
from countenance.media.credential_rules import SIGNER_UNUSABLE, SIGNING_FAILED
from countenance.media.errors import problem
from countenance.media.provenance import OFFLINE, REPLICA, plain_text, sidecar_kind, sidecar_of
from countenance.media.signer import Signer, signer_of
from countenance.media.write import Seal, placed
from countenance.settings import Settings

_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_PICTURES: Mapping[bytes, str] = {b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
"""By their first bytes."""
_PIECES_FROM_BYTES = 64_000_000
_CORE: Mapping[str, Any] = {"backing_store_memory_threshold_in_mb": 64}
"""The library keeps a copy of the file; a larger one it puts into the folder for temporary files, without a name."""
_PIECES: Mapping[str, Any] = {"merkle_tree_chunk_size_in_kb": 4096}
"""A large file is hashed in pieces of 4 MB, by us and whoever checks it, instead of in a whole that fills memory."""
_BUILDER: Mapping[str, Any] = {
    "thumbnail": {"enabled": False},
    # What stands under "created" the signer answers for; anything else counts as gathered from others.
    "created_assertion_labels": ["c2pa.actions", "c2pa.actions.v2", REPLICA],
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file is to say of how it was made. It is public: nobody's name and no spoken word belong in it."""

    source_types: tuple[str, ...]
    """Digital source types of IPTC: of the whole, then of what was done to it (`trainedAlgorithmicMedia`)."""
    replica: Mapping[str, str] = field(default_factory=dict)
    """Which replica was filmed, in which way, and on which consent that rests."""
    title: str = "Video of a digital replica"


def tried_signer(settings: Settings) -> Signer:
    """The signer, after it has signed something.

    Raises:
        CountenanceError: media.signer_unusable.
    """
    signer = signer_of(settings)
    _try(signer)
    return signer


def sealer(statement: Statement, settings: Settings) -> Seal:
    """What signs a finished file before it appears (`VideoWriter(..., seal=...)`). The signer is tried at once.

    Raises:
        CountenanceError: media.signer_unusable at once; media.signing_failed, media.cannot_write when it seals.
    """
    signer = tried_signer(settings)

    def seal(part: Path, target: Path) -> None:
        sign(part, target, statement, signer)

    return seal


def sign(file: Path, target: Path, statement: Statement, signer: Signer) -> None:
    """Sign a video (MP4, QuickTime, WebM) or a picture (JPEG, GIF) that is to bear the name `target`: whole or not
    at all.

    Takes about 6 s per GB and 15 MB of memory, or up to three times the size of a file below 64 MB.

    Raises:
        CountenanceError: media.signing_failed, media.cannot_write.
    """
    try:
        with file.open("rb") as source:
            head = source.read(12)
            source.seek(0)
            if kind := _kind_of(head):
                # Its name is known to nobody yet, so it can be exchanged at leisure.
                with placed(file) as part, part.open("w+b") as out:
                    _signed(source, kind, statement, signer, out)
            elif beside := sidecar_kind(head):
                manifest = _signed(source, beside, statement, signer, _Nowhere(), embed=False)
                # First: a crash in between leaves a sidecar without its video, but no video without its credentials.
                with placed(sidecar_of(target)) as part:
                    part.write_bytes(manifest)
            else:
                raise problem(SIGNING_FAILED, target, "It is neither MP4 nor WebM, JPEG or GIF.")
    except OSError as error:
        raise problem(SIGNING_FAILED, target, f"{error.strerror}." if error.strerror else "") from error


def _kind_of(head: bytes) -> str | None:
    """The type of a file that begins like this, if it holds its credentials itself."""
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    return next((kind for magic, kind in _PICTURES.items() if head.startswith(magic)), None)


def _signed(
    source: BinaryIO, kind: str, statement: Statement, signer: Signer, out: BinaryIO | _Nowhere, *, embed: bool = True
) -> bytes:
    """The manifest store of `source`, which is written to `out` with it or, unless `embed`, without."""
    import c2pa  # type: ignore[import-untyped]

    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    core = {**OFFLINE["core"], **_CORE, **(_PIECES if size >= _PIECES_FROM_BYTES else {})}
    options = {**OFFLINE, "core": core, "builder": _BUILDER}
    try:
        with (
            c2pa.Signer.from_info(c2pa.C2paSignerInfo(signer.algorithm, signer.chain, signer.key, None)) as key,
            c2pa.Context.from_dict(options) as context,
            c2pa.Builder(_manifest(statement), context=context) as builder,
        ):
            if not embed:
                builder.set_no_embed()
            return bytes(builder.sign(key, kind, source, out))
    except c2pa.C2paError as error:
        raise problem(SIGNING_FAILED, Path(getattr(source, "name", "")), plain_text(str(error))) from error


class _Nowhere(io.RawIOBase):
    """Takes the copy of a file that the library writes even where it adds nothing to it."""

    def __init__(self) -> None:
        super().__init__()
        self._at = self._end = 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        return 0

    def write(self, data: Any, /) -> int:
        self._at += len(data)
        self._end = max(self._end, self._at)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end}[whence] + offset
        return self._at


def _try(signer: Signer) -> None:
    """Sign a few bytes, so that a certificate that is not fit for it is known before a video is made.

    Raises:
        CountenanceError: media.signer_unusable.
    """
    try:
        nothing = Statement(("trainedAlgorithmicMedia",))
        _signed(io.BytesIO(b"nothing"), "application/octet-stream", nothing, signer, _Nowhere(), embed=False)
    except CountenanceError as error:
        raise problem(SIGNER_UNUSABLE, signer.source, error.finding.detail) from error


def _manifest(statement: Statement) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    first, *others = (_SOURCE_TYPES + source_type for source_type in statement.source_types)
    actions = [{"action": "c2pa.created", "digitalSourceType": first, "when": now}]
    actions += [{"action": "c2pa.edited", "digitalSourceType": other, "when": now} for other in others]
    assertions: list[dict[str, Any]] = [{"label": "c2pa.actions.v2", "data": {"actions": actions}}]
    if statement.replica:
        assertions.append({"label": REPLICA, "data": {**statement.replica, "created_at": now}})
    return {
        "claim_generator_info": [{"name": "Countenance", "version": __version__}],
        "title": statement.title,
        "assertions": assertions,
    }
