"""The commands on consent receipts: show, verify, revoke, list."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from countenance.cli.exits import Exit, exit_for
from countenance.cli.options import Json
from countenance.cli.output import console, print_json, print_rows, report_failure
from countenance.cli.studio import load_settings
from countenance.errors import CountenanceError, Finding

if TYPE_CHECKING:
    from countenance.consent.keys import PublicKey
    from countenance.consent.receipt import Receipt
    from countenance.consent.revoke import Deletion
    from countenance.settings import Settings

app = typer.Typer(
    name="consent",
    help="The signed receipts of who agreed to what: show, verify, revoke, list.",
    no_args_is_help=True,
)

Reference = Annotated[
    str,
    typer.Argument(
        metavar="RECEIPT", help="The receipt's file, its id, or the folder of a replica.", show_default=False
    ),
]
Key = Annotated[
    Optional[Path],  # noqa: UP045 (typer reads it at run time)
    typer.Option(
        help="The public key (PEM or JWK) of whoever issued the receipt; only this one counts then.",
        show_default=False,
    ),
]
_WORD = "revoke"
_NAMED = 20
"""Files and folders that are named where nobody can be asked; with --json all of them are, in `would_erase`."""


@app.command()
def show(receipt: Reference, key: Key = None, json: Json = False) -> Exit:
    """Show what a receipt says, whether it verifies, and what became of it."""
    from countenance.consent import receipt as receipts
    from countenance.consent.receipt_rules import RECEIPT_UNKNOWN_KEY
    from countenance.consent.register import text_of

    settings = load_settings()
    text = text_of(receipt, settings)
    problem = None
    try:
        found = receipts.verify(text, _keys(key, settings))
    except CountenanceError as error:
        if error.finding.rule is not RECEIPT_UNKNOWN_KEY:
            raise
        found, problem = receipts.parse(text), error.finding
    facts = _facts(found, settings)
    if problem is not None:
        if not json:
            _show(found, facts, verified=False)
        report_failure([problem], as_json=json, verified=False, **facts)
        return exit_for(problem, judges_material=False)
    if json:
        print_json({"ok": True, "verified": True, **facts})
    else:
        _show(found, facts, verified=True)
    return Exit.OK


@app.command()
def verify(receipt: Reference, key: Key = None, json: Json = False) -> Exit:
    """Say whether a receipt, a revocation or a deletion record is exactly as it was signed, and still stands."""
    from countenance.consent.receipt import Receipt
    from countenance.consent.receipt_rules import REVOKED
    from countenance.consent.register import Standing, standing, text_of
    from countenance.consent.revoke import read_record

    settings = load_settings()
    try:
        record = read_record(text_of(receipt, settings), _keys(key, settings))
    except CountenanceError as error:
        finding = error.finding
        raise CountenanceError(replace(finding, file=finding.file or receipt)) from error
    about = record.id if isinstance(record, Receipt) else record.receipt_id
    known = standing(about, settings)
    facts = {"record": type(record).__name__.lower(), "receipt": about, "standing": known.value}
    if isinstance(record, Receipt) and known is Standing.REVOKED:
        finding = Finding(REVOKED, file=receipt, detail=f"The signature is good. The receipt is {about}.")
        report_failure([finding], as_json=json, verified=True, **facts)
        return exit_for(finding, judges_material=False)
    if json:
        print_json({"ok": True, "verified": True, **facts})
    else:
        console().print(f"The {facts['record']} is exactly as it was signed; the receipt is {about}.", soft_wrap=True)
        console().print(f"Its consent is {_STANDINGS[known.value]}.")
    return Exit.OK


@app.command()
def revoke(
    receipt: Reference,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.", show_default=False)] = False,
    reason: Annotated[str, typer.Option(help="Why, for the signed record.", show_default=False)] = "",
    json: Json = False,
) -> Exit:
    """Take a consent back: stop rendering, and delete the replica, its footage, embeddings and caches."""
    from countenance.consent.receipt_rules import NOT_CONFIRMED, NOT_ERASED, REGISTER_UNUSABLE
    from countenance.consent.revoke import revoke as revoke_consent
    from countenance.consent.revoke import to_erase

    settings = load_settings()
    receipt_id = _held_id(receipt, settings)
    try:
        planned = [{"kind": kind, "path": str(path)} for kind, path in to_erase(receipt_id, settings)]
    except CountenanceError as error:
        if error.finding.rule is not REGISTER_UNUSABLE:
            raise
        planned = []  # rendering must stop all the same; the revocation itself then says what is wrong
    if not yes and not _confirmed(receipt_id, planned, json):
        unconfirmed = Finding(NOT_CONFIRMED, detail=_told(planned))
        report_failure([unconfirmed], as_json=json, receipt=receipt_id, would_erase=planned)
        return exit_for(unconfirmed, judges_material=False)
    deletion = revoke_consent(receipt_id, settings, reason)
    if not deletion.complete:
        left = "; ".join(f"{file.path}: {file.detail}" for file in deletion.files if file.outcome == "not permitted")
        failed = Finding(NOT_ERASED, detail=left)
        report_failure([failed], as_json=json, receipt=receipt_id, deletion=deletion.as_dict())
        return exit_for(failed, judges_material=False)
    if json:
        print_json({"ok": True, "receipt": receipt_id, "deletion": deletion.as_dict()})
    else:
        _show_deletion(deletion)
    return Exit.OK


@app.command(name="list")
def list_receipts(json: Json = False) -> Exit:
    """List the receipts that this installation holds."""
    from countenance.consent.register import held_ids

    settings = load_settings()
    rows = [_row(receipt_id, settings) for receipt_id in held_ids(settings)]
    rows.sort(key=lambda row: row["issued_at"] or "")
    if json:
        print_json({"ok": True, "receipts": rows})
        return Exit.OK
    for row in rows:
        # Not a table: an id that is broken over two lines cannot be copied.
        known = [row["issued_at"] and f"{row['issued_at'][:19]}Z", row["kind"], row["standing"], row["problem"]]
        told = "  ".join(_plain(each) for each in (row["record_id"], *known, row["person"], row["subject"]) if each)
        console().print(told, soft_wrap=True)
    if not rows:
        console().print("No receipt is held here.")
    return Exit.OK


_STANDINGS: Mapping[str, str] = {
    "active": "in force, as far as this installation knows",
    "revoked": "revoked",
    "unknown": "not held by this installation, which cannot say whether it was revoked",
}


def _keys(key: Path | None, settings: Settings) -> dict[str, PublicKey]:
    from countenance.consent.keys import read_public_key, trusted_keys

    if key is None:
        return trusted_keys(settings)
    given = read_public_key(key)
    return {given.id: given}


def _held_id(reference: str, settings: Settings) -> str:
    """The id of the receipt that is meant. A receipt given as a file must verify; an id is enough by itself."""
    from countenance.consent import receipt as receipts
    from countenance.consent.keys import trusted_keys
    from countenance.consent.register import Standing, is_there, standing, text_of

    if not is_there(Path(reference)) and standing(reference, settings) is not Standing.UNKNOWN:
        return reference
    return receipts.verify(text_of(reference, settings), trusted_keys(settings)).id


def _told(planned: list[dict[str, str]]) -> str:
    """What would be deleted, each by its name; of very much, how much more."""
    if not planned:
        return "It would delete nothing that is known of."
    named = "; ".join(f"{row['kind']}: {row['path']}" for row in planned[:_NAMED])
    more = len(planned) - _NAMED
    return f"It would delete {named}{f'; and {more} more' if more > 0 else ''}."


def _confirmed(receipt_id: str, planned: list[dict[str, str]], as_json: bool) -> bool:
    """Whether the person at the terminal wants it; without a terminal nobody can be asked."""
    if as_json or not sys.stdin.isatty():
        return False
    target = console(stderr=True)
    target.print(f"Revoking {receipt_id} deletes for good:", style="bold")
    for row in planned:
        target.print(f"  {row['kind']:<10} {_plain(row['path'])}", soft_wrap=True)
    if not planned:
        target.print("  nothing that is known of")
    return str(typer.prompt(f'Type "{_WORD}" to go on', default="", show_default=False, err=True)) == _WORD


def _facts(receipt: Receipt, settings: Settings) -> dict[str, Any]:
    from countenance.consent.register import Standing, standing
    from countenance.consent.revoke import deletion_of, revocation_of

    known = standing(receipt.id, settings)
    revocation = deletion = None
    if known is Standing.REVOKED:
        revocation, deletion = revocation_of(receipt.id, settings), deletion_of(receipt.id, settings)
    return {
        "receipt": receipt.as_dict(),
        "standing": known.value,
        "revocation": revocation and revocation.as_dict(),
        "deletion": deletion and deletion.as_dict(),
    }


def _row(receipt_id: str, settings: Settings) -> dict[str, Any]:
    from countenance.consent.register import held, standing

    row: dict[str, Any] = {"record_id": receipt_id, "standing": standing(receipt_id, settings).value}
    try:
        found = held(receipt_id, settings)
    except CountenanceError as error:
        unknown = dict.fromkeys(("issued_at", "kind", "person", "subject"))
        return {**row, **unknown, "problem": error.finding.rule.id}
    content = found.content
    return {
        **row,
        "issued_at": found.issued_at,
        "kind": content.kind.value,
        "person": content.person,
        "subject": content.subject,
        "problem": None,
    }


def _show(receipt: Receipt, facts: Mapping[str, Any], *, verified: bool) -> None:
    content = receipt.content
    rows = [
        ("receipt", receipt.id),
        ("signature", "good" if verified else "NOT VERIFIED: what follows may be made up"),
        ("standing", _STANDINGS[facts["standing"]]),
        ("kind", f"{content.kind.value}, {content.material.value}"),
        ("person", content.person or "nobody had to agree"),
        ("shown", content.subject or "the person"),
        ("given to", content.organisation),
        ("account", content.account),
        ("issued", f"{receipt.issued_at} by {receipt.software}"),
        ("key", receipt.key_id),
    ]
    if content.statement is not None:
        statement = content.statement
        rows += [
            (f"statement ({statement.version})", statement.text),
            ("heard", statement.transcript),
            ("one-time phrase", statement.one_time_phrase or "none"),
        ]
    rows += [
        (f"{said.id} ({said.version})", f"“{said.wording}” {said.who}, {said.when}") for said in content.declarations
    ]
    rows += [(role, f"{file.name}, {file.size} bytes, SHA-256 {file.sha256}") for role, file in content.files.items()]
    if content.verdict is not None:
        reviewer = content.verdict.reviewed_by
        rows.append(("verdict", content.verdict.decision + (f", reviewed by {reviewer}" if reviewer else "")))
        rows += [
            (f"  {name}", f"{score.value:.3f}, accepted from {score.accepted_from:.3f}")
            for name, score in content.verdict.scores.items()
        ]
    if facts["revocation"] is not None:
        rows.append(("revoked", f"{facts['revocation']['issued_at']} by {facts['revocation']['account']}"))
    print_rows(console(), "Consent receipt", [[_plain(name), _plain(value)] for name, value in rows])


def _show_deletion(deletion: Deletion) -> None:
    target = console()
    target.print(f"Revoked: {deletion.receipt_id}", style="bold")
    for outcome, count in Counter(file.outcome for file in deletion.files).items():
        target.print(f"{count} x {outcome}")
    for file in deletion.files:
        if file.outcome not in ("deleted", "already gone"):
            target.print(f"  {_plain(file.path)}: {file.outcome}. {file.detail}", soft_wrap=True)


def _plain(value: object) -> str:
    """Text of a stranger, for a terminal: no control characters."""
    text = "-" if value is None else str(value)
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
