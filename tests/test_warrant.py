"""A training may begin in another process, and again after a crash: with the same files, words and receipt."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from countenance.certificate import certified
from countenance.consent.gallery import Group, people
from countenance.consent.language import language_of
from countenance.consent.phrase import OneTimePhrase, draw, recall
from countenance.consent.receipt_content import (
    FileEvidence,
    Kind,
    Material,
    ReceiptContent,
    ScoreRecord,
    SpokenStatement,
    VerdictRecord,
    evidence_of,
)
from countenance.consent.register import held, held_ids
from countenance.engine.footage_choice import Seen
from countenance.errors import CountenanceError, Span
from countenance.settings import Settings
from countenance.warrant import Warrant, load_warrant, save_warrant

NAME = "Ada Winter"
ACCOUNT = "w0123456789"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    paths = {role: tmp_path / f"{role}.mp4" for role in ("footage", "consent")}
    for role, path in paths.items():
        path.write_bytes(role.encode() * 100)
    return paths


@pytest.fixture
def phrase(own_settings: Settings) -> OneTimePhrase:
    return draw(NAME, language_of("en", own_settings), own_settings)


@pytest.fixture
def warrant(files: dict[str, Path], phrase: OneTimePhrase) -> Warrant:
    look = np.arange(1, 129, dtype=np.float32)
    evidence: dict[str, FileEvidence] = {role: evidence_of(path) for role, path in files.items()}
    content = ReceiptContent(
        kind=Kind.CONSENT,
        material=Material.FOOTAGE,
        organisation="Harbour Films",
        files=evidence,
        person=NAME,
        subject="self",
        account=ACCOUNT,
        statement=SpokenStatement("en-1", "en", "I agree.", "i agree", " ".join(phrase.words)),
        verdict=VerdictRecord("accepted", {"face": ScoreRecord(0.71, 0.55, 0.4, "accepted")}),
    )
    return Warrant(
        content,
        verdict={"decision": "accepted", "name": NAME, "scores": {"face": {"value": 0.71}}},
        phrase=phrase,
        usable=(Span(0.0, 4.5), Span(6.0, 12.25)),
        seen=Seen(12.5, *(np.array([0.1, np.nan, value], np.float32) for value in (0.2, 3.0, -4.0))),
        looks=(look / np.linalg.norm(look),),
    )


def refused(error: pytest.ExceptionInfo[CountenanceError]) -> str:
    return error.value.finding.rule.id


def bundle(folder: Path, receipt: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "replica.json").write_text(f'{{"consent": {{"receipt": "{receipt}"}}}}')


@pytest.mark.parametrize("key", [None, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="])
def test_it_comes_back_as_it_was_and_is_private(
    warrant: Warrant, tmp_path: Path, key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if key:
        monkeypatch.setenv("COUNTENANCE_BIOMETRIC_KEY", key)
    settings, folder = Settings(), tmp_path / "job" / "warrant"
    save_warrant(warrant, folder, settings)
    back = load_warrant(folder, settings)
    for name in ("content", "verdict", "doubts", "reviewed_by", "phrase", "usable"):
        assert getattr(back, name) == getattr(warrant, name), name
    assert np.array_equal(back.looks, warrant.looks)
    assert back.seen is not None
    assert warrant.seen is not None
    assert back.seen.rate_hz == 12.5
    assert np.array_equal(back.seen.yaw_deg, warrant.seen.yaw_deg, equal_nan=True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert ("encrypted" in (folder / "looks.json").read_text()) is bool(key)


def test_a_picture_has_neither_looks_nor_parts(warrant: Warrant, tmp_path: Path, own_settings: Settings) -> None:
    bare = replace(warrant, usable=None, seen=None, looks=(), phrase=None, doubts=("consent.looks_like",))
    save_warrant(bare, tmp_path / "w", own_settings)
    back = load_warrant(tmp_path / "w", own_settings)
    assert (back.usable, back.seen, back.looks, back.doubts) == (None, None, (), ("consent.looks_like",))
    assert [path.name for path in (tmp_path / "w").iterdir()] == ["warrant.json"]


def test_what_is_damaged_or_of_another_is_told(warrant: Warrant, tmp_path: Path, own_settings: Settings) -> None:
    folder = tmp_path / "w"
    with pytest.raises(CountenanceError) as error:
        load_warrant(folder, own_settings)
    assert refused(error) == "clearance.warrant_damaged"
    save_warrant(warrant, folder, own_settings)
    other = replace(warrant.content, files={"footage": FileEvidence("a.mp4", 1, "0" * 64)})
    save_warrant(replace(warrant, content=other), tmp_path / "other", own_settings)
    (folder / "looks.json").write_bytes((tmp_path / "other" / "looks.json").read_bytes())
    with pytest.raises(CountenanceError) as error:
        load_warrant(folder, own_settings)
    assert refused(error) == "clearance.warrant_damaged"
    save_warrant(warrant, folder, own_settings)
    (folder / "warrant.json").write_text("{")
    with pytest.raises(CountenanceError) as error:
        load_warrant(folder, own_settings)
    assert refused(error) == "clearance.warrant_damaged"


def test_a_try_that_was_killed_goes_on_under_its_receipt(
    warrant: Warrant, files: dict[str, Path], phrase: OneTimePhrase, tmp_path: Path, own_settings: Settings
) -> None:
    """Killed before its receipt counts, while it is entered, and after: one receipt, one enrolled face."""
    out, kept = tmp_path / "replica", tmp_path / "receipt.jws"
    tries = [certified(warrant, files, out, own_settings, kept) for _ in range(3)]
    first = tries[0].__enter__()  # and never left: nothing of what follows a block happens in a process that is killed
    with pytest.raises(CountenanceError) as error:
        recall(phrase.id, NAME, own_settings)
    assert refused(error) == "consent.phrase_unknown"
    second = tries[1].__enter__()
    assert second.consent == first.consent
    bundle(out, second.consent["receipt"])
    second.count()
    (own_settings.data_dir / "enrolled" / f"{second.consent['receipt']}.json").unlink()
    with tries[2] as third:
        third.check()
    assert held_ids(own_settings) == [first.consent["receipt"]]
    assert [person.account for person in people(Group.ENROLLED, own_settings)] == [ACCOUNT]
    assert held(third.consent["receipt"], own_settings).content.account == ACCOUNT
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_words_are_good_for_one_consent(
    warrant: Warrant, files: dict[str, Path], tmp_path: Path, own_settings: Settings
) -> None:
    """A further try may have another folder, on another machine; another consent may not have the same words."""
    out = tmp_path / "replica"
    certified(warrant, files, out, own_settings, tmp_path / "one.jws").__enter__()
    certified(warrant.reviewed("ada"), files, out, own_settings, tmp_path / "two.jws").__enter__()
    files["footage"].write_bytes(b"another")
    evidence = {role: evidence_of(path) for role, path in files.items()}
    other = replace(warrant, content=replace(warrant.content, files=evidence))
    with pytest.raises(CountenanceError) as error:
        certified(other, files, out, own_settings, tmp_path / "three.jws").__enter__()
    assert refused(error) == "consent.phrase_unknown"


@pytest.mark.parametrize("told", [True, False])
def test_words_come_back_if_the_job_is_over(
    warrant: Warrant, files: dict[str, Path], phrase: OneTimePhrase, tmp_path: Path, own_settings: Settings, told: bool
) -> None:
    (tmp_path / "consent.mp4").write_bytes(b"another")
    with pytest.raises(CountenanceError) as error:
        certified(warrant, files, tmp_path / "r", own_settings, tmp_path / "one.jws").__enter__()
    assert refused(error) == "clearance.other_file"
    ends = error.value if told else SystemExit(143)
    only = {"footage": files["footage"]}
    with pytest.raises(type(ends)), certified(warrant, only, tmp_path / "r", own_settings, tmp_path / "one.jws"):
        raise ends
    used = (own_settings.data_dir / "phrases" / f"{phrase.id}.used").exists()
    assert used is not told


def test_a_doubt_waits_for_a_human_until_the_training(
    warrant: Warrant, files: dict[str, Path], tmp_path: Path, own_settings: Settings
) -> None:
    unsure = replace(warrant, doubts=("consent.face_unsure",))
    with pytest.raises(CountenanceError) as error:
        certified(unsure, files, tmp_path / "r", own_settings).__enter__()
    assert refused(error) == "clearance.not_reviewed"
    assert unsure.reviewed(None).reviewed_by is None
    with certified(unsure.reviewed("reviewer"), files, tmp_path / "r", own_settings) as certificate:
        bundle(tmp_path / "r", certificate.consent["receipt"])
    verdict = held(certificate.consent["receipt"], own_settings).content.verdict
    assert verdict is not None
    assert verdict.reviewed_by == "reviewer"
