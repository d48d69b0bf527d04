"""`countenance voices`: which voices a script may be spoken with, and what those lack that cannot speak here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.output import console, print_findings, print_json, print_rows

if TYPE_CHECKING:
    from countenance.voice.catalogue import Listing

_COLUMNS = ("voice", "sex", "languages", "licence", "from", "")


def voices(json: Json = False) -> Exit:
    """List the voices that scripts can be spoken with."""
    from countenance.cli.studio import load_settings
    from countenance.voice.catalogue import DEFAULT_VOICE
    from countenance.voice.catalogue import voices as listed

    listings = listed(load_settings())
    if json:
        print_json({"ok": True, "default": DEFAULT_VOICE, "voices": [as_dict(listing) for listing in listings]})
        return Exit.OK
    target = console()
    print_rows(target, "Voices", [_COLUMNS, *map(_row, listings)])
    print_findings(target, [listing.problem for listing in listings if listing.problem])
    return Exit.OK


def as_dict(listing: Listing) -> dict[str, Any]:
    """JSON-ready; what is not known of a plug-in that does not work is null."""
    info = listing.info
    return {
        "id": listing.id,
        "name": info and info.name,
        "sex": info and info.sex,
        "languages": list(info.languages) if info else None,
        "licence": info and info.licence,
        "engine": info and info.engine,
        "reads_sounds": info and info.notation,
        "source": listing.source,
        "ready": listing.problem is None,
        "problem": listing.problem.as_dict() if listing.problem else None,
    }


def _row(listing: Listing) -> tuple[str, ...]:
    state = "" if listing.problem is None else "not ready, see below"
    if listing.info is None:
        return (listing.id, "", "", "", listing.source, state)
    info = listing.info
    return (listing.id, info.sex, " ".join(info.languages), info.licence, listing.source, state)
