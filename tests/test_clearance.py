"""A consent from its recording to its end: judged, certified, carried by the replica, shown, and taken back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from rough import learn_roughly

from countenance.certificate import Certificate, certified
from countenance.clearance import Clearance, Request, check_policy, examine, warrant_of
from countenance.cli.exits import Exit
from countenance.cli.main import run
from countenance.consent.declaration import AI_GENERATED, LIKENESS, declare
from countenance.consent.gallery import Group, people
from countenance.consent.language import language_of
from countenance.consent.permission import still_stands
from countenance.consent.phrase import draw, recall
from countenance.consent.policy import Subject
from countenance.consent.receipt_content import Material, evidence_of
from countenance.consent.register import held_ids
from countenance.consent.revoke import revoke
from countenance.errors import CountenanceError
from countenance.progress import ProgressCallback
from countenance.settings import Settings
from countenance.stock.clips import CONSENT_NAME, consent_clip

Say = Callable[..., tuple[int, dict[str, Any]]]
pytestmark = pytest.mark.usefixtures("looked_at_once")


@pytest.fixture
def say(own_settings: Settings, capfd: pytest.CaptureFixture[str]) -> Say:
    """`say("consent", "list")`: the exit code and the JSON of a command."""

    def call(*arguments: object) -> tuple[int, dict[str, Any]]:
        capfd.readouterr()
        code = run([*map(str, arguments), "--json"])
        return code, json.loads(capfd.readouterr().out)

    return call


@pytest.fixture
def recordings(short_footage: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Footage and consent of the same (synthetic) person, as files that may be deleted."""
    footage, consent = tmp_path / "me.mp4", tmp_path / "consent.mp4"
    shutil.copy(short_footage, footage)
    shutil.copy(consent_clip(), consent)
    return footage, consent


@pytest.mark.timeout(600)
def test_a_consent_and_its_end(
    recordings: tuple[Path, Path],
    short_footage: Path,
    own_settings: Settings,
    say: Say,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learn_roughly(monkeypatch)
    footage, consent = recordings
    replica, video = tmp_path / "ada", tmp_path / "hello.mp4"
    code, trained = say("train", footage, "--consent", consent, "--name", CONSENT_NAME, "--out", replica)
    assert code == Exit.OK, trained
    receipt = trained["receipt"]
    assert held_ids(own_settings) == [receipt]
    assert [person.id for person in people(Group.ENROLLED, own_settings)] == [receipt]

    code, shown = say("consent", "show", replica)
    assert (code, shown["standing"], shown["receipt"]["person"]) == (Exit.OK, "active", CONSENT_NAME)
    assert set(shown["receipt"]["files"]) == {"footage", "consent"}
    assert shown["receipt"]["verdict"]["decision"] == "accepted"
    assert "Ada Winter" in shown["receipt"]["statement"]["text"]
    assert shown["receipt"]["account"] == "studio@example.org"

    code, said = say("say", replica, "--script", "Hello there, how are you?", "--out", video)
    assert code == Exit.OK, said

    shutil.copytree(replica, tmp_path / "copy")
    code, revoked = say("consent", "revoke", replica, "--yes", "--reason", "changed my mind")
    assert code == Exit.OK, revoked
    assert not replica.exists()
    assert not footage.exists()
    assert not consent.exists()
    assert people(Group.ENROLLED, own_settings) == ()
    code, gone = say("consent", "verify", receipt)
    assert (code, gone["error"]["rule"], gone["verified"]) == (Exit.REFUSED, "consent.revoked", True)
    # A copy that nobody knew of is left behind, and says nothing any more.
    code, said = say("say", tmp_path / "copy", "--script", "Hello there.", "--out", tmp_path / "again.mp4")
    assert (code, said["error"]["rule"]) == (Exit.REFUSED, "consent.revoked")
    assert not (tmp_path / "again.mp4").exists()
    # Nor is recorded footage AI-generated because its consent is gone.
    shutil.copy(short_footage, tmp_path / "again me.mp4")
    code, said = say("train", tmp_path / "again me.mp4", "--synthetic", "--out", tmp_path / "r")
    assert (code, said["error"]["rule"]) == (Exit.REFUSED, "consent.claim_recorded")


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ([], "consent.needed"),
        (
            ["--subject", "public-figure", "--consent", "{consent}", "--name", "Ada Winter"],
            "consent.public_figure_real",
        ),
        (["--subject", "deceased", "--consent", "{consent}", "--name", "Ada Winter"], "consent.deceased_real"),
        (["--synthetic", "--subject", "deceased"], "consent.declaration_missing"),
    ],
)
def test_policy_is_told_before_anything_is_looked_at(
    options: list[str], rule: str, recordings: tuple[Path, Path], say: Say, tmp_path: Path
) -> None:
    footage, consent = recordings
    filled = [option.format(consent=consent) for option in options]
    code, said = say("train", footage, *filled, "--out", tmp_path / "r")
    assert (code, said["error"]["rule"]) == (Exit.REFUSED, rule)
    assert not (tmp_path / "r").exists()


def test_synthetic_footage_of_a_public_figure_needs_an_answer(tmp_path: Path) -> None:
    declared = (declare(AI_GENERATED, "ada"), declare(LIKENESS, "ada"))
    request = Request(tmp_path / "v.mp4", Material.SYNTHETIC, Subject.PUBLIC_FIGURE, declarations=declared[:1])
    with pytest.raises(CountenanceError, match="responsibility"):
        check_policy(request)
    check_policy(Request(tmp_path / "v.mp4", Material.SYNTHETIC, Subject.PUBLIC_FIGURE, declarations=declared))


def test_a_declaration_is_certified_too(recordings: tuple[Path, Path], own_settings: Settings, say: Say) -> None:
    footage, _ = recordings
    judged = declared_synthetic(footage, own_settings)
    with under(judged, footage.parent / "consent.mp4", own_settings) as certificate:
        pass
    code, shown = say("consent", "show", certificate.consent["receipt"])
    assert (code, shown["receipt"]["kind"], shown["receipt"]["material"]) == (Exit.OK, "declaration", "synthetic")
    assert shown["receipt"]["declarations"][0]["wording"].startswith("This footage is AI-generated")
    assert shown["receipt"]["declarations"][0]["who"] == "ada"


def under(judged: Clearance, replica: Path, settings: Settings) -> AbstractContextManager[Certificate]:
    return certified(warrant_of(judged, settings), judged.request.paths, replica, settings)


def cleared(footage: Path, consent: Path, settings: Settings, phrase_id: str | None = None) -> Clearance:
    request = Request(footage, Material.FOOTAGE, Subject.SELF, name=CONSENT_NAME, consent=consent, phrase_id=phrase_id)
    return examine(request, settings)


def test_without_the_one_time_words_an_old_recording_is_refused(
    recordings: tuple[Path, Path], own_settings: Settings
) -> None:
    footage, consent = recordings
    phrase = draw(CONSENT_NAME, language_of("en", own_settings), own_settings)
    judged = cleared(footage, consent, own_settings, phrase.id)
    assert "consent.phrase_not_spoken" in {finding.rule.id for finding in judged.blocking}
    with pytest.raises(ValueError, match="blocked"):
        warrant_of(judged, own_settings)
    assert recall(phrase.id, CONSENT_NAME, own_settings) == phrase


def test_a_training_that_fails_leaves_no_receipt(recordings: tuple[Path, Path], own_settings: Settings) -> None:
    footage, consent = recordings
    judged = cleared(footage, consent, own_settings)
    assert judged.ok, judged.blocking
    with pytest.raises(RuntimeError, match="power cut"), under(judged, footage, own_settings):
        raise RuntimeError("power cut")
    assert held_ids(own_settings) == []
    assert people(Group.ENROLLED, own_settings) == ()


def test_a_training_that_fails_after_its_preview_keeps_the_receipt(
    recordings: tuple[Path, Path], own_settings: Settings, tmp_path: Path
) -> None:
    judged = declared_synthetic(recordings[0], own_settings)

    def fail_late() -> None:
        with under(judged, tmp_path / "ada", own_settings) as certificate:
            certificate.check()
            assert held_ids(own_settings) == []
            bundle(tmp_path / "ada", certificate)
            certificate.count()
            certificate.count()
            certificate.check()
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail_late()
    assert len(held_ids(own_settings)) == 1


def test_a_replica_whose_consent_ends_while_it_is_finished_is_deleted(
    recordings: tuple[Path, Path], own_settings: Settings, tmp_path: Path
) -> None:
    judged = declared_synthetic(recordings[0], own_settings)
    replica = tmp_path / "ada"

    def finish_too_late() -> None:
        with under(judged, replica, own_settings) as certificate:
            bundle(replica, certificate)
            certificate.count()
            revoke(certificate.consent["receipt"], own_settings)
            assert not replica.exists()
            with pytest.raises(CountenanceError):
                certificate.check()
            bundle(replica, certificate)

    with pytest.raises(CountenanceError) as caught:
        finish_too_late()
    assert caught.value.finding.rule.id == "consent.revoked"
    assert not replica.exists()


def declared_synthetic(footage: Path, settings: Settings, progress: ProgressCallback | None = None) -> Clearance:
    declared = (declare(AI_GENERATED, "ada"),)
    return examine(Request(footage, Material.SYNTHETIC, Subject.INVENTED, declarations=declared), settings, progress)


def bundle(folder: Path, certificate: Certificate) -> None:
    """The least that is a replica to the register."""
    folder.mkdir()
    (folder / "replica.json").write_text(json.dumps({"format_version": 1, "consent": dict(certificate.consent)}))


def test_footage_that_is_exchanged_after_it_was_judged_is_not_what_the_receipt_is_for(
    recordings: tuple[Path, Path], own_settings: Settings
) -> None:
    footage, consent = recordings
    stages: list[str] = []
    judged = declared_synthetic(footage, own_settings, lambda told: stages.append(told.stage))
    assert "verify consent" not in stages, "nobody has to agree"
    assert stages[-1] == "check origin"
    with under(judged, consent, own_settings) as certificate:
        shutil.copy(consent, footage)
        trained = {"consent": certificate.consent, "footage": {"sha256": evidence_of(footage).sha256}}
    with pytest.raises(CountenanceError) as caught:
        still_stands(trained, own_settings)
    assert caught.value.finding.rule.id == "consent.receipt_of_another"
    with pytest.raises(CountenanceError) as caught, under(judged, consent, own_settings):
        pytest.fail("nothing may be trained")
    assert caught.value.finding.rule.id == "clearance.other_file"
