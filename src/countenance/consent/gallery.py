"""Known faces: people whose likeness is protected, and people who agreed. Whose face is this footage's?

Faces are biometric data. Each is kept as numbers only, in a file of its own, encrypted where a key is set, and is gone
when its file is. `data_dir/protected/<id>.json` and `data_dir/enrolled/<receipt id>.json`.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.consent import sealed
from countenance.consent.claim_rules import GALLERY_REVIEW, STORED_FACE_UNKNOWN
from countenance.errors import CountenanceError, Finding
from countenance.people.identity import combined, similarity
from countenance.people.models import FACE_EMBEDDER, weight_sha256
from countenance.settings import Settings

_ID = re.compile(r"[0-9a-z][0-9a-z-]{3,63}")
_SCHEMA = 1
_COUNTED_LOOK = 3
"""Of single looks the third most alike counts: one or two may be a bad moment, three are a person."""

Embedding = NDArray[np.float32]


class Group(StrEnum):
    PROTECTED = "protected"
    ENROLLED = "enrolled"


class Protection(StrEnum):
    """Why somebody is protected."""

    PUBLIC_FIGURE = "public-figure"
    DECEASED = "deceased"
    OPTED_OUT = "opted-out"


@dataclass(frozen=True, slots=True)
class Person:
    """A stored face and what is known of whose it is."""

    id: str
    """Of the enrolled: the receipt's."""
    group: Group
    added_at: str
    """ISO 8601, UTC"""
    model: str
    """The embedding model's name and its weight's SHA-256; faces of different models are never compared."""
    faces: tuple[Embedding, ...] = field(repr=False)
    """Unit vectors, one for each picture or recording."""
    protection: Protection | None = None
    label: str = ""
    note: str = ""
    account: str = ""
    """Of the enrolled: under which they agreed."""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, without the face."""
        return {
            "id": self.id,
            "group": self.group.value,
            "protection": self.protection and self.protection.value,
            "label": self.label,
            "note": self.note,
            "account": self.account,
            "added_at": self.added_at,
            "pictures": len(self.faces),
        }


@dataclass(frozen=True, slots=True)
class Match:
    """A stored person whose face is at least similar."""

    person: Person
    likeness: float
    """-1 to 1; same person from `FACE_MATCH`, to be looked at from `GALLERY_REVIEW`."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """What a comparison with the whole gallery gave."""

    matches: tuple[Match, ...]
    """From `GALLERY_REVIEW` on, the most alike first."""
    looks: int
    """How many looks at the face there were; with none nothing was compared."""
    stored: int
    """How many people are stored."""
    not_comparable: int
    """How many of them were measured by another model."""

    @property
    def compared(self) -> int:
        return self.stored - self.not_comparable if self.looks else 0


def protect(
    protection: Protection, label: str, faces: Sequence[Embedding], settings: Settings, note: str = ""
) -> Person:
    """Add a protected person; `faces` is one embedding for each picture, at least one.

    Raises:
        CountenanceError: consent.cannot_store, consent.biometric_key_invalid.
    """
    person = Person(
        id=secrets.token_hex(8),
        group=Group.PROTECTED,
        added_at=_now(),
        model=_model(settings),
        faces=tuple(faces),
        protection=protection,
        label=label,
        note=note,
    )
    return _save(person, settings)


def enrol(receipt_id: str, account: str, embeddings: Sequence[Embedding], settings: Settings) -> Person:
    """Keep the face of a person who agreed, as one vector for all of `embeddings`; replaces an earlier one.

    Raises:
        CountenanceError: consent.cannot_store, consent.biometric_key_invalid.
        ValueError: for what cannot be a receipt's id.
    """
    person = Person(
        id=receipt_id,
        group=Group.ENROLLED,
        added_at=_now(),
        model=_model(settings),
        faces=(combined(embeddings),),
        account=account,
    )
    return _save(person, settings)


def people(group: Group, settings: Settings) -> tuple[Person, ...]:
    """Everybody in a group, in the order in which they were added.

    Raises:
        CountenanceError: consent.stored_face_damaged, consent.biometric_key_wrong, consent.biometric_key_invalid.
    """
    found = (_load(path, group, settings) for path in _files(group, settings))
    return tuple(sorted(found, key=lambda person: (person.added_at, person.id)))


def is_empty(settings: Settings) -> bool:
    """Whether nobody is stored, so that no face needs to be looked at."""
    return not any(_files(group, settings) for group in Group)


def remove(person_id: str, settings: Settings) -> None:
    """Remove a protected person. The file need not be readable for that.

    Raises:
        CountenanceError: consent.stored_face_unknown, consent.cannot_store.
    """
    if not _ID.fullmatch(person_id) or not sealed.delete(_path(person_id, Group.PROTECTED, settings)):
        raise CountenanceError(Finding(STORED_FACE_UNKNOWN, measured=person_id[:80]))


def forget(receipt_id: str, settings: Settings) -> bool:
    """Delete the face of a person who agreed; whether there was one.

    Raises:
        CountenanceError: consent.cannot_store.
    """
    return bool(_ID.fullmatch(receipt_id)) and sealed.delete(_path(receipt_id, Group.ENROLLED, settings))


def nearest(embeddings: Sequence[Embedding], settings: Settings) -> Nearest:
    """Who of all stored people resembles the face of a recording, given by one or more looks at it.

    One file that cannot be read stops it: a face that was not compared would count as nobody's.

    Raises:
        CountenanceError: see `people`.
    """
    model = _model(settings)
    everybody = [person for group in Group for person in people(group, settings)]
    comparable = [person for person in everybody if person.model == model]
    likenesses = [Match(person, likeness(embeddings, person)) for person in comparable] if embeddings else []
    matches = [match for match in likenesses if match.likeness >= GALLERY_REVIEW]
    return Nearest(
        matches=tuple(sorted(matches, key=lambda match: -match.likeness)),
        looks=len(embeddings),
        stored=len(everybody),
        not_comparable=len(everybody) - len(comparable),
    )


def likeness(embeddings: Sequence[Embedding], person: Person) -> float:
    """How alike, -1 to 1: the recording as a whole, or enough single looks at it if those are more alike."""
    whole = combined(embeddings)
    return max(max(similarity(whole, face), _of_looks(embeddings, face)) for face in person.faces)


def _of_looks(embeddings: Sequence[Embedding], face: Embedding) -> float:
    ranked = sorted((similarity(one, face) for one in embeddings), reverse=True)
    return ranked[_COUNTED_LOOK - 1] if len(ranked) >= _COUNTED_LOOK else -1.0


def _save(person: Person, settings: Settings) -> Person:
    stored = {
        "schema": _SCHEMA,
        **{key: value for key, value in person.as_dict().items() if key != "pictures"},
        "model": person.model,
        "faces": [base64.b64encode(face.astype("<f4").tobytes()).decode() for face in person.faces],
    }
    sealed.save(_path(person.id, person.group, settings), stored, settings)
    return person


def _load(path: Path, group: Group, settings: Settings) -> Person:
    stored = sealed.load(path, settings)
    try:
        if stored["schema"] != _SCHEMA or (stored["id"], stored["group"]) != (path.stem, group.value):
            raise sealed.damaged(path)
        protection = Protection(stored["protection"]) if group is Group.PROTECTED else None
        faces = tuple(_unit_vector(text) for text in stored["faces"])
        texts = {key: _string(stored, key) for key in ("added_at", "model", "label", "note", "account")}
    except (KeyError, TypeError, ValueError) as error:
        raise sealed.damaged(path) from error
    if not faces:
        raise sealed.damaged(path)
    return Person(id=path.stem, group=group, faces=faces, protection=protection, **texts)


def _unit_vector(text: str) -> Embedding:
    vector = np.frombuffer(base64.b64decode(text, validate=True), "<f4").astype(np.float32)
    if vector.size == 0 or not abs(float(np.linalg.norm(vector)) - 1.0) < 1e-3:
        raise ValueError("no unit vector")
    return vector


def _string(stored: Mapping[str, Any], key: str) -> str:
    if not isinstance(stored[key], str):
        raise TypeError(key)
    return str(stored[key])


def _files(group: Group, settings: Settings) -> list[Path]:
    return sorted((settings.data_dir / group.value).glob("[!.]*.json"))


def _path(person_id: str, group: Group, settings: Settings) -> Path:
    if not _ID.fullmatch(person_id):
        raise ValueError(f"{person_id!r} cannot be an id")
    return settings.data_dir / group.value / f"{person_id}.json"


def _model(settings: Settings) -> str:
    return f"{FACE_EMBEDDER}:{weight_sha256(FACE_EMBEDDER, settings)}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
