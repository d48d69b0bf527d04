"""What can be asked, by subject; the same for both clients."""

from __future__ import annotations

from typing import Generic

from countenance.client import loading, sending, waiting
from countenance.client import operation as a
from countenance.client.calls import (
    consent,
    consent_links,
    dictionaries,
    lipsyncs,
    members,
    replicas,
    server,
    transcriptions,
    uploads,
    videos,
    voices,
    webhooks,
    workspace,
)
from countenance.client.operation import AnyClient, Group


class Replicas(Group[AnyClient]):
    """Digital replicas of people."""

    create = a.call(replicas.create)
    list = a.call(replicas.listed)
    get = a.call(replicas.get)
    rename = a.call(replicas.rename)
    update = a.call(replicas.update)
    delete = a.call(replicas.delete)
    report = a.call(replicas.report)
    review = a.call(replicas.review)
    recordings = a.call(replicas.recordings)
    check_image = a.call(replicas.check_image)
    events = a.Events()
    wait = a.flow(waiting.replica)


class Videos(Group[AnyClient]):
    """What replicas say."""

    create = a.call(videos.create)
    list = a.call(videos.listed)
    get = a.call(videos.get)
    rename = a.call(videos.rename)
    delete = a.call(videos.delete)
    share = a.call(videos.share)
    shares = a.call(videos.shares)
    unshare = a.call(videos.unshare)
    wait = a.flow(waiting.video)
    download = a.flow(loading.video)


class Lipsyncs(Group[AnyClient]):
    """Films whose lips were moved to another sound."""

    create = a.call(lipsyncs.create)
    list = a.call(lipsyncs.listed)
    get = a.call(lipsyncs.get)
    delete = a.call(lipsyncs.delete)
    wait = a.flow(waiting.lipsync)
    download = a.flow(loading.lipsync)


class Transcriptions(Group[AnyClient]):
    """What is said in films and recordings."""

    create = a.call(transcriptions.create)
    list = a.call(transcriptions.listed)
    get = a.call(transcriptions.get)
    delete = a.call(transcriptions.delete)
    wait = a.flow(waiting.transcription)


class Voices(Group[AnyClient]):
    """Voices that scripts can be spoken with."""

    list = a.call(voices.listed)
    get = a.call(voices.get)


class Dictionaries(Group[AnyClient]):
    """How words are pronounced."""

    create = a.call(dictionaries.create)
    list = a.call(dictionaries.listed)
    get = a.call(dictionaries.get)
    change = a.call(dictionaries.change)
    delete = a.call(dictionaries.delete)


class Uploads(Group[AnyClient]):
    """Files that are sent to the server; `send` does all that is needed."""

    send = a.flow(sending.upload)
    announce = a.call(uploads.announce)
    get = a.call(uploads.get)
    put = a.call(uploads.put)
    complete = a.call(uploads.complete)
    check = a.call(uploads.check)
    report = a.call(uploads.report)
    wait = a.flow(waiting.report)
    delete = a.call(uploads.delete)


class Consent(Group[AnyClient]):
    """Statements, and links by which a person is asked to speak one."""

    statement = a.call(consent.statement)
    ask = a.call(consent.ask)
    of_replica = a.call(consent.of_replica)
    get = a.call(consent.get)
    withdraw = a.call(consent.withdraw)
    receipt_of = a.call(consent.receipt_of)
    receipt = a.call(consent.receipt)
    revoke = a.call(consent.revoke)


class ConsentLinks(Group[AnyClient]):
    """The side of the person who is asked; no key is needed."""

    show = a.call(consent_links.show)
    record = a.call(consent_links.record)
    decline = a.call(consent_links.decline)
    revoke = a.call(consent_links.revoke)
    send = a.flow(sending.upload_by_link)
    announce = a.call(consent_links.announce)
    upload = a.call(consent_links.upload)
    drop_upload = a.call(consent_links.drop_upload)
    complete = a.call(consent_links.complete)


class Webhooks(Group[AnyClient]):
    """Who is told of what happens, and what was told."""

    create = a.call(webhooks.create)
    list = a.call(webhooks.listed)
    get = a.call(webhooks.get)
    enable = a.call(webhooks.enable)
    test = a.call(webhooks.send_test)
    delete = a.call(webhooks.delete)
    secret = a.call(webhooks.secret)
    deliveries = a.call(webhooks.deliveries)
    delivery = a.call(webhooks.delivery)
    resend = a.call(webhooks.resend)


class Workspace(Group[AnyClient]):
    """Whose replicas these are: keys, credits, and who did what."""

    get = a.call(workspace.get)
    update = a.call(workspace.update)
    keys = a.call(workspace.keys)
    create_key = a.call(workspace.create_key)
    revoke_key = a.call(workspace.revoke_key)
    audit = a.call(workspace.audit)
    credits = a.call(workspace.credits)
    statement = a.call(workspace.statement)


class Members(Group[AnyClient]):
    """The people of the workspace, who are written to."""

    list = a.call(members.listed)
    add = a.call(members.add)
    remove = a.call(members.remove)


class Server(Group[AnyClient]):
    """How the server is; no key is needed."""

    alive = a.call(server.alive)
    ready = a.call(server.ready)
    metrics = a.call(server.metrics)


class Media(Group[AnyClient]):
    """What links in answers lead to: pictures, films and sounds."""

    download = a.flow(loading.link)


class Subjects(Generic[AnyClient]):
    """All that a client offers."""

    def __init__(self, client: AnyClient) -> None:
        self.replicas = Replicas(client)
        self.videos = Videos(client)
        self.lipsyncs = Lipsyncs(client)
        self.transcriptions = Transcriptions(client)
        self.voices = Voices(client)
        self.dictionaries = Dictionaries(client)
        self.uploads = Uploads(client)
        self.consent = Consent(client)
        self.consent_links = ConsentLinks(client)
        self.webhooks = Webhooks(client)
        self.workspace = Workspace(client)
        self.members = Members(client)
        self.server = Server(client)
        self.media = Media(client)
