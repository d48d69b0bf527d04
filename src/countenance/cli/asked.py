"""`countenance consent-requests` and `consent-links`: a person is asked over a server, and answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countenance.cli import progress as display
from countenance.cli.exits import Exit
from countenance.cli.options import Json, Language
from countenance.cli.output import console
from countenance.cli.remote import Key, Url, connected, wanted
from countenance.cli.told import tell, tell_done

app = typer.Typer(name="consent-requests", help="Asking people over a server to agree.", no_args_is_help=True)
links = typer.Typer(name="consent-links", help="Answering as the person who was asked.", no_args_is_help=True)
RequestId = Annotated[str, typer.Argument(metavar="ID", help="The request's id.", show_default=False)]
Token = Annotated[str, typer.Argument(metavar="LINK", help="The link, or the secret at its end.", show_default=False)]


@app.command()
def statement(
    name: Annotated[str, typer.Option(help="The full name of the person.", show_default=False)],
    language: Language = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Let the server draw one-time words, and show the statement to read aloud with them."""
    from countenance.wire.consent import WantStatement

    with connected(url, key) as client:
        drawn = client.consent.statement(wanted(WantStatement, full_name=name, language=language))
    return tell("statement", drawn, as_json=json)


@app.command()
def show(request: RequestId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show what became of a link."""
    with connected(url, key) as client:
        return tell("consent_request", client.consent.get(request), as_json=json)


@app.command()
def withdraw(request: RequestId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Take a link back; the replica goes on waiting, for another one."""
    with connected(url, key) as client:
        client.consent.withdraw(request)
    return tell_done(f"The request {request} is withdrawn.", as_json=json, request_id=request)


@links.command("show")
def show_link(link: Token, url: Url = None, json: Json = False) -> Exit:
    """Show who asks, and what to read aloud; the words are new each time."""
    with connected(url, None) as client:
        page = client.consent_links.show(_token(link))
    tell("consent_link", page, as_json=json)
    if not json and page.statement is not None:
        target = console()
        target.print(page.statement.text, soft_wrap=True)
        target.print(f"When it is recorded: consent-links record --phrase {page.statement.phrase_id}", soft_wrap=True)
    return Exit.OK


@links.command()
def record(
    link: Token,
    file: Annotated[Path, typer.Argument(help="The recording of the person.", show_default=False)],
    phrase: Annotated[str, typer.Option(metavar="ID", help="Of the words that were shown.", show_default=False)],
    url: Url = None,
    json: Json = False,
) -> Exit:
    """Send the recorded statement."""
    from countenance.wire.consent import RecordConsent

    with display.shown(as_json=json) as shown, connected(url, None) as client:
        token = _token(link)
        upload = client.consent_links.send(token, file, progress=shown)
        given = wanted(RecordConsent, upload_id=upload.upload_id, phrase_id=phrase)
        return tell("consent_link", client.consent_links.record(token, given), as_json=json)


@links.command()
def decline(link: Token, url: Url = None, json: Json = False) -> Exit:
    """Do not agree: nothing is made of you."""
    with connected(url, None) as client:
        return tell("consent_link", client.consent_links.decline(_token(link)), as_json=json)


@links.command()
def revoke(
    link: Token,
    yes: Annotated[bool, typer.Option("--yes", help="It is meant.", show_default=False)] = False,
    url: Url = None,
    json: Json = False,
) -> Exit:
    """Take back what you have agreed to, for good: the replica and everything made with it is erased."""
    from countenance.consent.receipt_rules import NOT_CONFIRMED
    from countenance.errors import CountenanceError, Finding

    if not yes:
        raise CountenanceError(Finding(NOT_CONFIRMED, detail="It would erase the replica and its videos for good."))
    with connected(url, None) as client:
        return tell("consent_link", client.consent_links.revoke(_token(link)), as_json=json)


def _token(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]
