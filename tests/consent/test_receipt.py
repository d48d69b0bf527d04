"""A receipt says what was agreed, verifies with nothing but the public key, and fails with any byte changed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from countenance import __version__
from countenance.consent import jws
from countenance.consent import receipt as receipts
from countenance.consent.keys import PublicKey, SigningKey, read_public_key, signing_key, trusted_keys
from countenance.consent.receipt import Receipt
from countenance.consent.receipt_content import (
    Declaration,
    FileEvidence,
    Kind,
    Material,
    ReceiptContent,
    VerdictRecord,
    judged,
)
from countenance.errors import CountenanceError
from countenance.settings import Settings

KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
KEYS = {KEY.public.id: KEY.public}
FILE = FileEvidence("clip.mp4", 5, "0" * 64)
DECLARED = Declaration("synthetic", "This footage is AI-generated.", "en-1", "Ada", "2026-11-25T12:00:00Z")
DECLARATION = ReceiptContent(
    Kind.DECLARATION, Material.SYNTHETIC, "Harbour", {"footage": FILE}, declarations=(DECLARED,)
)


def refusal(text: str, keys: dict[str, PublicKey] = KEYS) -> str:
    """The rule by which a text is refused."""
    with pytest.raises(CountenanceError) as error:
        receipts.verify(text, keys)
    return error.value.finding.rule.id


@pytest.fixture
def receipt(own_settings: Settings, agreement: Callable[..., ReceiptContent]) -> Receipt:
    return receipts.sign(agreement("Zoë Müller"), own_settings)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Receipt:
    """A receipt by `KEY`, for the tests that change it."""
    folder = tmp_path_factory.mktemp("signed")
    (folder / "key.pem").write_bytes(pem_of(KEY))
    (folder / "key.pem").chmod(0o600)
    return receipts.sign(DECLARATION, Settings(data_dir=folder / "data", signing_key=folder / "key.pem", account="Ada"))


def pem_of(key: SigningKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def segment(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def payload_of(text: str) -> dict[str, Any]:
    body = text.split(".")[1]
    loaded = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert isinstance(loaded, dict)
    return loaded


def resigned(header: object, payload: object) -> str:
    """A text with a good signature by `KEY`, whatever it says."""
    message = f"{segment(header)}.{segment(payload)}"
    return f"{message}.{segment(KEY.sign(message.encode()))}"


def header(**changes: object) -> dict[str, object]:
    made = {"alg": "EdDSA", "typ": receipts.TYPE, "kid": KEY.public.id, **changes}
    return {name: value for name, value in made.items() if value is not None}


def test_it_says_who_agreed_to_what(receipt: Receipt, tmp_path: Path) -> None:
    said = payload_of(receipt.text)
    assert said["schema_version"] == "countenance-consent-receipt-1"
    assert said["record_id"] == receipt.id
    assert said["pii_principal_id"] == "Zoë Müller"
    assert said["software"] == f"countenance {__version__}"
    assert said["event"] == {
        "entity_id": "principal",
        "event_type": "explicit",
        "event_state": "given",
        "event_time": receipt.issued_at,
    }
    assert said["pii_processing"]["privacy_notice"]["text"] == "My name is Zoë Müller."
    assert said["pii_processing"]["purposes"][0]["lawful_basis"] == "explicit consent"
    assert {party["party_name"] for party in said["parties"]} == {"Zoë Müller", "Harbour Films", "studio@example.org"}
    evidence = said["evidence"]
    assert evidence["statement"]["transcript"] == "my name is zoë müller."
    assert evidence["statement"]["one_time_phrase"] == "amber lantern"
    assert evidence["verdict"]["scores"]["face"]["value"] == 0.71
    for role in ("consent", "footage"):
        content = (tmp_path / f"{role}.mp4").read_bytes()
        assert evidence["files"][role] == {
            "name": f"{role}.mp4",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }


def test_a_declaration_is_nobody_s_consent(signed: Receipt) -> None:
    said = payload_of(signed.text)
    assert (said["pii_principal_id"], said["pii_processing"]) == (None, None)
    assert said["event"]["event_state"] == "declared"
    assert said["evidence"]["declarations"] == [
        {
            "id": "synthetic",
            "wording": "This footage is AI-generated.",
            "version": "en-1",
            "who": "Ada",
            "when": "2026-11-25T12:00:00Z",
        }
    ]
    assert receipts.verify(signed.text, KEYS).content == replace(DECLARATION, account="Ada")


def test_another_implementation_verifies_it(receipt: Receipt, own_settings: Settings) -> None:
    key_file = next((own_settings.data_dir / "keys").glob("*.pub.pem"))
    algorithms = jwt.PyJWS(algorithms=["EdDSA"])
    payload = algorithms.decode(receipt.text, key_file.read_text(), algorithms=["EdDSA"])
    assert json.loads(payload) == payload_of(receipt.text)
    assert receipts.verify(receipt.text, {receipt.key_id: read_public_key(key_file)}) == receipt


def test_every_single_bit_counts(signed: Receipt) -> None:
    data = signed.text.encode()
    for place in range(len(data)):
        for bit in range(7):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            assert refusal(changed.decode()) in ("consent.receipt_invalid", "consent.receipt_unknown_key"), (place, bit)
    assert receipts.verify(signed.text, KEYS).id == signed.id


@given(
    place=st.integers(0), data=st.text(st.characters(codec="ascii"), min_size=1, max_size=8), removed=st.integers(0, 5)
)
@limits(max_examples=300, deadline=None)
def test_nothing_can_be_put_in_or_taken_out(signed: Receipt, place: int, data: str, removed: int) -> None:
    at = place % (len(signed.text) + 1)
    changed = signed.text[:at] + data + signed.text[at + removed :]
    if changed != signed.text:
        assert refusal(changed).startswith("consent.receipt_")


@given(length=st.integers(0))
@limits(max_examples=100, deadline=None)
def test_it_cannot_be_cut_off(signed: Receipt, length: int) -> None:
    assert refusal(signed.text[: length % len(signed.text)]) == "consent.receipt_invalid"


@given(
    st.one_of(
        st.text(),
        st.from_regex(r"[A-Za-z0-9_-]{0,40}(\.[A-Za-z0-9_-]{0,40}){0,4}", fullmatch=True),
        st.tuples(st.binary(), st.binary(), st.binary(max_size=64)).map(lambda parts: ".".join(map(segment, parts))),
        st.dictionaries(st.text(max_size=9), st.none() | st.floats() | st.text(max_size=9), max_size=3).map(
            lambda value: resigned(header(), value)
        ),
    )
)
@limits(max_examples=200, deadline=None)
def test_whatever_it_is_the_answer_is_a_finding(text: str) -> None:
    assert refusal(text) == "consent.receipt_invalid"


@given(
    name=st.text(min_size=1),
    organisation=st.text(min_size=1),
    wording=st.text(),
    file=st.text(min_size=1, max_size=80),
    size=st.integers(0, 2**63),
)
@limits(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_goes_in_comes_out(
    tmp_path: Path, name: str, organisation: str, wording: str, file: str, size: int
) -> None:
    content = ReceiptContent(
        Kind.DECLARATION,
        Material.IMAGE,
        organisation,
        {"image": FileEvidence(file, size, "ab" * 32)},
        person=name,
        account="Ada",
        declarations=(replace(DECLARED, wording=wording),),
    )
    settings = Settings(data_dir=tmp_path)
    receipt = receipts.sign(content, settings)
    assert receipts.verify(receipt.text, trusted_keys(settings)).content == content


def test_a_file_name_that_is_no_text_is_no_obstacle(own_settings: Settings) -> None:
    name = b"caf\xe9.mp4".decode("utf-8", "surrogateescape")
    receipt = receipts.sign(replace(DECLARATION, files={"footage": replace(FILE, name=name)}), own_settings)
    assert receipts.verify(receipt.text, trusted_keys(own_settings)).content.files["footage"].name == "caf?.mp4"


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "none"},
        {"alg": "ES256"},
        {"alg": "eddsa"},
        {"alg": None},
        {"typ": None},
        {"typ": "JWT"},
        {"kid": None},
        {"kid": 7},
        {"crit": ["b64"], "b64": False},
        {"b64": True},
        {"jku": "https://example.org/keys"},
        {"x5c": []},
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": segment(bytes(32))}},
        {"jwk": {**KEY.public.jwk(), "d": segment(bytes(32))}},
        {"jwk": "none"},
    ],
    ids=str,
)
def test_a_header_out_of_the_ordinary_is_refused(changes: dict[str, object], signed: Receipt) -> None:
    payload = payload_of(signed.text)
    assert receipts.verify(resigned(header(), payload), KEYS).id == signed.id
    assert receipts.verify(resigned(header(jwk=KEY.public.jwk()), payload), KEYS).id == signed.id
    assert refusal(resigned(header(**changes), payload)) == "consent.receipt_invalid"


def test_the_public_key_is_no_password(signed: Receipt) -> None:
    """The old trick: HMAC with the public key as the secret, and no signature at all."""
    head, body = segment(header(alg="HS256")), signed.text.split(".")[1]
    mac = hmac.new(KEY.public.pem(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert refusal(f"{head}.{body}.{segment(mac)}") == "consent.receipt_invalid"
    assert refusal(f"{segment(header(alg='none'))}.{body}.") == "consent.receipt_invalid"


def test_a_key_that_rides_along_is_not_believed(signed: Receipt) -> None:
    stranger = SigningKey(Ed25519PrivateKey.generate())
    forged = jws.sign(payload_of(signed.text), receipts.TYPE, stranger)
    assert refusal(forged) == "consent.receipt_unknown_key"
    assert refusal(signed.text, {}) == "consent.receipt_unknown_key"
    # The stranger's signature under the trusted key's name:
    claimed = header(jwk=KEY.public.jwk())
    message = f"{segment(claimed)}.{segment(payload_of(signed.text))}"
    assert refusal(f"{message}.{segment(stranger.sign(message.encode()))}") == "consent.receipt_invalid"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text + "=",
        lambda text: text + ".",
        lambda text: text + "." + text.split(".")[0],
        lambda text: text.replace(".", "..", 1),
        lambda text: json.dumps(dict(zip(("protected", "payload", "signature"), text.split("."), strict=True))),
    ],
)
def test_there_is_one_form_only(change: Callable[[str], str], signed: Receipt) -> None:
    assert refusal(change(signed.text)) == "consent.receipt_invalid"


def test_bits_to_spare_must_be_zero(signed: Receipt) -> None:
    """86 characters hold 516 bits, a signature has 512: four texts would decode to the same one."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = letters.index(signed.text[-1])
    assert last % 16 == 0
    same = base64.urlsafe_b64decode(signed.text.split(".")[2] + "==")
    for spare in range(1, 16):
        changed = signed.text[:-1] + letters[last + spare]
        assert base64.urlsafe_b64decode(changed.split(".")[2] + "==") == same
        assert refusal(changed) == "consent.receipt_invalid"


def test_a_name_that_stands_twice_is_refused(signed: Receipt) -> None:
    payload = base64.urlsafe_b64decode(signed.text.split(".")[1] + "==")
    twice = payload[:-1] + b',"software":"another"}'
    assert json.loads(twice)["software"] == "another"
    assert refusal(resigned(header(), twice)) == "consent.receipt_invalid"


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": "countenance-consent-receipt-2"},
        {"record_id": "../../../etc"},
        {"record_id": None},
        {"issued_at": "yesterday"},
        {"surprise": 1},
        {"evidence": {}},
    ],
    ids=str,
)
def test_fields_that_are_not_a_receipt_s_are_refused(change: dict[str, object], signed: Receipt) -> None:
    assert refusal(resigned(header(), {**payload_of(signed.text), **change})) == "consent.receipt_invalid"


def test_numbers_and_texts_without_meaning_are_refused(signed: Receipt) -> None:
    payload = base64.urlsafe_b64decode(signed.text.split(".")[1] + "==")
    for value in (b"1e999", b"NaN", b'"\\ud800"'):
        changed = payload.replace(b'"event_state":"declared"', b'"event_state":' + value)
        assert changed != payload
        assert refusal(resigned(header(), changed)) == "consent.receipt_invalid"


def test_what_proves_nothing_is_not_signed(own_settings: Settings, agreement: Callable[..., ReceiptContent]) -> None:
    consent = agreement()
    unsure = VerdictRecord("review", {})
    for content in (
        replace(consent, verdict=None),
        replace(consent, verdict=unsure),
        replace(consent, statement=None),
        replace(consent, person=None),
        replace(consent, files={"footage": FILE}),
        replace(DECLARATION, declarations=()),
        replace(DECLARATION, verdict=unsure),
        replace(DECLARATION, files={}),
    ):
        with pytest.raises(ValueError, match="a "):
            receipts.sign(content, own_settings)
    reviewed = replace(consent, verdict=replace(unsure, reviewed_by="Grace"))
    assert receipts.sign(reviewed, own_settings).content.verdict == VerdictRecord("review", {}, "Grace")


def test_a_verdict_is_kept_with_its_thresholds() -> None:
    score = {"value": 0.7, "accepted_from": 0.5, "review_from": 0.4, "decision": "accepted"}
    kept = judged({"decision": "review", "scores": {"voice": score}, "findings": []}, "Grace")
    assert kept.reviewed_by == "Grace"
    assert (kept.scores["voice"].value, kept.scores["voice"].review_from) == (0.7, 0.4)


def test_the_signing_key_of_the_settings_signs(signed: Receipt, tmp_path: Path) -> None:
    pem = pem_of(KEY).decode()
    settings = Settings.model_validate({"data_dir": tmp_path, "signing_key_pem": pem})
    assert signing_key(settings).public == KEY.public
    assert receipts.verify(signed.text, trusted_keys(settings)).id == signed.id
