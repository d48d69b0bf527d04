"""The commands on people whose likeness is protected: add, list, remove."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.output import console, print_json, print_rows
from countenance.cli.studio import load_settings

if TYPE_CHECKING:
    from countenance.consent.gallery import Person

app = typer.Typer(
    name="protect",
    help="People whose likeness is protected: public figures, the deceased, and who asked not to be replicated.",
    no_args_is_help=True,
)

_KINDS = ("public-figure", "deceased", "opted-out")
"""`consent.gallery.Protection`, which is imported only where a command needs it."""


def _kind(value: str) -> str:
    if value not in _KINDS:
        raise typer.BadParameter(f"must be one of {', '.join(_KINDS)}")
    return value


@app.command()
def add(
    pictures: Annotated[
        list[Path],
        typer.Argument(
            metavar="PICTURE...", help="Pictures or videos in which only this person is seen.", show_default=False
        ),
    ],
    label: Annotated[str, typer.Option(help="Who it is, for those who run this installation.", show_default=False)],
    kind: Annotated[
        str, typer.Option(help="Why: public-figure, deceased or opted-out.", callback=_kind, show_default=False)
    ],
    note: Annotated[str, typer.Option(help="Anything to remember, such as who asked and when.")] = "",
    json: Json = False,
) -> Exit:
    """Protect a person. Only numbers that describe the face are kept, never the pictures."""
    from countenance.consent import gallery
    from countenance.consent.reference import reference_faces

    if not label.strip():
        raise typer.BadParameter("--label must not be empty")
    settings = load_settings()
    faces = reference_faces(pictures, settings)
    # Whoever asks not to be replicated may have agreed earlier; that consent has to be revoked, which is not done here.
    resembling = [
        {"receipt": match.person.id, "account": match.person.account, "likeness": round(match.likeness, 4)}
        for match in gallery.nearest(faces, settings).matches
        if match.person.group is gallery.Group.ENROLLED
    ]
    person = gallery.protect(gallery.Protection(kind), label.strip(), faces, settings, note.strip())
    if json:
        print_json({"ok": True, "person": person.as_dict(), "enrolled": resembling})
        return Exit.OK
    target = console()
    target.print(f"{person.label} is protected as {kind}, under the id {person.id}.", soft_wrap=True)
    for found in resembling:
        said = f"A person who agreed looks like this one ({found['likeness']}): receipt {found['receipt']}."
        target.print(said, soft_wrap=True)
    return Exit.OK


@app.command("list")
def list_people(json: Json = False) -> Exit:
    """List who is protected."""
    from countenance.consent import gallery

    people = gallery.people(gallery.Group.PROTECTED, load_settings())
    if json:
        print_json({"ok": True, "people": [person.as_dict() for person in people]})
    elif people:
        print_rows(console(), "Protected people", [_row(person) for person in people])
    else:
        console().print("Nobody is protected.")
    return Exit.OK


@app.command()
def remove(
    person_id: Annotated[str, typer.Argument(metavar="ID", help="The id that `list` shows.", show_default=False)],
    json: Json = False,
) -> Exit:
    """Remove a protected person and delete what is stored of the face."""
    from countenance.consent import gallery

    gallery.remove(person_id, load_settings())
    if json:
        print_json({"ok": True, "removed": person_id})
    else:
        console().print(f"{person_id} is removed.", soft_wrap=True)
    return Exit.OK


def _row(person: Person) -> list[str]:
    shown: dict[str, Any] = person.as_dict()
    return [shown[key] or "" for key in ("id", "protection", "label", "added_at", "note")]
