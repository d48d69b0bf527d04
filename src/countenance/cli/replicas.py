"""`countenance replicas`: the replicas of a workspace on a server."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from countenance.cli import progress as display
from countenance.cli.exits import Exit
from countenance.cli.options import (
    AcceptResponsibility,
    Json,
    Language,
    Name,
    Phrase,
    PictureRights,
    Subject,
    Synthetic,
)
from countenance.cli.output import console, failure, print_findings, print_json
from countenance.cli.remote import (
    Callback,
    Hard,
    Key,
    Limit,
    Once,
    PageNumber,
    Url,
    Wait,
    Within,
    awaited,
    check_who,
    connected,
    is_url,
    sent,
    taken_back,
    wanted,
)
from countenance.cli.told import tell, tell_done, tell_list

if TYPE_CHECKING:
    from countenance.progress import ProgressCallback
    from countenance.wire.replicas import ReplicaEvent

app = typer.Typer(name="replicas", help="Replicas on a server.", no_args_is_help=True)
_COLUMNS = ("replica_id", "replica_name", "status", "training_progress", "stage", "standing", "created_at")
_RECORDING = ("role", "content_type", "bytes", "url")
_SECONDS = {"upload": 10, "upload of the statement": 3, "training": 150}
"""Share of each stage in the time, for the bar."""
ReplicaId = Annotated[str, typer.Argument(metavar="ID", help="The replica's id.", show_default=False)]


@app.command()
def create(
    footage: Annotated[
        str, typer.Argument(metavar="FILE", help="A video or a picture: a file, or its URL.", show_default=False)
    ],
    consent: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="FILE",
            help="The recorded statement, a file or its URL, if the footage does not open with it.",
            show_default=False,
        ),
    ] = None,
    name: Name = None,
    language: Language = None,
    phrase: Phrase = None,
    subject: Subject = None,
    synthetic: Synthetic = False,
    accept_responsibility: AcceptResponsibility = False,
    picture_rights: PictureRights = False,
    consent_by_link: Annotated[
        bool, typer.Option("--consent-by-link", help="The statement comes later (`replicas ask-consent`).")
    ] = False,
    replica_name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="TEXT", help="What the replica is called.", show_default=False),
    ] = None,
    voice: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ID", help="The stock voice of a replica from a picture.", show_default=False),
    ] = None,
    callback: Callback = None,
    once: Once = None,
    wait: Wait = False,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Begin to train a replica on a server. Files are uploaded; with --wait the bar is followed to the end."""
    from countenance.progress import StageProgress
    from countenance.wire.replicas import CreateReplica

    if wait and consent_by_link:
        raise typer.BadParameter("--wait does not go with --consent-by-link: the person may take days")
    _check_kind(footage, picture_rights=picture_rights)
    check_who(
        name,
        {"--consent-by-link": consent_by_link, "--synthetic": synthetic, "--picture-rights": picture_rights},
    )
    fields = ("train_image_url", "image_upload_id") if picture_rights else ("train_video_url", "train_upload_id")
    said = {
        "full_name": name,
        "language": language,
        "phrase_id": phrase,
        "subject": subject,
        "synthetic": synthetic or None,
        "accept_responsibility": accept_responsibility or None,
        "consent_by_link": consent_by_link or None,
        "replica_name": replica_name,
        "voice_name": voice,
        "callback_url": callback,
    }
    wanted(CreateReplica, train_video_url="http://x", **said)  # before anything is sent
    with display.shown(as_json=json) as callback_of, connected(url, key) as client:
        stages = StageProgress(_SECONDS, callback_of)
        with taken_back(client) as uploads:
            material = sent(client, footage, *fields, stages.nested("upload"), uploads)
            spoken = stages.nested("upload of the statement")
            statement = sent(client, consent, "consent_video_url", "consent_upload_id", spoken, uploads)
            made = client.replicas.create(wanted(CreateReplica, **material, **statement, **said), once)
        if not wait:
            return tell("replica", made, as_json=json, title="Replica begun")
        if not json:
            console(stderr=True).print(f"The replica is {made.replica_id}.")
        return _followed(client, made.replica_id, stages.nested("training"), as_json=json)


@app.command()
def wait(
    replica: ReplicaId,
    until_usable: Annotated[
        bool, typer.Option("--until-usable", help="Wait only until its preview can speak.", show_default=False)
    ] = False,
    timeout: Within = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Follow a training to its end. Whoever stops waiting does not stop the training."""
    with display.shown(as_json=json) as callback, connected(url, key) as client:
        more = {"until": "usable" if until_usable else "done", "timeout_s": timeout}
        return _followed(client, replica, callback, as_json=json, **more)


@app.command("list")
def list_replicas(
    status: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="started, completed or error.", show_default=False),
    ] = None,
    kind: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--type", help="user, or system for those of the stock.", show_default=False),
    ] = None,
    search: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="TEXT", help="Part of a name, or how an id begins.", show_default=False),
    ] = None,
    limit: Limit = 20,
    page: PageNumber = 1,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """List replicas, newest first."""
    with connected(url, key) as client:
        found = client.replicas.list(limit, page, status=status, replica_type=kind, search=search)
    return tell_list("replicas", found.data, _COLUMNS, as_json=json, total_count=found.total_count)


@app.command()
def show(replica: ReplicaId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show one replica, and where its training stands."""
    with connected(url, key) as client:
        return tell("replica", client.replicas.get(replica), as_json=json)


@app.command()
def rename(
    replica: ReplicaId,
    name: Annotated[str, typer.Argument(help="Its new name.", show_default=False)],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Give a replica another name."""
    with connected(url, key) as client:
        client.replicas.rename(replica, name)
    return tell_done(f"The replica is called {name}.", as_json=json, replica_id=replica, replica_name=name)


@app.command("set-voice")
def set_voice(
    replica: ReplicaId,
    voice: Annotated[str, typer.Argument(help="A stock voice, or the replica's id for its own.", show_default=False)],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Let a replica speak with another voice from now on."""
    from countenance.wire.replicas import UpdateReplica

    with connected(url, key) as client:
        changed = client.replicas.update(replica, wanted(UpdateReplica, default_voice_id=voice))
    return tell("replica", changed, as_json=json)


@app.command()
def delete(replica: ReplicaId, hard: Hard = False, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Delete a replica: nobody can use it from now on."""
    with connected(url, key) as client:
        client.replicas.delete(replica, hard=hard)
    return tell_done(f"The replica {replica} is deleted.", as_json=json, replica_id=replica, erased=hard)


@app.command()
def events(replica: ReplicaId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Watch a training as the server tells of it, to its end."""
    last: ReplicaEvent | None = None
    with display.shown(as_json=json) as callback, connected(url, key) as client:
        for last in client.replicas.events(replica):
            callback(_stand(last))
    if last is None:
        return tell_done(f"The replica {replica} was deleted.", as_json=json, event=None)
    return tell("event", last, as_json=json, title="Last of all")


@app.command()
def report(replica: ReplicaId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show everything that was found in a replica's material."""
    from countenance.client.errors import as_finding

    with connected(url, key) as client:
        found = client.replicas.report(replica)
    if json:
        return tell("report", found, as_json=True)
    target = console()
    print_findings(target, [as_finding(each) for each in found.findings])
    for each in found.findings:
        if each.evidence_url:
            target.print(f"{each.rule}: {each.evidence_url}", soft_wrap=True)
    return tell("report", found.model_copy(update={"findings": []}), as_json=False)


@app.command()
def review(
    replica: ReplicaId,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who looked and listened.", show_default=False)],
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it: it is over, and free.")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is refused.", show_default=False)] = "",
    once: Once = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Decide as a human what the machine left to one: training follows, or with --refuse it is over."""
    if reason and not refuse:
        raise typer.BadParameter("--reason is for --refuse")
    with connected(url, key) as client:
        told = client.replicas.review(replica, by, once, refuse=refuse, reason=reason)
    return tell("replica", told, as_json=json)


@app.command()
def recordings(replica: ReplicaId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """List what a replica is made from, with links: for whoever has to compare recordings. It is noted who looked."""
    with connected(url, key) as client:
        found = client.replicas.recordings(replica)
    return tell_list("recordings", found.data, _RECORDING, as_json=json, total_count=found.total_count)


@app.command("ask-consent")
def ask_consent(
    replica: ReplicaId,
    name: Name = None,
    language: Language = None,
    email: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ADDRESS", help="Where the link is sent as well.", show_default=False),
    ] = None,
    once: Once = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Make a link by which the person records the statement. It is shown this once."""
    from countenance.wire.consent import AskConsent

    with connected(url, key) as client:
        asked = client.consent.ask(replica, wanted(AskConsent, full_name=name, language=language, email=email), once)
    return tell("consent_request", asked, as_json=json)


@app.command("consent-requests")
def consent_requests(replica: ReplicaId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """List a replica's links, and what became of them."""
    with connected(url, key) as client:
        found = client.consent.of_replica(replica)
    columns = ("request_id", "state", "language", "created_at", "expires_at", "answered_at")
    return tell_list("consent_requests", found.data, columns, as_json=json, total_count=found.total_count)


@app.command("check-picture")
def check_picture(
    picture: Annotated[Path, typer.Argument(help="A JPEG or PNG file.", show_default=False)],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Ask the server whether a picture may become a replica."""
    from countenance.client.errors import as_finding
    from countenance.errors import Severity
    from countenance.media.container import check_file
    from countenance.media.limits import Limits
    from countenance.wire.images import MAX_BASE64, CheckImage

    check_file(picture, Limits(file_bytes=MAX_BASE64 * 3 // 4))
    encoded = base64.b64encode(picture.read_bytes()).decode()
    with connected(url, key) as client:
        verdict = client.replicas.check_image(wanted(CheckImage, imageBase64=encoded))
    findings = [replace(as_finding(found), file=str(picture)) for found in verdict.findings]
    findings.sort(key=lambda finding: finding.severity is not Severity.ERROR)
    if json:
        told = {**verdict.model_dump(mode="json"), "findings": [finding.as_dict() for finding in findings]}
        print_json({"ok": True, **told} if verdict.passed else {**told, **failure(findings)})
    else:
        print_findings(console(), findings)
        console().print("It may become a replica." if verdict.passed else "It may not become a replica.")
    return Exit.OK if verdict.passed else Exit.REFUSED


def _followed(client: Any, replica_id: str, callback: ProgressCallback, *, as_json: bool, **more: Any) -> Exit:
    with awaited("replica", replica_id, as_json=as_json):
        made = client.replicas.wait(replica_id, progress=callback, **more)
    return tell("replica", made, as_json=as_json)


def _check_kind(given: str, *, picture_rights: bool) -> None:
    """A file's kind is known before it is sent; a URL's is what the options say."""
    from countenance.media.image import is_image

    if is_url(given) or not Path(given).is_file():
        return
    if is_image(Path(given)) and not picture_rights:
        raise typer.BadParameter("a picture needs --picture-rights")
    if picture_rights and not is_image(Path(given)):
        raise typer.BadParameter("--picture-rights is for a picture; this is none")


def _stand(event: ReplicaEvent) -> Any:
    from countenance.progress import Progress

    done = event.training_progress.partition("/")[0]
    return Progress(event.stage or event.standing, int(done) / 100 if done.isdecimal() else 0.0, event.seconds_left)
