"""What is left of a replica whose receipt does not count, whenever and wherever that happens: nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from countenance.certificate import Certificate, certified
from countenance.clearance import Clearance, Request, warrant_of
from countenance.consent.declaration import AI_GENERATED, declare
from countenance.consent.policy import Subject
from countenance.consent.receipt_content import Material, evidence_of
from countenance.consent.register import Standing, standing
from countenance.consent.revoke import revoke
from countenance.errors import CountenanceError
from countenance.settings import Settings
from countenance.warrant import Warrant


@pytest.fixture
def warrant(tmp_path: Path, own_settings: Settings) -> Warrant:
    """Of something that is as good as footage to the register."""
    footage = tmp_path / "footage.mp4"
    footage.write_bytes(b"footage")
    declared = (declare(AI_GENERATED, "ada"),)
    request = Request(footage, Material.SYNTHETIC, Subject.INVENTED, declarations=declared)
    fine = cast(Any, SimpleNamespace(findings=()))
    return warrant_of(Clearance(request, fine, None, fine, None, {"footage": evidence_of(footage)}), own_settings)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    return {"footage": tmp_path / "footage.mp4"}


def save(folder: Path, certificate: Certificate) -> None:
    """The least that is a replica to the register."""
    folder.mkdir(exist_ok=True)
    (folder / "base.mp4").write_text("face")
    hashes = {"base.mp4": evidence_of(folder / "base.mp4").sha256}
    (folder / "replica.json").write_text(json.dumps({"consent": dict(certificate.consent), "hashes": hashes}))


def trained(
    warrant: Warrant, files: dict[str, Path], out: Path, settings: Settings, steps: Callable[[Certificate], None]
) -> str:
    """The rule of what goes wrong."""
    with pytest.raises(CountenanceError) as error, certified(warrant, files, out, settings) as certificate:
        steps(certificate)
    return error.value.finding.rule.id


@pytest.mark.parametrize("last_look", [True, False])
@pytest.mark.parametrize("by_link", [True, False])
def test_revoked_while_the_final_replica_is_stored(
    warrant: Warrant, files: dict[str, Path], own_settings: Settings, tmp_path: Path, by_link: bool, last_look: bool
) -> None:
    folder = out = tmp_path / "ada"
    if by_link:
        out = tmp_path / "link"
        out.symlink_to(folder)

    def steps(certificate: Certificate) -> None:
        save(folder, certificate)
        certificate.count()
        assert revoke(certificate.consent["receipt"], own_settings).complete
        save(folder, certificate)
        if last_look:
            certificate.check()

    assert trained(warrant, files, out, own_settings, steps) == "consent.revoked"
    assert not folder.exists()


@pytest.mark.parametrize("already_final", [True, False])
def test_what_cannot_be_entered_is_not_left(
    warrant: Warrant, files: dict[str, Path], own_settings: Settings, tmp_path: Path, already_final: bool
) -> None:
    issued = []

    def steps(certificate: Certificate) -> None:
        issued.append(certificate.consent["receipt"])
        save(tmp_path / "ada", certificate)
        files["footage"].unlink()
        if not already_final:
            certificate.count()

    assert trained(warrant, files, tmp_path / "ada", own_settings, steps) == "media.file_missing"
    assert standing(issued[0], own_settings) is Standing.UNKNOWN
    assert not (tmp_path / "ada").exists()


def test_what_was_there_before_stays(
    warrant: Warrant, files: dict[str, Path], own_settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "ada"
    out.mkdir()
    (out / "replica.json").write_text('{"consent": {"receipt": "of another"}}')

    def fail(_: Certificate) -> None:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"), certified(warrant, files, out, own_settings) as certificate:
        fail(certificate)
    assert (out / "replica.json").exists()
