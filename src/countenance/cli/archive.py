"""The commands on replicas as files: export one, import one, bring an older one up to date."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.output import console, print_json
from countenance.cli.studio import load_settings

if TYPE_CHECKING:
    from countenance.consent.receipt import Receipt
    from countenance.engine.archive import Arrival
    from countenance.settings import Settings

Replica = Annotated[Path, typer.Argument(help="The folder of a replica.", show_default=False)]


def export(
    replica: Replica,
    out: Annotated[Path, typer.Option(help="The file to write.", show_default=False)],
    json: Json = False,
) -> Exit:
    """Write a replica as one file, to keep it or to take it to another machine."""
    from countenance.consent.permission import receipt_of, still_stands
    from countenance.consent.register import HoldingKind, check_made_here, check_place, hold
    from countenance.consent.voucher import vouch
    from countenance.engine import archive
    from countenance.engine.replica import describe

    settings = load_settings()
    check_place(out, settings)
    description = describe(replica)
    still_stands(description, settings)
    receipt = receipt_of(description, settings)

    def word(sha256: str) -> str:
        check_made_here(receipt.id, sha256, settings)
        return vouch(receipt.id, sha256, settings)

    archive.export(replica, out, word)
    try:
        # It is deleted with everything else when the consent is revoked, as long as it lies there.
        hold(receipt.id, HoldingKind.REPLICA, out, settings)
    except BaseException:
        # What could not be noted could not be revoked wholly: better none.
        out.unlink(missing_ok=True)
        raise
    size = out.stat().st_size
    _say({"archive": str(out), "bytes": size, "receipt": receipt.id}, f"{out}: {size / 1e6:.1f} MB.", as_json=json)
    return Exit.OK


def import_replica(
    file: Annotated[Path, typer.Argument(help="What `countenance export` wrote.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The folder to write the replica to.", show_default=False)],
    take_receipt: Annotated[
        bool,
        typer.Option(
            "--take-receipt",
            help="Take its receipt into the register here: I know from whoever issued it that the consent stands.",
            show_default=False,
        ),
    ] = False,
    json: Json = False,
) -> Exit:
    """Put an exported replica in place, if it is proven here that its person agreed."""
    from countenance.consent.register import check_place
    from countenance.engine.archive import unpack

    settings = load_settings()
    check_place(out, settings)
    admitted: list[Receipt] = []
    description = unpack(
        file,
        out,
        lambda arrival: admitted.append(_admit(arrival, settings, take=take_receipt)),
        lambda: _enter(admitted[0], out, settings),
    )
    receipt = admitted[0]
    facts = {"replica": str(out), "format_version": description["format_version"], "receipt": receipt.id}
    _say(facts, f"Replica written to {out}. Its receipt is {receipt.id}.", as_json=json)
    return Exit.OK


def upgrade(replica: Replica, json: Json = False) -> Exit:
    """Write a replica of an older format anew in the present one; what is up to date stays as it is."""
    from countenance.consent.register import HoldingKind, Standing, check_made_here, hold, standing
    from countenance.engine.renew import renew

    settings = load_settings()
    receipt = _named(replica)
    known = standing(receipt, settings) is not Standing.UNKNOWN

    def permitted(sha256: str) -> None:
        # It is held again afterwards, and what was not made here must not come into the register that way.
        if known:
            check_made_here(receipt, sha256, settings)

    before, after = renew(replica, permitted)
    if after != before:
        if known:
            hold(receipt, HoldingKind.REPLICA, replica, settings)
        told = f"{replica} had format {before} and now has format {after}."
    else:
        told = f"{replica} has format {after}, the present one. Nothing was changed."
    _say({"replica": str(replica), "format_before": before, "format_version": after}, told, as_json=json)
    return Exit.OK


def _admit(arrival: Arrival, settings: Settings, *, take: bool) -> Receipt:
    """The receipt, if the replica may speak here."""
    from dataclasses import replace

    from countenance.consent.receipt_rules import RECEIPT_NOT_HELD
    from countenance.consent.voucher import admitted
    from countenance.errors import CountenanceError

    try:
        return admitted(arrival.description, arrival.sha256, arrival.voucher, settings, take=take)
    except CountenanceError as error:
        if error.finding.rule is not RECEIPT_NOT_HELD:
            raise
        offer = "With --take-receipt it is entered here, once you know from whoever issued it that the consent stands."
        raise CountenanceError(replace(error.finding, detail=f"{error.finding.detail} {offer}")) from error


def _enter(receipt: Receipt, replica: Path, settings: Settings) -> None:
    """Take note of an imported replica, so that a revocation finds it."""
    from countenance.consent.register import HoldingKind, Standing, hold, keep, standing

    if standing(receipt.id, settings) is Standing.UNKNOWN:
        keep(receipt, settings)
    hold(receipt.id, HoldingKind.REPLICA, replica, settings)


def _named(replica: Path) -> str:
    """The id of the receipt that a replica names; empty if it names none."""
    from countenance.engine.replica import describe

    consent = describe(replica).get("consent")
    receipt = consent.get("receipt") if isinstance(consent, Mapping) else None
    return receipt if isinstance(receipt, str) else ""


def _say(facts: Mapping[str, Any], told: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"ok": True, **facts})
    else:
        console().print(told, soft_wrap=True)
