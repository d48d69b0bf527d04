"""Is it true that footage is AI-generated? What contradicts it, what supports it, and who is let off."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import SecretStr
from signing import Authority, Made, new_authority

from countenance.consent import gallery
from countenance.consent.claim import Claim, examine_claim, examine_footage_identity, examine_picture
from countenance.consent.gallery import Protection
from countenance.consent.judge import Decision
from countenance.consent.policy import Subject
from countenance.errors import CountenanceError, Severity
from countenance.media.provenance import CredentialState
from countenance.media.write import VideoWriter
from countenance.settings import Settings

Embedding = NDArray[np.float32]
RECEIPT = "0f8fad5b-d9cb-469f-a165-70867728950e"


def unit(values: NDArray[np.float64]) -> Embedding:
    return np.asarray(values / np.linalg.norm(values), np.float32)


def face_of(seed: int) -> Embedding:
    return unit(np.random.default_rng(seed).normal(size=128))


def alike(face: Embedding, likeness: float) -> Embedding:
    other = np.random.default_rng(99).normal(size=128)
    away = unit(other - np.dot(other, face) * face)
    return unit(likeness * face.astype(float) + np.sqrt(1 - likeness**2) * away)


FACE = face_of(1)
LOOKS = [FACE] * 5


@pytest.fixture(scope="module")
def authority() -> Authority:
    return new_authority()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("claim")


@pytest.fixture(scope="module")
def plain(folder: Path) -> Path:
    with VideoWriter(folder / "plain.mp4", 64, 48) as writer:
        for level in range(0, 200, 20):
            writer.write(np.full((48, 64, 3), level, np.uint8))
    return folder / "plain.mp4"


@pytest.fixture(scope="module")
def signed(plain: Path, authority: Authority, folder: Path) -> dict[str, Path]:
    """The same clip by what its credentials say of it."""
    kinds = ("trainedAlgorithmicMedia", "digitalCapture", "compositeWithTrainedAlgorithmicMedia", "screenCapture")
    made = {kind: authority.sign(plain, folder / f"{kind}.mp4", kind) for kind in kinds}
    filmed = [Made(made["digitalCapture"])]
    made["edited"] = authority.sign(plain, folder / "edited.mp4", "trainedAlgorithmicMedia", ingredients=filmed)
    return made


@pytest.fixture(params=["refuse", "review"])
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    return Settings(data_dir=tmp_path / "data", threads=1, contradiction=request.param)


@pytest.fixture
def strict(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", threads=1)


def told(found: Claim) -> list[str]:
    return [finding.rule.id for finding in found.findings]


def as_chosen(rule: str, choice: Literal["refuse", "review"]) -> list[str]:
    return [rule if choice == "refuse" else f"{rule}_review"]


def examined(path: Path, settings: Settings, subject: Subject = Subject.INVENTED, account: str = "acme") -> Claim:
    return examine_claim(path, settings, subject, account, LOOKS)


def test_nothing_contradicts(plain: Path, settings: Settings) -> None:
    found = examined(plain, settings)
    assert (told(found), found.decision, found.supported) == ([], Decision.ACCEPTED, False)
    assert found.as_dict()["credentials"] is None


def test_nobody_is_looked_at_where_nobody_is_stored(
    plain: Path, strict: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("countenance.consent.faces.look", lambda *_: pytest.fail("decoded for nothing"))
    assert examine_claim(plain, strict, Subject.INVENTED, "acme").decision is Decision.ACCEPTED


def test_credentials_of_a_generator_support_the_claim(
    signed: dict[str, Path], authority: Authority, strict: Settings, tmp_path: Path
) -> None:
    found = examined(signed["trainedAlgorithmicMedia"], strict)
    assert (told(found), found.supported) == ([], True)
    kept = json.loads(json.dumps(found.as_dict()))
    assert (kept["supported"], kept["credentials"]["state"]) == (True, "valid")
    assert kept["credentials"]["source_types"] == ["trainedAlgorithmicMedia"]

    anchors = tmp_path / "anchors.pem"
    anchors.write_text(authority.anchors)
    trusting = strict.model_copy(update={"trust_anchors": anchors})
    credentials = examined(signed["trainedAlgorithmicMedia"], trusting).credentials
    assert credentials is not None
    assert credentials.state is CredentialState.TRUSTED
    with pytest.raises(CountenanceError) as caught:
        examined(signed["digitalCapture"], strict.model_copy(update={"trust_anchors": tmp_path / "none.pem"}))
    assert caught.value.finding.rule.id == "media.unreadable"


def test_altered_credentials_support_nothing(signed: dict[str, Path], strict: Settings, tmp_path: Path) -> None:
    content = bytearray(signed["trainedAlgorithmicMedia"].read_bytes())
    content[content.rindex(b"mdat") + 40] ^= 1
    altered = tmp_path / "altered.mp4"
    altered.write_bytes(content)
    found = examined(altered, strict)
    assert (told(found), found.supported) == ([], False)


@pytest.mark.parametrize("kind", ["digitalCapture", "edited"])
def test_a_camera_recorded_it(kind: str, signed: dict[str, Path], settings: Settings) -> None:
    found = examined(signed[kind], settings)
    assert told(found) == as_chosen("consent.claim_captured", settings.contradiction)
    expected = Decision.REFUSED if settings.contradiction == "refuse" else Decision.REVIEW
    assert (found.decision, found.supported) == (expected, False)
    message = found.findings[0].message()
    assert "digitalCapture; signed by Test Signer (valid)" in message
    assert ("--reviewed" in message) is (settings.contradiction == "review")


def test_parts_of_it_are_for_a_human_to_judge(signed: dict[str, Path], settings: Settings) -> None:
    found = examined(signed["compositeWithTrainedAlgorithmicMedia"], settings)
    assert (told(found), found.decision) == (["consent.claim_partly"], Decision.REVIEW)
    assert told(examined(signed["screenCapture"], settings)) == []


def test_a_telephone_left_its_traces(plain: Path, folder: Path, settings: Settings) -> None:
    import av

    phone = folder / "phone.mov"
    with av.open(str(plain)) as source, av.open(str(phone), "w", options={"movflags": "use_metadata_tags"}) as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        out.metadata.update({"com.apple.quicktime.make": "Apple", "com.apple.quicktime.model": "iPhone 15"})
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    found = examined(phone, settings)
    assert told(found) == as_chosen("consent.claim_camera", settings.contradiction)
    assert (found.device, found.findings[0].measured) == ("Apple iPhone 15", "Apple iPhone 15")


@pytest.mark.parametrize("subject", Subject)
def test_who_opted_out_is_refused_always(subject: Subject, plain: Path, settings: Settings) -> None:
    gallery.protect(Protection.OPTED_OUT, "Jane Doe", [alike(FACE, 0.7)], settings)
    found = examined(plain, settings, subject)
    assert (told(found), found.decision) == (["consent.opted_out"], Decision.REFUSED)
    assert "Jane Doe" not in json.dumps(found.as_dict()), "who opted out is told to nobody"
    assert found.findings[0].measured == pytest.approx(0.7, abs=0.01)


@pytest.mark.parametrize("subject", Subject)
@pytest.mark.parametrize(
    ("protection", "rule"),
    [(Protection.PUBLIC_FIGURE, "consent.claim_public_figure"), (Protection.DECEASED, "consent.claim_deceased")],
)
def test_a_likeness_that_was_not_declared(
    subject: Subject, protection: Protection, rule: str, plain: Path, settings: Settings
) -> None:
    gallery.protect(protection, "Somebody Famous", [alike(FACE, 0.7)], settings)
    found = examined(plain, settings, subject)
    if subject in (Subject.PUBLIC_FIGURE, Subject.DECEASED):
        assert told(found) == []
        assert len(found.matches) == 1, "the record holds it even so"
        return
    assert told(found) == as_chosen(rule, settings.contradiction)
    assert "Somebody Famous" in found.findings[0].message()


def test_who_agreed_under_another_account(plain: Path, settings: Settings) -> None:
    gallery.enrol(RECEIPT, "acme", [alike(FACE, 0.7)], settings)
    assert told(examined(plain, settings, account="acme")) == []
    found = examined(plain, settings, account="globex")
    assert told(found) == as_chosen("consent.claim_enrolled", settings.contradiction)
    said = json.dumps(found.as_dict())
    assert "acme" not in said
    assert RECEIPT not in said


def test_resemblance_is_for_a_human_to_judge(plain: Path, settings: Settings) -> None:
    gallery.protect(Protection.OPTED_OUT, "Jane Doe", [alike(FACE, 0.55)], settings)
    found = examined(plain, settings)
    assert (told(found), found.decision) == (["consent.looks_like"], Decision.REVIEW)
    gallery.protect(Protection.OPTED_OUT, "Joan Doe", [alike(FACE, 0.9)], settings)
    assert told(examined(plain, settings)) == ["consent.opted_out"]


def test_strangers_do_not_matter(plain: Path, settings: Settings) -> None:
    for seed in range(2, 30):
        gallery.protect(Protection.OPTED_OUT, str(seed), [face_of(seed)], settings)
    found = examined(plain, settings)
    assert (told(found), found.compared, found.matches) == ([], 28, ())


def test_what_cannot_be_compared_is_said(plain: Path, strict: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery.protect(Protection.OPTED_OUT, "Jane Doe", [FACE], strict)
    assert told(examine_claim(plain, strict, Subject.INVENTED, "acme")) == ["consent.face_not_seen"], "no face in it"
    monkeypatch.setattr(gallery, "weight_sha256", lambda *_: "0" * 64)
    found = examined(plain, strict)
    assert (told(found), found.decision) == (["consent.faces_not_comparable"], Decision.REVIEW)


def test_a_key_that_is_missing_stops_it(plain: Path, strict: Settings) -> None:
    key = SecretStr(base64.b64encode(bytes(32)).decode())
    gallery.protect(Protection.OPTED_OUT, "Jane Doe", [FACE], strict.model_copy(update={"biometric_key": key}))
    with pytest.raises(CountenanceError) as caught:
        examined(plain, strict)
    assert caught.value.finding.rule.id == "consent.biometric_key_wrong"


def test_several_contradictions_are_all_told_errors_first(signed: dict[str, Path], strict: Settings) -> None:
    reviewing = strict.model_copy(update={"contradiction": "review"})
    gallery.protect(Protection.OPTED_OUT, "Jane Doe", [FACE], strict)
    gallery.enrol(RECEIPT, "globex", [FACE], strict)
    found = examined(signed["digitalCapture"], reviewing)
    assert told(found) == ["consent.opted_out", "consent.claim_captured_review", "consent.claim_enrolled_review"]
    assert {finding.file for finding in found.findings} == {str(signed["digitalCapture"])}


@pytest.mark.parametrize(
    ("protection", "rule"),
    [
        (Protection.PUBLIC_FIGURE, "consent.public_figure_real"),
        (Protection.DECEASED, "consent.deceased_real"),
        (Protection.OPTED_OUT, "consent.opted_out"),
    ],
)
def test_real_footage_of_the_protected_is_refused(
    protection: Protection, rule: str, plain: Path, settings: Settings
) -> None:
    gallery.protect(protection, "Somebody", [alike(FACE, 0.7)], settings)
    found = examine_footage_identity(plain, plain, settings, LOOKS)
    assert (told(found), found.decision) == ([rule], Decision.REFUSED)
    assert found.findings[0].severity is Severity.ERROR


def test_who_agreed_may_agree_again(plain: Path, settings: Settings) -> None:
    gallery.enrol(RECEIPT, "globex", [FACE], settings)
    assert told(examine_footage_identity(plain, plain, settings, LOOKS)) == []


def test_a_generated_person_cannot_agree(plain: Path, signed: dict[str, Path], settings: Settings) -> None:
    generated, filmed = signed["trainedAlgorithmicMedia"], signed["digitalCapture"]
    partly = signed["compositeWithTrainedAlgorithmicMedia"]

    def both(footage: Path, consent: Path) -> list[tuple[str, str]]:
        found = examine_footage_identity(footage, consent, settings, LOOKS)
        return [(finding.rule.id.removeprefix("consent."), Path(finding.file).name) for finding in found.findings]

    assert both(filmed, filmed) == both(plain, filmed) == both(filmed, plain) == []
    assert both(filmed, generated) == [("recording_is_synthetic", generated.name)]
    assert both(generated, filmed) == [("recording_is_synthetic", generated.name)]
    assert both(generated, generated) == [("recording_is_synthetic", generated.name)]
    assert both(filmed, partly) == [("recording_is_synthetic", partly.name)]
    assert both(partly, partly) == [("recording_is_synthetic", partly.name)]
    assert both(partly, filmed) == [("recording_is_partly_synthetic", partly.name)]


def test_a_missing_file_is_said(plain: Path, strict: Settings, tmp_path: Path) -> None:
    for footage, consent in [(plain, tmp_path / "none.mp4"), (tmp_path / "none.mp4", plain)]:
        with pytest.raises(CountenanceError) as caught:
            examine_footage_identity(footage, consent, strict, LOOKS)
        assert caught.value.finding.rule.id == "media.file_missing"


def test_a_picture_of_somebody_protected(plain: Path, settings: Settings) -> None:
    assert told(examine_picture(plain, settings, Subject.SELF, LOOKS)) == []
    gallery.enrol(RECEIPT, "globex", [FACE], settings)
    gallery.protect(Protection.PUBLIC_FIGURE, "Somebody", [FACE], settings)
    assert told(examine_picture(plain, settings, Subject.PUBLIC_FIGURE, LOOKS)) == []
    found = examine_picture(plain, settings, Subject.SELF, LOOKS)
    assert told(found) == as_chosen("consent.claim_public_figure", settings.contradiction)


@pytest.mark.real_data
def test_real_people_are_known_again(shared_data: Path, strict: Settings) -> None:
    """A man from a snapshot years before; the same talker on another day; not a generated person."""
    from countenance.consent.reference import reference_faces

    man = reference_faces([shared_data / "portraits/real_good_author_572.jpg"], strict)
    gallery.protect(Protection.OPTED_OUT, "a man", man, strict)
    days = sorted((shared_data / "grid/s26").glob("*.mpg"))
    gallery.enrol(RECEIPT, "globex", reference_faces([days[0]], strict), strict)

    def rules(name: str | Path) -> list[str]:
        return told(examine_claim(shared_data / name, strict, Subject.INVENTED, "acme"))

    assert rules("defects/too_short_single_face_2s.mp4") == ["consent.opted_out"]
    assert rules(days[-1]) == ["consent.claim_enrolled"]
    portrait = shared_data / "portraits/ai_good_man_0001.png"
    assert told(examine_picture(portrait, strict, Subject.INVENTED)) == []
