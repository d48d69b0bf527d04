"""`countenance videos`: what replicas on a server say."""

from __future__ import annotations

from typing import Annotated, Any, Optional

import typer

from countenance.cli import progress as display
from countenance.cli.exits import Exit
from countenance.cli.options import Json
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
    connected,
    sent,
    taken_back,
    wanted,
)
from countenance.cli.told import tell, tell_done, tell_list

app = typer.Typer(name="videos", help="Videos on a server.", no_args_is_help=True)
_COLUMNS = ("video_id", "video_name", "replica_id", "status", "generation_progress", "duration_s")
_SHARE_COLUMNS = ("share_id", "state", "created_at", "expires_at", "shows_name", "may_download")
_SECONDS = {"upload": 5, "rendering": 60}
VideoId = Annotated[str, typer.Argument(metavar="ID", help="The video's id.", show_default=False)]


@app.command()
def create(
    replica: Annotated[str, typer.Argument(metavar="REPLICA", help="Who speaks: a replica's id.", show_default=False)],
    script: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="What to say.", show_default=False),
    ] = None,
    audio: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="FILE", help="A recording instead of a script: a file, or its URL.", show_default=False),
    ] = None,
    name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="What the video is called.", show_default=False),
    ] = None,
    voice: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ID", help="Another voice than the replica's own.", show_default=False),
    ] = None,
    dictionary: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ID", help="A pronunciation dictionary for the script.", show_default=False),
    ] = None,
    background: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help="What is behind the person: transparent, a colour, or the URL of a picture or a video.",
            show_default=False,
        ),
    ] = None,
    callback: Callback = None,
    once: Once = None,
    wait: Wait = False,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Let a replica speak a script or a recording. A recording of this machine is uploaded."""
    from countenance.progress import StageProgress
    from countenance.wire.videos import CreateVideo

    if (script is None) == (audio is None):
        raise typer.BadParameter("give either --script or --audio")
    said = {
        "replica_id": replica,
        "script": script,
        "video_name": name,
        "voice_name": voice,
        "pronunciation_dictionary_id": dictionary,
        "callback_url": callback,
        **_background(background),
    }
    wanted(CreateVideo, **({} if script else {"audio_url": "http://x"}), **said)  # before anything is sent
    with display.shown(as_json=json) as shown, connected(url, key) as client:
        stages = StageProgress(_SECONDS, shown)
        with taken_back(client) as uploads:
            sound = sent(client, audio, "audio_url", "audio_upload_id", stages.nested("upload"), uploads)
            made = client.videos.create(wanted(CreateVideo, **said, **sound), once)
        if not wait:
            return tell("video", made, as_json=json, title="Video begun")
        if not json:
            console(stderr=True).print(f"The video is {made.video_id}.")
        with awaited("video", made.video_id, as_json=json):
            ready = client.videos.wait(made.video_id, progress=stages.nested("rendering"))
    return tell("video", ready, as_json=json)


@app.command()
def wait(video: VideoId, timeout: Within = None, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Wait until a video is ready. Whoever stops waiting does not stop the rendering."""
    with display.shown(as_json=json) as shown, connected(url, key) as client, awaited("video", video, as_json=json):
        ready = client.videos.wait(video, timeout_s=timeout, progress=shown)
    return tell("video", ready, as_json=json)


@app.command("list")
def list_videos(
    replica: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ID", help="Those of one replica.", show_default=False),
    ] = None,
    status: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="queued, generating, ready or error.", show_default=False),
    ] = None,
    search: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="TEXT", help="Those with this in their names.", show_default=False),
    ] = None,
    limit: Limit = 20,
    page: PageNumber = 1,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """List videos, newest first."""
    with connected(url, key) as client:
        found = client.videos.list(limit, page, replica_id=replica, status=status, search=search)
    return tell_list("videos", found.data, _COLUMNS, as_json=json, total_count=found.total_count)


@app.command()
def show(video: VideoId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show one video, and how far it is."""
    with connected(url, key) as client:
        return tell("video", client.videos.get(video), as_json=json)


@app.command()
def rename(
    video: VideoId,
    name: Annotated[str, typer.Argument(help="Its new name.", show_default=False)],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Give a video another name."""
    with connected(url, key) as client:
        client.videos.rename(video, name)
    return tell_done(f"The video is called {name}.", as_json=json, video_id=video, video_name=name)


@app.command()
def delete(video: VideoId, hard: Hard = False, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Delete a video."""
    with connected(url, key) as client:
        client.videos.delete(video, hard=hard)
    return tell_done(f"The video {video} is deleted.", as_json=json, video_id=video, erased=hard)


@app.command()
def download(video: VideoId, out: Out, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Download a video that is ready."""
    with display.shown(as_json=json) as shown, connected(url, key) as client:
        client.videos.download(video, out, progress=shown)
    return tell_done(f"Written to {out}.", as_json=json, file=str(out), bytes=out.stat().st_size)


@app.command()
def share(
    video: VideoId,
    hours: Annotated[float, typer.Option(help="How long the link is good, up to 720.")] = 168.0,
    hide_name: Annotated[bool, typer.Option("--hide-name", help="Do not show what the video is called.")] = False,
    may_download: Annotated[bool, typer.Option("--downloadable", help="Offer the file as well.")] = False,
    once: Once = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Make a link by which anybody sees a video, without a key, until it ends."""
    from countenance.wire.videos import ShareVideo

    asked = wanted(ShareVideo, valid_s=round(hours * 3600), shows_name=not hide_name, may_download=may_download)
    with connected(url, key) as client:
        made = client.videos.share(video, asked, once)
    return tell("share", made, as_json=json, title="Link made")


@app.command()
def shares(video: VideoId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """List a video's links, newest first, also those that have ended."""
    with connected(url, key) as client:
        found = client.videos.shares(video)
    return tell_list("shares", found.data, _SHARE_COLUMNS, as_json=json, total_count=found.total_count)


@app.command()
def unshare(
    video: VideoId,
    link: Annotated[str, typer.Argument(metavar="SHARE", help="The link's id.", show_default=False)],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """End a link at once."""
    with connected(url, key) as client:
        client.videos.unshare(video, link)
    return tell_done(f"The link {link} has ended.", as_json=json, video_id=video, share_id=link)


def _background(given: str | None) -> dict[str, Any]:
    from countenance.cli.remote import is_url

    if given is None:
        return {}
    if given == "transparent":
        return {"transparent_background": True, "fast": True}
    return {"background_source_url" if is_url(given) else "background_colour": given}
