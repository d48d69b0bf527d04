"""What files say of their origin: read, checked, and never asked anybody about."""

from __future__ import annotations

import random
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from signing import Authority, Made, new_authority

from countenance.errors import CountenanceError
from countenance.media import provenance
from countenance.media.limits import Limits
from countenance.media.probe import probe
from countenance.media.provenance import (
    Credentials,
    CredentialState,
    Origin,
    capture_device,
    origin_of,
    read_credentials,
)

REMOTE = "https://credentials.example.org/manifest.c2pa"
LAUNCHER = Path(__file__).resolve().parents[1] / "commands" / "without_network.py"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return new_authority()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("provenance")


@pytest.fixture(scope="module")
def plain(folder: Path) -> Path:
    from countenance.media.write import VideoWriter

    with VideoWriter(folder / "plain.mp4", 64, 48) as writer:
        for level in range(0, 200, 20):
            writer.write(np.full((48, 64, 3), level, np.uint8))
    return folder / "plain.mp4"


@pytest.fixture(scope="module")
def generated(plain: Path, authority: Authority, folder: Path) -> Path:
    return authority.sign(plain, folder / "generated.mp4", "trainedAlgorithmicMedia")


@pytest.fixture(scope="module")
def filmed(plain: Path, authority: Authority, folder: Path) -> Path:
    return authority.sign(plain, folder / "filmed.mp4", "digitalCapture")


def known(path: Path, anchors: str = "") -> Credentials:
    found = read_credentials(path, anchors=anchors)
    assert found is not None
    return found


def test_what_is_not_signed_has_no_credentials(plain: Path, folder: Path) -> None:
    text = folder / "text.mp4"
    text.write_text("no video at all")
    assert read_credentials(plain) is None
    assert read_credentials(text) is None


def test_a_file_that_says_how_it_was_made(generated: Path) -> None:
    found = known(generated)
    assert found.state is CredentialState.VALID
    assert found.source_types == ("trainedAlgorithmicMedia",)
    assert found.origins == {Origin.GENERATED}
    assert (found.generator, found.signer, found.issuer) == ("Test Maker 1.2", "Test Signer", "Test Organisation")
    assert found.codes == ("signingCredential.untrusted",)
    assert found.as_dict()["source_types"] == ["trainedAlgorithmicMedia"]


def test_trust_is_the_callers_affair(generated: Path, authority: Authority) -> None:
    found = known(generated, authority.anchors)
    assert (found.state, found.codes) == (CredentialState.TRUSTED, ())
    assert known(generated, new_authority().anchors).state is CredentialState.VALID


def test_one_altered_byte_is_seen(filmed: Path, folder: Path) -> None:
    content = bytearray(filmed.read_bytes())
    content[content.rindex(b"mdat") + 40] ^= 1
    altered = folder / "altered.mp4"
    altered.write_bytes(content)
    found = known(altered)
    assert found.state is CredentialState.INVALID
    assert "assertion.bmffHash.mismatch" in found.codes
    assert found.source_types == ("digitalCapture",), "what it says is told even so"


def test_what_it_was_edited_from_counts_and_what_a_generator_was_shown_does_not(
    filmed: Path, generated: Path, plain: Path, authority: Authority, folder: Path
) -> None:
    edited = authority.sign(plain, folder / "edited.mp4", "humanEdits", ingredients=[Made(filmed)])
    again = authority.sign(plain, folder / "again.mp4", "", ingredients=[Made(edited)])
    found = known(again)
    assert (found.source_types, set(found.parent_types)) == ((), {"humanEdits", "digitalCapture"})
    assert Origin.CAPTURED in found.origins

    shown = authority.sign(
        plain, folder / "shown.mp4", "trainedAlgorithmicMedia", ingredients=[Made(filmed, "inputTo")]
    )
    found = known(shown)
    assert found.origins == {Origin.GENERATED}
    assert found.input_types == ("digitalCapture",)


def test_damaged_and_hostile_credentials_raise_nothing(generated: Path, folder: Path) -> None:
    whole = generated.read_bytes()
    dice = random.Random(1)  # noqa: S311
    damaged = folder / "damaged.mp4"
    states = set()
    for _ in range(300):
        content = bytearray(whole)
        for _ in range(dice.choice([1, 1, 4, 16])):
            place = dice.randrange(32, len(content) - 8)
            content[place : place + 4] = dice.choice([b"\xff\xff\xff\xff", dice.randbytes(4)])
        damaged.write_bytes(content[: dice.choice([len(content), dice.randrange(64, len(content))])])
        found = read_credentials(damaged)
        states.add(found and found.state)
    assert states >= {CredentialState.INVALID}
    assert CredentialState.TRUSTED not in states


def test_hostile_structures_cost_little(
    generated: Path, plain: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = folder / "hostile.mp4"
    many = struct.pack(">I4s", 8, b"free") * 100_000
    for content, expected in [(generated.read_bytes(), CredentialState.INVALID), (plain.read_bytes(), None)]:
        hostile.write_bytes(content + many)
        start = time.process_time()
        found = read_credentials(hostile)
        assert (found and found.state) == expected
        assert time.process_time() - start < 3

    # As many boxes within one, where no walk over the outermost sees them.
    inner = struct.pack(">I4s", 8, b"free") * 3_000
    hostile.write_bytes(generated.read_bytes() + struct.pack(">I4s", 8 + len(inner), b"moov") + inner)
    monkeypatch.setattr(provenance, "_MOST_CALLS", 10_000)
    assert known(hostile).codes == ("too large or too many parts",)

    # A store that would fill the memory.
    monkeypatch.setattr(provenance, "_MOST_STORE_BYTES", 1_000)
    assert known(generated).codes == ("too large or too many parts",)


def test_a_damaged_file_without_credentials_has_none(plain: Path, folder: Path) -> None:
    damaged = folder / "cut off.mp4"
    damaged.write_bytes(plain.read_bytes()[:200])
    assert read_credentials(damaged) is None


def test_limits_hold(generated: Path, folder: Path) -> None:
    for path, limits, rule in [
        (generated, Limits(file_bytes=100), "media.file_too_large"),
        (folder / "none.mp4", Limits(), "media.file_missing"),
        (folder, Limits(), "media.not_a_file"),
    ]:
        with pytest.raises(CountenanceError) as caught:
            read_credentials(path, limits)
        assert caught.value.finding.rule.id == rule


READ = "from countenance.media.provenance import read_credentials; from pathlib import Path; "


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is a thing of Linux")
def test_nothing_is_fetched(plain: Path, generated: Path, authority: Authority, folder: Path) -> None:
    """The library would fetch the manifest: shown first, or the test would prove nothing."""
    elsewhere = authority.sign(plain, folder / "elsewhere.mp4", "digitalCapture", remote=REMOTE, embed=False)
    assert _without_sockets(f"import c2pa; c2pa.Reader({str(elsewhere)!r})").returncode == -signal.SIGSYS

    done = _without_sockets(
        READ + f"found = read_credentials(Path({str(elsewhere)!r})); print(found.state, found.remote)"
    )
    assert (done.returncode, done.stdout.strip()) == (0, f"remote {REMOTE}"), done.stderr

    # The signer's certificate names a responder for its status (OCSP), which is not asked either.
    anchors = f"anchors={authority.anchors!r}"
    done = _without_sockets(READ + f"print(read_credentials(Path({str(generated)!r}), {anchors}).state)")
    assert (done.returncode, done.stdout.strip()) == (0, "trusted"), done.stderr


def _without_sockets(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(LAUNCHER), "code", code], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("source_type", "origin"),
    [
        ("digitalCapture", Origin.CAPTURED),
        ("computationalCapture", Origin.CAPTURED),
        ("compositeCapture", Origin.CAPTURED),
        ("trainedAlgorithmicMedia", Origin.GENERATED),
        ("algorithmicMedia", Origin.GENERATED),
        ("compositeWithTrainedAlgorithmicMedia", Origin.MIXED),
        ("screenCapture", Origin.UNKNOWN),
        ("humanEdits", Origin.UNKNOWN),
        ("somethingNew", Origin.UNKNOWN),
    ],
)
def test_source_types(source_type: str, origin: Origin) -> None:
    assert origin_of(source_type) is origin


@pytest.mark.parametrize(
    ("tags", "tracks", "device"),
    [
        (
            {"com.apple.quicktime.make": "Apple", "com.apple.quicktime.model": "iPhone 15 Pro"},
            [],
            "Apple iPhone 15 Pro",
        ),
        ({"make": "Canon", "model": "Canon EOS R5"}, [], "Canon EOS R5"),
        ({"com.android.manufacturer": "Google", "com.android.model": "Pixel 9"}, [], "Google Pixel 9"),
        ({"com.android.version": "14"}, [], "Android 14"),
        ({"location": "+48.1371+011.5754/"}, [], "a device that knows its place"),
        ({"com.apple.quicktime.location.ISO6709": "+48.1+011.5/"}, [], "a device that knows its place"),
        ({"major_brand": "XAVC"}, [], "Sony"),
        ({"compatible_brands": "qt  CAEP"}, [], "Canon"),
        ({}, [{"handler_name": "GoPro AVC"}], "GoPro AVC"),
        ({}, [{}, {"handler_name": "\x10DJI.Meta"}], "DJI.Meta"),
        ({"software": "CanonMVI06"}, [], "CanonMVI06"),
        # Recorders and editors that are no cameras, and names that are no makers.
        ({"encoder": "Lavf61.7.100"}, [{"handler_name": "VideoHandle"}, {"handler_name": "Core Media Video"}], None),
        ({"encoder": "obs-output module (libobs version 30.0)"}, [], None),
        ({"encoder": "Chrome"}, [], None),
        ({"encoder": "Blackmagic Design DaVinci Resolve"}, [], None),
        ({"software": "canonical encoder 2"}, [], None),
        ({"model": "text-to-video-3"}, [], None),
        ({"comment": "in the style of a Canon camera", "title": "GoPro"}, [], None),
        ({}, [], None),
    ],
)
def test_traces_of_cameras(tags: dict[str, str], tracks: list[dict[str, str]], device: str | None) -> None:
    assert capture_device(tags, tracks) == device


def test_traces_are_found_in_a_file(tmp_path: Path, make_clip: Callable[..., Path]) -> None:
    import av

    plain = make_clip(tmp_path / "plain.mp4", [np.zeros((48, 64, 3), np.uint8)] * 5)
    phone, action = tmp_path / "phone.mov", tmp_path / "action.mp4"
    tagged = {
        phone: ({"com.apple.quicktime.make": "Apple", "com.apple.quicktime.model": "iPhone 15"}, {}),
        action: ({}, {"handler_name": "GoPro AVC"}),
    }
    for path, (tags, track_tags) in tagged.items():
        with av.open(str(plain)) as source, av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as out:
            stream = out.add_stream_from_template(source.streams.video[0])
            stream.metadata.update(track_tags)
            out.metadata.update(tags)
            for packet in source.demux(source.streams.video[0]):
                if packet.dts is not None:
                    packet.stream = stream
                    out.mux(packet)
    found = [probe(path) for path in (plain, phone, action)]
    devices = [capture_device(info.metadata, info.track_metadata) for info in found]
    assert devices == [None, "Apple iPhone 15", "GoPro AVC"]
