"""`countenance inspect`: who made a video or picture, of which replica, and whether the consent behind still stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countenance.cli.exits import Exit, exit_for
from countenance.cli.options import Json
from countenance.cli.output import console, print_findings, print_json, print_rows, report_failure
from countenance.cli.studio import load_settings
from countenance.errors import Severity

if TYPE_CHECKING:
    from countenance.consent.origin import Traced

_STATES: Mapping[str, str] = {
    "trusted": "as it was signed, by a signer who is trusted here",
    "valid": "as it was signed, by a signer whom nobody here vouches for",
    "invalid": "CHANGED since it was signed, or damaged: what it says of itself proves nothing",
    "remote": "kept on a server, not fetched",
}
_STANDINGS: Mapping[str, str] = {
    "active": "in force, as far as this installation knows",
    "revoked": "REVOKED",
    "unknown": "unknown here: this installation does not hold the receipt",
}
_KINDS: Mapping[str, str] = {
    "trainedAlgorithmicMedia": "AI-generated",
    "compositeWithTrainedAlgorithmicMedia": "AI-generated, set into recorded pictures",
}


def inspect(
    file: Annotated[Path, typer.Argument(help="A video or a picture, made here or elsewhere.", show_default=False)],
    json: Json = False,
) -> Exit:
    """Read a file's content credentials: who made it, was it changed, does the consent behind it still stand."""
    from countenance.consent.origin import trace

    found = trace(file, load_settings())
    errors = [finding for finding in found.findings if finding.severity is Severity.ERROR]
    if not json and found.credentials is not None:
        print_rows(console(), _plain(file.name), [(_plain(name), _plain(value)) for name, value in _rows(found)])
    if errors:
        others = [finding for finding in found.findings if finding not in errors]
        report_failure([*errors, *others], as_json=json, **found.as_dict())
        return exit_for(errors[0], judges_material=True)
    if json:
        print_json({"ok": True, "findings": [finding.as_dict() for finding in found.findings], **found.as_dict()})
    else:
        print_findings(console(), found.findings)
    return Exit.OK


def _rows(found: Traced) -> Iterator[tuple[str, str]]:
    credentials = found.credentials
    if credentials is None:
        return
    shown = {
        "the file is": _STATES[credentials.state.value],
        "signed by": ": ".join(filter(None, (credentials.issuer, credentials.signer))),
        "signer": found.signed_by and found.signed_by.value,
        "made with": credentials.generator,
        "it says it is": "; ".join(_KINDS.get(kind, kind) for kind in credentials.source_types),
        **{name.replace("_", " "): value for name, value in credentials.replica.items()},
        "consent": found.standing and _STANDINGS[found.standing.value],
    }
    yield from ((name, value) for name, value in shown.items() if value)


def _plain(text: str) -> str:
    """The words of a file, for a terminal."""
    return "".join(letter for letter in text if letter.isprintable())
