"""`countenance transcriptions`: a server writes down what is said."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from countenance.cli import progress as display
from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.output import console
from countenance.cli.remote import (
    Callback,
    Key,
    Limit,
    Once,
    PageNumber,
    Url,
    Wait,
    Within,
    awaited,
    connected,
    sent,
    taken_back,
    wanted,
)
from countenance.cli.told import tell, tell_done, tell_list

app = typer.Typer(name="transcriptions", help="Transcriptions on a server.", no_args_is_help=True)
_COLUMNS = ("transcription_id", "transcription_name", "status", "progress", "language", "duration_s", "created_at")
_SECONDS = {"upload": 5, "listening": 30}
TranscriptionId = Annotated[str, typer.Argument(metavar="ID", help="The transcription's id.", show_default=False)]


@app.command()
def create(
    media: Annotated[
        str, typer.Argument(metavar="FILE", help="A film or a recording: a file, or its URL.", show_default=False)
    ],
    name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="What the transcription is called.", show_default=False),
    ] = None,
    callback: Callback = None,
    once: Once = None,
    wait: Wait = False,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Let the server write down what is said in a film or a recording."""
    from countenance.progress import StageProgress
    from countenance.wire.works import CreateTranscription

    said = {"transcription_name": name, "callback_url": callback}
    wanted(CreateTranscription, media_url="http://x", **said)  # before anything is sent
    with display.shown(as_json=json) as shown, connected(url, key) as client:
        stages = StageProgress(_SECONDS, shown)
        with taken_back(client) as uploads:
            file = sent(client, media, "media_url", "upload_id", stages.nested("upload"), uploads)
            made = client.transcriptions.create(wanted(CreateTranscription, **file, **said), once)
        if wait:
            if not json:
                console(stderr=True).print(f"The transcription is {made.transcription_id}.")
            with awaited("transcription", made.transcription_id, as_json=json):
                made = client.transcriptions.wait(made.transcription_id, progress=stages.nested("listening"))
    return tell("transcription", made, as_json=json)


@app.command()
def wait(
    transcription: TranscriptionId, timeout: Within = None, url: Url = None, key: Key = None, json: Json = False
) -> Exit:
    """Wait until the words are there."""
    with (
        display.shown(as_json=json) as shown,
        connected(url, key) as client,
        awaited("transcription", transcription, as_json=json),
    ):
        made = client.transcriptions.wait(transcription, timeout_s=timeout, progress=shown)
    return tell("transcription", made, as_json=json)


@app.command("list")
def list_transcriptions(
    limit: Limit = 20, page: PageNumber = 1, url: Url = None, key: Key = None, json: Json = False
) -> Exit:
    """List transcriptions, newest first."""
    with connected(url, key) as client:
        found = client.transcriptions.list(limit, page)
    return tell_list("transcriptions", found.data, _COLUMNS, as_json=json, total_count=found.total_count)


@app.command()
def show(transcription: TranscriptionId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show one transcription; with --json also when each word is said."""
    with connected(url, key) as client:
        return tell("transcription", client.transcriptions.get(transcription), as_json=json)


@app.command()
def delete(transcription: TranscriptionId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Delete a transcription."""
    with connected(url, key) as client:
        client.transcriptions.delete(transcription)
    text = f"The transcription {transcription} is deleted."
    return tell_done(text, as_json=json, transcription_id=transcription)
