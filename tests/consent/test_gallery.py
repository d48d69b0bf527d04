"""Stored faces: kept privately, encrypted where a key is set, and never compared across models."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import SecretStr

from countenance.consent import gallery
from countenance.consent.claim_rules import GALLERY_REVIEW
from countenance.consent.gallery import Group, Person, Protection
from countenance.errors import CountenanceError
from countenance.people.identity import FACE_MATCH
from countenance.settings import Settings

Embedding = NDArray[np.float32]
RECEIPT = "0f8fad5b-d9cb-469f-a165-70867728950e"
KEY, OTHER_KEY = (base64.b64encode(bytes([i]) * 32).decode() for i in (1, 2))


def unit(values: NDArray[np.float64]) -> Embedding:
    return np.asarray(values / np.linalg.norm(values), np.float32)


def stranger(seed: int) -> Embedding:
    return unit(np.random.default_rng(seed).normal(size=128))


def alike(face: Embedding, likeness: float, seed: int = 99) -> Embedding:
    """A face at this cosine from `face`."""
    other = np.random.default_rng(seed).normal(size=128)
    away = unit(other - np.dot(other, face) * face)
    return unit(likeness * face.astype(float) + np.sqrt(1 - likeness**2) * away)


def with_key(folder: Path, key: str | None) -> Settings:
    return Settings(data_dir=folder / "data", threads=1, biometric_key=SecretStr(key) if key else None)


@pytest.fixture(params=[None, KEY], ids=["plain", "encrypted"])
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    return with_key(tmp_path, request.param)


def rule_of(error: pytest.ExceptionInfo[CountenanceError]) -> str:
    return error.value.finding.rule.id


def only_file(settings: Settings, group: Group = Group.PROTECTED) -> Path:
    (path,) = (settings.data_dir / group.value).iterdir()
    return path


def test_somebody_is_added_found_and_removed(settings: Settings) -> None:
    assert gallery.is_empty(settings)
    faces = [stranger(1), alike(stranger(1), 0.8)]
    added = gallery.protect(Protection.OPTED_OUT, "Jane Doe", faces, settings, note="asked by letter")
    (found,) = gallery.people(Group.PROTECTED, settings)
    assert (found.id, found.label, found.note, found.protection) == (
        added.id, "Jane Doe", "asked by letter", Protection.OPTED_OUT,
    )  # fmt: skip
    assert np.array_equal(np.stack(found.faces), np.stack(faces))
    assert not gallery.is_empty(settings)
    gallery.remove(added.id, settings)
    assert gallery.people(Group.PROTECTED, settings) == ()
    with pytest.raises(CountenanceError) as caught:
        gallery.remove(added.id, settings)
    assert rule_of(caught) == "consent.stored_face_unknown"


def test_files_are_for_their_owner_alone(settings: Settings) -> None:
    old = os.umask(0)
    try:
        gallery.protect(Protection.DECEASED, "Somebody", [stranger(1)], settings)
    finally:
        os.umask(old)
    path = only_file(settings)
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (path, path.parent, settings.data_dir)]
    assert modes == [0o600, 0o700, 0o700]
    sealed = settings.biometric_key is not None
    assert ("Somebody" not in path.read_text("utf-8")) is sealed
    assert ("faces" not in json.loads(path.read_bytes())) is sealed


def test_an_enrolled_face_is_one_vector_and_is_forgotten(settings: Settings) -> None:
    looks = [alike(stranger(2), 0.9, seed) for seed in range(10)]
    gallery.enrol(RECEIPT, "acme", looks, settings)
    (found,) = gallery.people(Group.ENROLLED, settings)
    assert (found.id, found.account, len(found.faces)) == (RECEIPT, "acme", 1)
    path = only_file(settings, Group.ENROLLED)
    assert path.name == f"{RECEIPT}.json", "where a revocation looks for it"
    left = path.with_name(f".{path.name}-0123")
    left.write_text("from an interrupted write")
    assert gallery.forget(RECEIPT, settings)
    assert not list(path.parent.iterdir())
    assert not gallery.forget(RECEIPT, settings)


@pytest.mark.parametrize("bad", ["../protected/x", "", "a/b", ".json", "A" * 8, "x" * 100])
def test_ids_lead_nowhere_else(bad: str, settings: Settings) -> None:
    gallery.protect(Protection.DECEASED, "Somebody", [stranger(1)], settings)
    assert not gallery.forget(bad, settings)
    with pytest.raises(CountenanceError):
        gallery.remove(bad, settings)
    with pytest.raises(ValueError, match="cannot be an id"):
        gallery.enrol(bad, "acme", [stranger(1)], settings)


def test_the_most_alike_come_first_and_strangers_not_at_all(settings: Settings) -> None:
    face = stranger(3)
    for label, likeness in [("far", 0.2), ("near", 0.55), ("same", 0.8)]:
        gallery.protect(Protection.PUBLIC_FIGURE, label, [alike(face, likeness)], settings)
    gallery.enrol(RECEIPT, "acme", [alike(face, 0.7)], settings)
    seen = gallery.nearest([face], settings)
    found = [(match.person.label or match.person.account, round(match.likeness, 2)) for match in seen.matches]
    assert found == [("same", 0.8), ("acme", 0.7), ("near", 0.55)]
    assert (seen.stored, seen.compared, seen.not_comparable) == (4, 4, 0)
    assert GALLERY_REVIEW < FACE_MATCH
    assert gallery.nearest([], settings).compared == 0


def test_any_of_several_pictures_is_enough(settings: Settings) -> None:
    young, old = stranger(4), stranger(5)
    gallery.protect(Protection.PUBLIC_FIGURE, "long famous", [young, old], settings)
    assert gallery.nearest([old], settings).matches[0].likeness > 0.99


def test_three_looks_are_a_person_and_two_are_not() -> None:
    face, other = stranger(6), stranger(20)
    person = Person("x", Group.PROTECTED, "", "", (face,))
    assert gallery.likeness([face] * 3 + [other] * 13, person) > 0.99
    assert gallery.likeness([face] * 2 + [other] * 14, person) < GALLERY_REVIEW


def test_another_models_faces_are_not_compared(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    face = stranger(7)
    with monkeypatch.context() as patch:
        patch.setattr(gallery, "weight_sha256", lambda *_: "0" * 64)
        gallery.protect(Protection.OPTED_OUT, "measured otherwise", [face], settings)
    gallery.protect(Protection.DECEASED, "measured now", [face], settings)
    seen = gallery.nearest([face], settings)
    assert [match.person.label for match in seen.matches] == ["measured now"]
    assert (seen.compared, seen.not_comparable) == (1, 1)


def test_plain_and_encrypted_files_live_together(tmp_path: Path) -> None:
    gallery.protect(Protection.DECEASED, "before", [stranger(1)], with_key(tmp_path, None))
    settings = with_key(tmp_path, KEY)
    gallery.protect(Protection.DECEASED, "after", [stranger(2)], settings)
    assert [person.label for person in gallery.people(Group.PROTECTED, settings)] == ["before", "after"]


@pytest.mark.parametrize("key", [None, OTHER_KEY])
def test_a_wrong_key_is_said(key: str | None, tmp_path: Path) -> None:
    gallery.protect(Protection.DECEASED, "Somebody", [stranger(1)], with_key(tmp_path, KEY))
    with pytest.raises(CountenanceError) as caught:
        gallery.nearest([stranger(1)], with_key(tmp_path, key))
    assert rule_of(caught) == "consent.biometric_key_wrong"


@pytest.mark.parametrize("key", ["short", "ä" * 44, base64.b64encode(bytes(16)).decode()])
def test_a_key_that_is_none_is_said(key: str, tmp_path: Path) -> None:
    with pytest.raises(CountenanceError) as caught:
        gallery.protect(Protection.DECEASED, "Somebody", [stranger(1)], with_key(tmp_path, key))
    assert rule_of(caught) == "consent.biometric_key_invalid"
    assert key not in str(caught.value)
    assert not (tmp_path / "data").exists()


def test_a_file_under_another_name_does_not_count(settings: Settings) -> None:
    """Nobody becomes somebody else by a renamed file, and no one who agreed becomes protected."""
    gallery.protect(Protection.DECEASED, "Somebody", [stranger(1)], settings)
    path = only_file(settings)
    path.rename(path.with_name("0000000000000000.json"))
    with pytest.raises(CountenanceError) as caught:
        gallery.people(Group.PROTECTED, settings)
    assert rule_of(caught) == (
        "consent.biometric_key_wrong" if settings.biometric_key else "consent.stored_face_damaged"
    )


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"encrypted": "rot13"}', b'{"encrypted": "AES-256-GCM"}']
)
def test_damaged_files_are_said(content: bytes, settings: Settings) -> None:
    gallery.protect(Protection.DECEASED, "Somebody", [stranger(1)], settings)
    only_file(settings).write_bytes(content)
    with pytest.raises(CountenanceError) as caught:
        gallery.nearest([stranger(1)], settings)
    assert rule_of(caught) in ("consent.stored_face_damaged", "consent.biometric_key_wrong")
    gallery.remove(only_file(settings).stem, settings)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("faces", []),
        ("faces", ["AAAA"]),
        ("faces", ["not base64!"]),
        ("faces", 5),
        ("protection", "famous"),
        ("schema", 2),
        ("model", None),
        ("label", 5),
        ("group", "enrolled"),
    ],
)
def test_nonsense_inside_is_said(key: str, value: object, tmp_path: Path) -> None:
    settings = with_key(tmp_path, None)
    gallery.protect(Protection.DECEASED, "Somebody", [stranger(1)], settings)
    path = only_file(settings)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), key: value}))
    with pytest.raises(CountenanceError) as caught:
        gallery.people(Group.PROTECTED, settings)
    assert rule_of(caught) == "consent.stored_face_damaged"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file is in the way")
    with pytest.raises(CountenanceError) as caught:
        gallery.enrol(RECEIPT, "acme", [stranger(1)], with_key(tmp_path, None))
    assert rule_of(caught) == "consent.cannot_store"
