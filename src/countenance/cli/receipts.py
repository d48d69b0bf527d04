"""`countenance receipts`: who agreed to what on a server, or declared what; and taking that back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.output import console
from countenance.cli.remote import Key, Url, connected
from countenance.cli.told import tell, tell_done

if TYPE_CHECKING:
    from countenance.wire.consent import ReceiptBody

app = typer.Typer(name="receipts", help="Signed receipts of who agreed, on a server.", no_args_is_help=True)


@app.command()
def show(
    receipt: Annotated[
        str, typer.Argument(metavar="ID", help="The replica's id, or that of the receipt.", show_default=False)
    ],
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FOLDER", help="Where the signed records and the public key are written to.", show_default=False
        ),
    ] = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Show who agreed to what, whether the receipt verifies, and what became of it."""
    from countenance.consent.receipt import is_id

    with connected(url, key) as client:
        found = client.consent.receipt(receipt) if is_id(receipt) else client.consent.receipt_of(receipt)
    if out is not None:
        _write(found, out)
    tell("receipt", found, as_json=json)
    if not json:
        content = found.content or {}
        who = content.get("person") or "Nobody had to agree"
        console().print(f"{who}; for {content.get('organisation')}, {content.get('issued_at')}", soft_wrap=True)
    return Exit.OK if found.verified else Exit.REFUSED


@app.command()
def revoke(
    replica: Annotated[str, typer.Argument(metavar="ID", help="The replica's id.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="It is meant.", show_default=False)] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the signed record.")] = "",
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Take a consent back: stop rendering, and erase the replica and everything that was made under it."""
    from countenance.consent.receipt_rules import NOT_CONFIRMED, NOT_ERASED
    from countenance.errors import CountenanceError, Finding

    if not yes:
        raise CountenanceError(Finding(NOT_CONFIRMED, detail=f"It would erase the replica {replica} for good."))
    with connected(url, key) as client:
        done = client.consent.revoke(replica, reason)
    record = done.deletion.content if done.deletion else {}
    if not record.get("complete"):
        raise CountenanceError(Finding(NOT_ERASED, detail="The server tries again by itself."))
    if json:
        return tell("receipt", done, as_json=True)
    return tell_done(f"Revoked: {done.receipt_id}. {len(record['files'])} files, each in the record.", as_json=False)


def _write(found: ReceiptBody, folder: Path) -> None:
    from countenance.media.errors import CANNOT_WRITE, problem

    records = {"revocation": found.revocation, "deletion": found.deletion}
    texts = {
        "receipt.jws": found.text,
        "issuer.pub.pem": found.public_key,
        **{f"{name}.jws": record.text if record else None for name, record in records.items()},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, text in texts.items():
            if text is not None:
                path = folder / name
                path.touch(mode=0o600)
                path.write_text(text, "ascii")
    except OSError as error:
        raise problem(CANNOT_WRITE, folder) from error
