"""Videos and pictures that are signed as AI-generated: in every container, whole or not at all, by whom, offline."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import c2pa  # type: ignore[import-untyped]
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from PIL import Image, ImageSequence
from pydantic import SecretStr
from signing import Authority, new_authority

from countenance.errors import CountenanceError
from countenance.media import certificates
from countenance.media import signer as signers
from countenance.media.credentials import Statement, sealer, sign
from countenance.media.probe import probe
from countenance.media.provenance import OFFLINE, REPLICA, Credentials, CredentialState, read_credentials, sidecar_of
from countenance.media.read import frames
from countenance.media.signer import own_anchors, signer_of
from countenance.media.write import VideoWriter
from countenance.settings import Settings

MakeClip = Callable[..., Path]
LAUNCHER = Path(__file__).resolve().parents[1] / "commands" / "without_network.py"
STATEMENT = Statement(
    ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"), {"replica": "0123abcd", "tier": "final"}
)
PICTURES = [np.full((48, 64, 3), level, np.uint8) for level in range(0, 200, 20)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", organisation="Harbour Films")


def known(path: Path, anchors: str = "") -> Credentials:
    found = read_credentials(path, anchors=anchors)
    assert found is not None
    return found


def rule_of(error: pytest.ExceptionInfo[CountenanceError]) -> str:
    return error.value.finding.rule.id


def spoken(path: Path, settings: Settings) -> Path:
    """A video as the renderer writes it."""
    with VideoWriter(path, 64, 48, audio=np.zeros(6400, np.float32), seal=sealer(STATEMENT, settings)) as writer:
        for picture in PICTURES:
            writer.write(picture)
    return path


def test_a_video_appears_signed(tmp_path: Path, settings: Settings) -> None:
    path = spoken(tmp_path / "hello.mp4", settings)
    found = known(path, own_anchors(settings))
    assert (found.state, found.codes) == (CredentialState.TRUSTED, ())
    assert found.source_types == STATEMENT.source_types
    assert (found.generator.split()[0], found.issuer) == ("Countenance", "Harbour Films")
    created = found.replica["created_at"]
    assert found.replica == {"replica": "0123abcd", "tier": "final", "created_at": created}
    assert datetime.now(UTC) - datetime.fromisoformat(created) < timedelta(minutes=1)
    assert known(path).codes == ("signingCredential.untrusted",), "trusted nowhere but where somebody chose to"
    # And it plays as before.
    assert [round(float(frame.image.mean())) for frame in frames(path)] == pytest.approx(range(0, 200, 20), abs=3)
    content = path.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")
    with VideoWriter(tmp_path / "plain.mp4", 64, 48, audio=np.zeros(6400, np.float32)) as writer:
        for picture in PICTURES:
            writer.write(picture)
    assert packets(path) == packets(tmp_path / "plain.mp4")
    (tmp_path / "plain.mp4").unlink()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["data", "hello.mp4"]


def test_the_signer_answers_for_all_that_is_said(tmp_path: Path, settings: Settings) -> None:
    path = spoken(tmp_path / "hello.mp4", settings)
    with c2pa.Context.from_dict(dict(OFFLINE)) as context, path.open("rb") as file:
        store = json.loads(c2pa.Reader(None, file, None, context).detailed_json())
    claim = store["manifests"][store["active_manifest"]]["claim"]
    named = {each["url"].rsplit("/", 1)[-1] for each in claim["created_assertions"]}
    assert named == {"c2pa.actions.v2", "c2pa.hash.bmff.v3", REPLICA}
    assert not claim.get("gathered_assertions")


def packets(path: Path) -> list[tuple[str, int | None, bytes]]:
    """All that a player decodes."""
    with av.open(str(path)) as container:
        return [(packet.stream.type, packet.pts, bytes(packet)) for packet in container.demux() if packet.size]


def test_a_changed_byte_breaks_it(tmp_path: Path, settings: Settings) -> None:
    path = spoken(tmp_path / "hello.mp4", settings)
    content = bytearray(path.read_bytes())
    content[content.rindex(b"mdat") + 40] ^= 1
    path.write_bytes(content)
    assert known(path, own_anchors(settings)).state is CredentialState.INVALID


@pytest.mark.parametrize(("name", "codec"), [("a.webm", "libvpx-vp9"), ("a.mkv", "libx264"), ("a.mov", "libx264")])
def test_other_containers(tmp_path: Path, settings: Settings, make_clip: MakeClip, name: str, codec: str) -> None:
    path = make_clip(tmp_path / name, PICTURES, codec=codec)
    before = path.read_bytes()
    sealer(STATEMENT, settings)(path, path)
    found = known(path, own_anchors(settings))
    assert (found.state, found.source_types) == (CredentialState.TRUSTED, STATEMENT.source_types)
    beside = sidecar_of(path)
    assert beside.exists() == (name != "a.mov")
    assert probe(path).video is not None
    if name == "a.mov":
        return
    assert path.read_bytes() == before
    path.write_bytes(before[:-8] + b"\0" * 8)
    assert known(path).state is CredentialState.INVALID
    path.write_bytes(before)
    beside.write_bytes(beside.read_bytes()[:700])
    assert known(path).state is CredentialState.INVALID
    beside.unlink()
    assert read_credentials(path) is None


def drawn(path: Path) -> Path:
    """A picture, or one that moves, as Pillow writes it."""
    noise = np.random.default_rng(0).integers(0, 255, (5, 48, 64, 3)).astype(np.uint8)
    first, *rest = (Image.fromarray(picture) for picture in noise)
    if path.suffix == ".gif":
        first.save(path, format="GIF", save_all=True, append_images=rest, duration=80, loop=0)
    else:
        first.save(path, format="JPEG")
    return path


def shown(path: Path) -> tuple[object, list[bytes]]:
    """Whether a picture repeats, and all that is to be seen in it."""
    with Image.open(path) as opened:
        pictures = [picture.convert("RGB").tobytes() for picture in ImageSequence.Iterator(opened)]
        return opened.info.get("loop"), pictures


@pytest.mark.parametrize("name", ["still.jpg", "moving.gif"])
def test_pictures_hold_their_credentials_themselves(tmp_path: Path, settings: Settings, name: str) -> None:
    path = drawn(tmp_path / name)
    before, size = shown(path), path.stat().st_size
    sealer(STATEMENT, settings)(path, path)
    found = known(path, own_anchors(settings))
    assert (found.state, found.source_types) == (CredentialState.TRUSTED, STATEMENT.source_types)
    assert found.replica["replica"] == "0123abcd"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["data", name]
    assert shown(path) == before, "it is seen as before"
    assert path.stat().st_size - size < 6_000
    content = path.read_bytes()
    at = len(content) - 100
    for changed in (content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :], content + b"more", content[:-200]):
        path.write_bytes(changed)
        assert known(path, own_anchors(settings)).state is CredentialState.INVALID


def test_a_large_file_is_hashed_in_pieces(
    tmp_path: Path, settings: Settings, make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("countenance.media.credentials._PIECES_FROM_BYTES", 0)
    monkeypatch.setattr("countenance.media.credentials._PIECES", {"merkle_tree_chunk_size_in_kb": 1})
    noise = np.random.default_rng(0).integers(0, 255, (10, 48, 64, 3)).astype(np.uint8)
    path = make_clip(tmp_path / "large.mp4", list(noise))
    whole = path.stat().st_size
    sealer(STATEMENT, settings)(path, path)
    assert path.stat().st_size > whole + 3000
    assert known(path, own_anchors(settings)).state is CredentialState.TRUSTED
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)
    assert known(path).state is CredentialState.INVALID


def test_what_cannot_be_signed_does_not_appear(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text.mp4").write_text("no video at all")
    with pytest.raises(CountenanceError) as error:
        sign(tmp_path / "text.mp4", tmp_path / "text.mp4", STATEMENT, signer_of(settings))
    assert rule_of(error) == "media.signing_failed"
    (tmp_path / "text.mp4").unlink()

    seal = sealer(STATEMENT, settings)
    monkeypatch.setenv("TMPDIR", "/nowhere")
    monkeypatch.setattr("countenance.media.credentials._CORE", {"backing_store_memory_threshold_in_mb": 0})
    with pytest.raises(CountenanceError) as error, VideoWriter(tmp_path / "hello.mp4", 64, 48, seal=seal) as writer:
        writer.write(PICTURES[0])
    assert rule_of(error) == "media.signing_failed"
    assert [entry.name for entry in tmp_path.iterdir()] == ["data"]


def test_no_socket_is_opened(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("seccomp is a thing of Linux")
    code = (
        "from pathlib import Path; import numpy as np; from countenance.media.write import VideoWriter; "
        "from countenance.media.credentials import *; from countenance.settings import Settings; "
        f"s = Settings(data_dir=Path({str(tmp_path / 'data')!r})); p = Path({str(tmp_path / 'a.mp4')!r}); "
        "w = VideoWriter(p, 64, 48, seal=sealer(Statement(('trainedAlgorithmicMedia',)), s)); w.__enter__(); "
        "w.write(np.zeros((48, 64, 3), np.uint8)); w.__exit__(None, None, None); print(p.exists())"
    )
    done = subprocess.run([sys.executable, str(LAUNCHER), "code", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr


def test_the_identity_is_made_once_and_for_its_owner_alone(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = {signer.chain for signer in pool.map(lambda _: signer_of(settings), range(16))}
    assert len(made) == 1
    folder = settings.data_dir / "credentials"
    assert {path.name for path in folder.iterdir()} == {"authority.pem", "authority.crt", "signer.pem", "lock"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, *folder.iterdir()))
    assert b"PRIVATE" not in (folder / "authority.crt").read_bytes()


def test_it_is_renewed_in_time_and_old_videos_stay_trusted(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(datetime):
        years = 0.0

        @classmethod
        def now(cls, tz: object = None) -> Later:
            there = datetime.now(UTC) + timedelta(days=365 * cls.years)
            return cls.fromtimestamp(there.timestamp(), UTC)

    def at(years: float) -> list[x509.Certificate]:
        Later.years = years
        for module in (signers, certificates):
            monkeypatch.setattr(module, "datetime", Later)
        chain = x509.load_pem_x509_certificates(signer_of(settings).chain)
        monkeypatch.undo()
        return chain

    first, authority = at(-0.5)
    assert at(0.4) == [first, authority]
    video = spoken(tmp_path / "old.mp4", settings)
    second, same = at(0.6)
    assert (second == first, same) == (False, authority)
    assert second.not_valid_after_utc > datetime.now(UTC) + timedelta(days=9 * 365)
    assert first.not_valid_after_utc > datetime.now(UTC) + timedelta(days=9 * 365)
    assert known(video, own_anchors(settings)).state is CredentialState.TRUSTED
    _, another = at(25)
    assert another != authority
    assert own_anchors(settings).count("BEGIN") == 2
    assert known(video, own_anchors(settings)).state is CredentialState.TRUSTED


def test_another_organisation_gets_a_certificate_of_its_own(settings: Settings) -> None:
    first = signer_of(settings)
    second = signer_of(settings.model_copy(update={"organisation": "Ö" * 70}))
    assert first.chain != second.chain
    assert signer_of(settings.model_copy(update={"organisation": "Ö" * 70})) == second


def owned(tmp_path: Path, authority: Authority) -> tuple[Path, Path]:
    certificate, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    certificate.write_bytes(authority.chain)
    key.touch(0o600)
    key.write_bytes(authority.key)
    return certificate, key


def test_an_owner_signs_with_a_certificate_of_their_own(tmp_path: Path) -> None:
    authority = new_authority()
    certificate, key = owned(tmp_path, authority)
    for given in ({"c2pa_key": key}, {"c2pa_key_pem": SecretStr(authority.key.decode())}):
        settings = Settings.model_validate({"data_dir": tmp_path / "data", "c2pa_certificate": certificate, **given})
        found = known(spoken(tmp_path / "hello.mp4", settings), authority.anchors)
        assert (found.state, found.signer) == (CredentialState.TRUSTED, "Test Signer")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP521R1()),
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(65537, 2048),
    ],
    ids=["P-384", "P-521", "Ed25519", "RSA"],
)
def test_every_kind_of_key_that_c2pa_knows(key: CertificateIssuerPrivateKeyTypes, tmp_path: Path) -> None:
    root_key = certificates.new_key()
    root = certificates.authoritys_certificate(root_key)
    leaf = certificates.signers_certificate(key.public_key(), "Harbour Films", root_key, root)
    chain = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (leaf, root))
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate, secret = owned(tmp_path, Authority(chain.decode(), chain, key.private_bytes(*pem)))
    settings = Settings(data_dir=tmp_path / "data", c2pa_certificate=certificate, c2pa_key=secret)
    anchors = root.public_bytes(serialization.Encoding.PEM).decode()
    assert known(spoken(tmp_path / "hello.mp4", settings), anchors).state is CredentialState.TRUSTED


def test_a_certificate_that_cannot_sign_is_refused_before_anything_is_rendered(tmp_path: Path) -> None:
    authority = new_authority()
    certificate, key = owned(tmp_path, authority)
    root, public, other, elliptic, text = (tmp_path / f"{name}.pem" for name in ("root", "open", "other", "e", "text"))
    root.write_text(authority.anchors)
    public.write_bytes(authority.key)
    public.chmod(0o644)
    curve = ec.generate_private_key(ec.SECP256K1())
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for path, content in ((other, new_authority().key), (elliptic, curve.private_bytes(*pem)), (text, b"hello")):
        path.touch(0o600)
        path.write_bytes(content)
    cases = [
        (certificate, None), (None, key), (certificate, public), (certificate, other), (certificate, text),
        (text, key), (tmp_path / "none.pem", key), (certificate, tmp_path / "none.pem"), (root, key),
        (certificate, elliptic), (certificate, tmp_path),
    ]  # fmt: skip
    for chain, secret in cases:
        settings = Settings(data_dir=tmp_path / "data", c2pa_certificate=chain, c2pa_key=secret)
        with pytest.raises(CountenanceError) as error:
            sealer(STATEMENT, settings)
        assert rule_of(error) == "media.signer_unusable", (chain, secret)
        assert "PRIVATE" not in str(error.value)


def test_a_certificate_for_another_purpose_is_refused(tmp_path: Path, settings: Settings) -> None:
    # An authority's own certificate and key belong together, but must not sign media.
    signer_of(settings)
    both = settings.data_dir / "credentials" / "authority.pem"
    unfit = Settings(data_dir=tmp_path / "other", c2pa_certificate=both, c2pa_key=both)
    with pytest.raises(CountenanceError) as error:
        sealer(STATEMENT, unfit)
    assert rule_of(error) == "media.signer_unusable"


def test_a_spoilt_identity_is_a_typed_error(settings: Settings) -> None:
    signer_of(settings)
    folder = settings.data_dir / "credentials"
    for path in (folder / "signer.pem", folder / "authority.pem"):
        path.write_text("spoilt")
    with pytest.raises(CountenanceError) as error:
        signer_of(settings)
    assert rule_of(error) == "media.signer_unusable"
    assert "signer.pem" in error.value.finding.file
    blocked = settings.model_copy(update={"data_dir": folder / "signer.pem" / "x"})
    with pytest.raises(CountenanceError) as error:
        signer_of(blocked)
    assert rule_of(error) == "media.signer_unusable"
