"""`countenance uploads`: files that are sent to a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from countenance.cli import progress as display
from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.output import print_json
from countenance.cli.remote import Key, Out, Url, Wait, awaited, connected, stopped_told
from countenance.cli.told import tell, tell_done

if TYPE_CHECKING:
    from countenance.wire.uploads import UploadReport

app = typer.Typer(name="uploads", help="Files that are sent to a server.", no_args_is_help=True)
media = typer.Typer(name="media", help="Files that come from a server.", no_args_is_help=True)
UploadId = Annotated[str, typer.Argument(metavar="ID", help="The upload's id.", show_default=False)]


@app.command()
def send(
    file: Annotated[Path, typer.Argument(help="The file to send.", show_default=False)],
    resume: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ID", help="An upload of this file that broke off.", show_default=False),
    ] = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Send a file in parts. Its id is what other commands and the API take for it, for a day."""
    from countenance.client.errors import UPLOAD_BROKEN

    begun: list[str] = []
    with display.shown(as_json=json) as shown, connected(url, key) as client, stopped_told(UPLOAD_BROKEN, begun):
        made = client.uploads.send(file, resume, shown, begun.append)
    return tell("upload", made, as_json=json)


@app.command()
def show(upload: UploadId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show an upload, and what is missing of it."""
    with connected(url, key) as client:
        return tell("upload", client.uploads.get(upload), as_json=json)


@app.command()
def check(
    upload: UploadId,
    wait: Wait = False,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Have footage or a picture looked at before anything is made from it; free. With --wait the exit code judges."""
    with display.shown(as_json=json) as shown, connected(url, key) as client:
        made = client.uploads.check(upload)
        if wait:
            with awaited("report", upload, as_json=json):
                made = client.uploads.wait(upload, progress=shown)
    return _judged(made, as_json=json)


@app.command()
def report(upload: UploadId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show what was found in an upload that was looked at, or how far that is."""
    with connected(url, key) as client:
        return tell("report", client.uploads.report(upload), as_json=json)


@app.command()
def delete(upload: UploadId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Give an upload up."""
    with connected(url, key) as client:
        client.uploads.delete(upload)
    return tell_done(f"The upload {upload} is given up.", as_json=json, upload_id=upload)


@media.command()
def download(
    link: Annotated[str, typer.Argument(metavar="LINK", help="A link that a server answered.", show_default=False)],
    out: Out,
    json: Json = False,
) -> Exit:
    """Download what a link leads to: a picture of a report, a preview, a film. The link is its own permission."""
    from countenance.cli.remote import is_url

    if not is_url(link):
        raise typer.BadParameter("LINK begins with http:// or https://")
    with display.shown(as_json=json) as shown, connected(None, None) as client:
        client.media.download(link, out, progress=shown)
    return tell_done(f"Written to {out}.", as_json=json, file=str(out), bytes=out.stat().st_size)


def _judged(made: UploadReport, *, as_json: bool) -> Exit:
    """Show a report; a refusal is no success, and a report that is not there yet is none."""
    if made.ok is not False:
        return tell("report", made, as_json=as_json)
    if as_json:
        print_json({"ok": False, "report": made.model_dump(mode="json")})
    else:
        tell("report", made, as_json=False)
    return Exit.REFUSED
