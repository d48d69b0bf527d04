"""`countenance lipsyncs`: films whose lips a server moves to another sound."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from countenance.cli import progress as display
from countenance.cli.exits import Exit
from countenance.cli.options import AcceptResponsibility, Json, Language, Name, Phrase, Subject, Synthetic
from countenance.cli.output import console
from countenance.cli.remote import (
    Callback,
    Hard,
    Key,
    Limit,
    Once,
    Out,
    PageNumber,
    Url,
    Wait,
    Within,
    awaited,
    check_who,
    connected,
    sent,
    taken_back,
    wanted,
)
from countenance.cli.told import tell, tell_done, tell_list

app = typer.Typer(name="lipsyncs", help="Lip-synced films on a server.", no_args_is_help=True)
_COLUMNS = ("lipsync_id", "lipsync_name", "status", "progress", "stage", "duration_s", "created_at")
_SECONDS = {"upload of the film": 10, "upload of the sound": 3, "upload of the statement": 3, "rendering": 200}
LipsyncId = Annotated[str, typer.Argument(metavar="ID", help="The film's id.", show_default=False)]


@app.command()
def create(
    film: Annotated[str, typer.Argument(metavar="FILE", help="The film: a file, or its URL.", show_default=False)],
    audio: Annotated[
        str, typer.Option(metavar="FILE", help="The other sound: a file, or its URL.", show_default=False)
    ],
    consent: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="FILE",
            help="The recorded statement, a file or its URL, if the film does not open with it.",
            show_default=False,
        ),
    ] = None,
    name: Name = None,
    language: Language = None,
    phrase: Phrase = None,
    subject: Subject = None,
    synthetic: Synthetic = False,
    accept_responsibility: AcceptResponsibility = False,
    lipsync_name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="TEXT", help="What the film is called.", show_default=False),
    ] = None,
    callback: Callback = None,
    once: Once = None,
    wait: Wait = False,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Move the lips of whoever is seen in a film, and has agreed to it, to another sound."""
    from countenance.progress import StageProgress
    from countenance.wire.works import CreateLipsync

    check_who(name, {"--synthetic": synthetic})
    said = {
        "full_name": name,
        "language": language,
        "phrase_id": phrase,
        "subject": subject,
        "synthetic": synthetic or None,
        "accept_responsibility": accept_responsibility or None,
        "lipsync_name": lipsync_name,
        "callback_url": callback,
    }
    wanted(CreateLipsync, original_video_url="http://x", source_audio_url="http://x", **said)  # before anything is sent
    with display.shown(as_json=json) as shown, connected(url, key) as client:
        stages = StageProgress(_SECONDS, shown)
        files = {
            "film": (film, "original_video_url", "original_upload_id"),
            "sound": (audio, "source_audio_url", "audio_upload_id"),
            "statement": (consent, "consent_video_url", "consent_upload_id"),
        }
        with taken_back(client) as uploads:
            for what, (file, url_field, id_field) in files.items():
                shown_sent = stages.nested(f"upload of the {what}")
                said |= sent(client, file, url_field, id_field, shown_sent, uploads)
            made = client.lipsyncs.create(wanted(CreateLipsync, **said), once)
        if wait:
            if not json:
                console(stderr=True).print(f"The film is {made.lipsync_id}.")
            with awaited("lipsync", made.lipsync_id, as_json=json):
                made = client.lipsyncs.wait(made.lipsync_id, progress=stages.nested("rendering"))
    return tell("lipsync", made, as_json=json)


@app.command()
def wait(lipsync: LipsyncId, timeout: Within = None, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Wait until a film is ready."""
    with display.shown(as_json=json) as shown, connected(url, key) as client, awaited("lipsync", lipsync, as_json=json):
        made = client.lipsyncs.wait(lipsync, timeout_s=timeout, progress=shown)
    return tell("lipsync", made, as_json=json)


@app.command("list")
def list_lipsyncs(
    limit: Limit = 20, page: PageNumber = 1, url: Url = None, key: Key = None, json: Json = False
) -> Exit:
    """List films, newest first."""
    with connected(url, key) as client:
        found = client.lipsyncs.list(limit, page)
    return tell_list("lipsyncs", found.data, _COLUMNS, as_json=json, total_count=found.total_count)


@app.command()
def show(lipsync: LipsyncId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show one film, and how far it is."""
    with connected(url, key) as client:
        return tell("lipsync", client.lipsyncs.get(lipsync), as_json=json)


@app.command()
def delete(lipsync: LipsyncId, hard: Hard = False, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Delete a film."""
    with connected(url, key) as client:
        client.lipsyncs.delete(lipsync, hard=hard)
    return tell_done(f"The film {lipsync} is deleted.", as_json=json, lipsync_id=lipsync, erased=hard)


@app.command()
def download(lipsync: LipsyncId, out: Out, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Download a film that is ready."""
    with display.shown(as_json=json) as shown, connected(url, key) as client:
        client.lipsyncs.download(lipsync, out, progress=shown)
    return tell_done(f"Written to {out}.", as_json=json, file=str(out), bytes=out.stat().st_size)
