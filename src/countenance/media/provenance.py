"""What a file says of its own origin: signed content credentials (C2PA), and the traces that cameras leave.

Nothing is fetched: a manifest that is kept elsewhere, certificate status and lists of trusted signers stay where they
are. What comes from the file is its maker's claim; only a trusted signature makes it more than that.
"""

from __future__ import annotations

import json
import mmap
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from countenance.media.bounded import BoundedFile, credential_boxes_fit
from countenance.media.container import check_file
from countenance.media.errors import UNREADABLE, problem
from countenance.media.limits import Limits

OFFLINE: Mapping[str, Any] = {
    # Two bolts: nothing is asked for, and no host would be allowed.
    "core": {"allowed_network_hosts": []},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
}
REPLICA = "org.countenance.replica"
"""The assertion by which a video or a picture that was made here names its replica."""
_STORE_BOX = bytes.fromhex("6332706100110010800000AA00389B71")
"""The type of the box that holds a manifest store (C2PA 2.2, 11.1.4.2), in whatever container it lies."""
_MOST_CALLS = 300_000
"""A parser's seeks and reads in one file, 10 for each box: ten seconds at worst. 4 MB of video take 800."""
_MOST_BOXES = 30_000
_MOST_STORE_BYTES = 64_000_000
_MOST_VALUES = 32
_MOST_MANIFESTS = 100
_TOO_LARGE = "too large or too many parts"
_EBML = bytes.fromhex("1A45DFA3")
"""The first bytes of WebM and Matroska (RFC 8794)."""
_MOST_CHARACTERS = 200


class CredentialState(StrEnum):
    """What became of checking the signature and the hashes."""

    TRUSTED = "trusted"
    """All correct, and the signer's certificate leads to an authority that the caller trusts."""
    VALID = "valid"
    """All correct, but anybody may be the signer."""
    INVALID = "invalid"
    """Damaged, altered after signing, or not readable."""
    REMOTE = "remote"
    """The file only says where its credentials are kept; they were not fetched."""


class Origin(StrEnum):
    """How media came into being, as far as its digital source type tells."""

    CAPTURED = "captured"
    GENERATED = "generated"
    MIXED = "mixed"
    """Parts are generated."""
    UNKNOWN = "unknown"


# https://cv.iptc.org/newscodes/digitalsourcetype/. Left unknown are those that say nothing of what was there first:
# edits (humanEdits, algorithmicallyEnhanced), screenCapture, virtualRecording, composite.
_ORIGINS: Mapping[str, Origin] = {
    "digitalCapture": Origin.CAPTURED,
    "computationalCapture": Origin.CAPTURED,
    "compositeCapture": Origin.CAPTURED,
    "negativeFilm": Origin.CAPTURED,
    "positiveFilm": Origin.CAPTURED,
    "print": Origin.CAPTURED,
    "minorHumanEdits": Origin.CAPTURED,
    "trainedAlgorithmicMedia": Origin.GENERATED,
    "algorithmicMedia": Origin.GENERATED,
    "digitalCreation": Origin.GENERATED,
    "digitalArt": Origin.GENERATED,
    "dataDrivenMedia": Origin.GENERATED,
    "compositeWithTrainedAlgorithmicMedia": Origin.MIXED,
    "compositeSynthetic": Origin.MIXED,
}


def origin_of(source_type: str) -> Origin:
    """What a digital source type of IPTC, the last part of its address, says."""
    return _ORIGINS.get(source_type, Origin.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What content credentials say, and whether they hold. Texts are the file's own, cut and without control signs."""

    state: CredentialState
    source_types: tuple[str, ...] = ()
    """Digital source types of the file itself, the names of IPTC: `trainedAlgorithmicMedia`."""
    parent_types: tuple[str, ...] = ()
    """Of the media that it was edited from or composed of, and of theirs."""
    input_types: tuple[str, ...] = ()
    """Of what was only shown to a generator, and of what lies behind it."""
    generator: str = ""
    """The program that wrote the claim, with its version."""
    signer: str = ""
    """The certificate's common name."""
    issuer: str = ""
    """The organisation that the certificate names."""
    signed_at: str = ""
    """As a time stamp authority certifies it; mostly empty."""
    codes: tuple[str, ...] = ()
    """What did not hold, in the words of C2PA: `assertion.bmffHash.mismatch`."""
    remote: str = ""
    """Where the credentials are kept, for `remote`."""
    replica: Mapping[str, str] = field(default_factory=dict)
    """What a video or a picture of a replica says of it; empty for everything else."""

    @property
    def origins(self) -> frozenset[Origin]:
        """Of the file and of what it was edited from or composed of; not of what a generator was shown."""
        return frozenset(map(origin_of, (*self.source_types, *self.parent_types)))

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def read_credentials(path: Path, limits: Limits = Limits(), anchors: str = "") -> Credentials | None:  # noqa: B008
    """The content credentials of a file; None if it has none or is of a kind that cannot have any.

    Those of WebM and Matroska are looked for beside it, in a file of its name that ends in `.c2pa`.
    `anchors` are the certificates (PEM) of authorities whose signers are trusted. Damaged and hostile credentials come
    back as invalid. Reads the whole file once for its hash. Standard: C2PA 2.2.

    Raises:
        CountenanceError: media.file_missing and what else makes a file unreadable or too large.
    """
    check_file(path, limits)
    import c2pa  # type: ignore[import-untyped]

    trust = {"trust": {"trust_anchors": anchors}} if anchors else {}
    try:
        with BoundedFile(path, _MOST_CALLS) as file:
            if not credential_boxes_fit(file, _MOST_STORE_BYTES, _MOST_BOXES):
                return _unreadable(path, _TOO_LARGE)
            kind = sidecar_kind(os.pread(file.fileno(), 4, 0))
            beside = _beside(path) if kind else None
            if kind and not beside:
                return None
            try:
                with (
                    c2pa.Context.from_dict({**OFFLINE, **trust}) as context,
                    c2pa.Reader(kind, file, beside, context=context) as reader,
                ):
                    return _credentials(json.loads(reader.json()))
            except (c2pa.C2paError.ManifestNotFound, c2pa.C2paError.NotSupported):
                return None
            except (c2pa.C2paError, ValueError, RecursionError) as error:
                if beside:
                    return Credentials(CredentialState.INVALID, codes=(plain_text(str(error)),))
                return _unreadable(path, _TOO_LARGE if file.exhausted else str(error))
    except OSError as error:
        raise problem(UNREADABLE, path) from error


def sidecar_kind(head: bytes) -> str | None:
    """The type of a file that begins like this, if its credentials lie beside it; None if it holds them itself."""
    return "video/webm" if head.startswith(_EBML) else None


def sidecar_of(path: Path) -> Path:
    """Where the credentials of a file lie that cannot hold them itself (C2PA 2.2, 11.4)."""
    return path.with_suffix(".c2pa")


def _beside(path: Path) -> bytes | None:
    """The manifest store beside a file; None if there is none, or none of a size to be believed."""
    try:
        with sidecar_of(path).open("rb") as file:
            content = file.read(_MOST_STORE_BYTES + 1)
    except (OSError, ValueError):
        return None
    return content if 0 < len(content) <= _MOST_STORE_BYTES else None


def _unreadable(path: Path, told: str) -> Credentials | None:
    if told.startswith("Remote:"):
        address = re.search(r"https?://\S+", told)
        return Credentials(CredentialState.REMOTE, remote=plain_text(address.group().strip('"')) if address else "")
    # A damaged container is no damaged manifest, unless there is one in it.
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        held = content.find(_STORE_BOX) >= 0
    return Credentials(CredentialState.INVALID, codes=(plain_text(told),)) if held else None


def _credentials(store: Mapping[str, Any]) -> Credentials:
    manifests = _mapping(store.get("manifests"))
    active = _mapping(manifests.get(str(store.get("active_manifest"))))
    signature = _mapping(active.get("signature_info"))
    states = {"Trusted": CredentialState.TRUSTED, "Valid": CredentialState.VALID}
    parents, inputs = _ingredient_types(manifests, active)
    return Credentials(
        state=states.get(str(store.get("validation_state")), CredentialState.INVALID),
        source_types=_distinct(_source_types(active.get("assertions"))),
        parent_types=_distinct(parents),
        input_types=_distinct(inputs),
        generator=_generator(active),
        signer=plain_text(signature.get("common_name")),
        issuer=plain_text(signature.get("issuer")),
        signed_at=plain_text(signature.get("time")),
        codes=_distinct(plain_text(_mapping(status).get("code")) for status in _list(store.get("validation_status"))),
        replica=_replica(active),
    )


def _ingredient_types(manifests: Mapping[str, Any], active: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Source types of everything that `active` was made of, and of everything that a generator was only shown."""
    parents: list[str] = []
    inputs: list[str] = []
    waiting = [(active, False)]
    seen: set[tuple[str, bool]] = set()
    while waiting and len(seen) < _MOST_MANIFESTS:
        manifest, shown = waiting.pop()
        for ingredient in map(_mapping, _list(manifest.get("ingredients"))):
            only_shown = shown or ingredient.get("relationship") == "inputTo"
            label = str(ingredient.get("active_manifest"))
            if (label, only_shown) in seen or label not in manifests:
                continue
            seen.add((label, only_shown))
            behind = _mapping(manifests[label])
            (inputs if only_shown else parents).extend(_source_types(behind.get("assertions")))
            waiting.append((behind, only_shown))
    return parents, inputs


def _source_types(node: Any, depth: int = 12) -> Iterator[str]:
    """Every digital source type below `node`: of actions, and of the IPTC and schema.org metadata of older claims."""
    if depth == 0:
        return
    if isinstance(node, Mapping):
        for key, value in node.items():
            if isinstance(value, str) and key.rsplit(":", 1)[-1].lower() == "digitalsourcetype":
                yield plain_text(value.rstrip("/").rsplit("/", 1)[-1])
            else:
                yield from _source_types(value, depth - 1)
    elif isinstance(node, list):
        for value in node:
            yield from _source_types(value, depth - 1)


def _replica(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Our own assertion; of one that somebody else wrote, what can be shown."""
    for assertion in map(_mapping, _list(manifest.get("assertions"))):
        if assertion.get("label") == REPLICA:
            told = [(plain_text(key), plain_text(value)) for key, value in _mapping(assertion.get("data")).items()]
            return dict(told[:_MOST_VALUES])
    return {}


def _generator(manifest: Mapping[str, Any]) -> str:
    """`Name 1.2`; older claims have one text instead."""
    info = next(iter(_list(manifest.get("claim_generator_info"))), None)
    if isinstance(info, Mapping):
        return plain_text(f"{info.get('name', '')} {info.get('version', '')}")
    return plain_text(manifest.get("claim_generator"))


def _distinct(values: Iterator[str] | Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))[:_MOST_VALUES]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def plain_text(value: Any) -> str:
    """A text from a file, fit to be shown."""
    shown = "" if value is None else "".join(sign if sign.isprintable() else " " for sign in str(value))
    return " ".join(shown.split())[:_MOST_CHARACTERS]


# Who writes what was read in the containers' documentation and FFmpeg's readers (libavformat/mov.c). Recorders that
# are no cameras are left out: OBS, browsers, meetings and editors also record what a screen shows (so Sony and
# Blackmagic, whose names editors bear too, count by their brands only). Apple's "Core Media" and Android's
# "VideoHandle" tracks are written by every editor there.
_MAKERS = ("com.apple.quicktime.make", "com.android.manufacturer", "make", "manufacturer")
_MODELS = ("com.apple.quicktime.model", "com.android.model", "model")
_OWN_MODELS = _MODELS[:2]
"""A bare `model` without a maker may be the model that generated the file."""
_PLACES = ("com.apple.quicktime.location.iso6709", "location", "location-eng", "xyz")
_ANDROID = "com.android.version"
_WRITERS = ("handler_name", "encoder", "software")
_CAMERA = re.compile(
    r"\b(gopro|dji|canon(?!ical)|nikon|fujifilm|panasonic|olympus|insta360|ambarella|hasselblad|arri\b)",
    re.IGNORECASE,
)
_BRANDS = {"XAVC": "Sony", "CAEP": "Canon", "pana": "Panasonic", "niko": "Nikon"}
"""Marks in the first box of an MP4 (mp4ra.org)."""


def capture_device(tags: Mapping[str, str], tracks: Sequence[Mapping[str, str]] = ()) -> str | None:
    """The camera or telephone that left traces in a file's tags; None if there are none.

    `tags` are a container's (`MediaInfo.metadata`) or a picture's, `tracks` those of its tracks. Tags are easily
    written and removed: a trace contradicts a claim, its absence supports none.
    """
    lower = {key.lower(): value for key, value in tags.items()}
    maker = next((plain_text(lower[key]) for key in _MAKERS if lower.get(key)), "")
    models = _MODELS if maker else _OWN_MODELS
    model = next((plain_text(lower[key]) for key in models if lower.get(key)), "")
    if maker or model:
        return (model if model.lower().startswith(maker.lower()) else f"{maker} {model}").strip()
    brands = lower.get("major_brand", "") + lower.get("compatible_brands", "")
    branded = next((name for brand, name in _BRANDS.items() if brand in brands), None)
    if branded:
        return branded
    for each in (tags, *tracks):
        for key, value in each.items():
            if key.lower() in _WRITERS and _CAMERA.search(value):
                return plain_text(value)
    if lower.get(_ANDROID):
        return plain_text(f"Android {lower[_ANDROID]}")
    return "a device that knows its place" if any(lower.get(key) for key in _PLACES) else None
