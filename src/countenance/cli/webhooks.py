"""`countenance webhooks` and `deliveries`: who is told by a server of what happens, and what was told."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.output import console, print_rows
from countenance.cli.remote import Key, Limit, Once, PageNumber, Url, connected, wanted
from countenance.cli.told import tell, tell_done, tell_list

app = typer.Typer(name="webhooks", help="URLs that a server tells of what happens.", no_args_is_help=True)
deliveries = typer.Typer(name="deliveries", help="What a server told to whom.", no_args_is_help=True)
_ENDPOINT = ("endpoint_id", "url", "types", "created_at", "failing_since", "disabled_at")
_DELIVERY = ("delivery_id", "event_type", "subject_id", "channel", "state", "attempts", "created_at")
EndpointId = Annotated[str, typer.Argument(metavar="ID", help="The endpoint's id.", show_default=False)]
DeliveryId = Annotated[str, typer.Argument(metavar="ID", help="The delivery's id.", show_default=False)]


@app.command()
def create(
    endpoint: Annotated[str, typer.Argument(metavar="URL", help="What is to be told.", show_default=False)],
    kind: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--type", help="Such as replica.completed; may be repeated. Without it, all.", show_default=False),
    ] = None,
    once: Once = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Register a URL. The secret by which it verifies what it is told is shown this once."""
    from countenance.wire.webhooks import CreateEndpoint

    with connected(url, key) as client:
        made = client.webhooks.create(wanted(CreateEndpoint, url=endpoint, types=kind or None), once)
    return tell("endpoint", made, as_json=json)


@app.command("list")
def list_endpoints(url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """List all registered URLs."""
    with connected(url, key) as client:
        found = client.webhooks.list()
    return tell_list("endpoints", found.data, _ENDPOINT, as_json=json, total_count=found.total_count)


@app.command()
def show(endpoint: EndpointId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show one registered URL."""
    with connected(url, key) as client:
        return tell("endpoint", client.webhooks.get(endpoint), as_json=json)


@app.command()
def secret(url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show by what receivers verify what goes to a callback URL."""
    with connected(url, key) as client:
        return tell("callbacks", client.webhooks.secret(), as_json=json)


@app.command()
def enable(endpoint: EndpointId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Tell a URL again that was switched off because it failed."""
    with connected(url, key) as client:
        return tell("endpoint", client.webhooks.enable(endpoint), as_json=json)


@app.command("test")
def send_test(endpoint: EndpointId, once: Once = None, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Send a test to a registered URL; `deliveries show` says what it answered."""
    with connected(url, key) as client:
        return tell("delivery", client.webhooks.test(endpoint, once), as_json=json)


@app.command()
def delete(endpoint: EndpointId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Forget a registered URL."""
    with connected(url, key) as client:
        client.webhooks.delete(endpoint)
    return tell_done(f"The endpoint {endpoint} is forgotten.", as_json=json, endpoint_id=endpoint)


@deliveries.command("list")
def list_deliveries(
    state: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="pending, delivered or failed.", show_default=False),
    ] = None,
    subject: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ID", help="Of one replica, video, ...", show_default=False),
    ] = None,
    limit: Limit = 20,
    page: PageNumber = 1,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """List what was told by webhook and by e-mail, newest first."""
    with connected(url, key) as client:
        found = client.webhooks.deliveries(limit, page, state=state, subject_id=subject)
    return tell_list("deliveries", found.data, _DELIVERY, as_json=json, total_count=found.total_count)


@deliveries.command("show")
def show_delivery(delivery: DeliveryId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show one delivery with every try."""
    with connected(url, key) as client:
        found = client.webhooks.delivery(delivery)
    tell("delivery", found, as_json=json)
    if not json and found.tries:
        rows = [(each.at, str(each.status or ""), f"{each.duration_ms} ms", each.answer) for each in found.tries]
        print_rows(console(), "Tries", [("at", "status", "took", "answer"), *rows])
    return Exit.OK


@deliveries.command()
def resend(delivery: DeliveryId, once: Once = None, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Tell the same to the same receiver once more."""
    with connected(url, key) as client:
        return tell("delivery", client.webhooks.resend(delivery, once), as_json=json)
