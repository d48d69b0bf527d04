"""`countenance dictionaries`: how a server pronounces words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.output import console, print_rows
from countenance.cli.remote import Key, Limit, Once, PageNumber, Url, connected, wanted
from countenance.cli.told import tell, tell_done, tell_list

app = typer.Typer(name="dictionaries", help="Pronunciation dictionaries on a server.", no_args_is_help=True)
_COLUMNS = ("pronunciation_dictionary_id", "name", "rules_count", "updated_at")
DictionaryId = Annotated[str, typer.Argument(metavar="ID", help="The dictionary's id.", show_default=False)]


@app.command()
def create(
    rules: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="JSON: a list of rules, or an object with `rules`.", show_default=False),
    ],
    name: Annotated[str, typer.Option(help="What the dictionary is called.", show_default=False)],
    once: Once = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Make a dictionary. A rule has `text`, `pronunciation` and `type` (`alias` or `ipa`)."""
    from countenance.wire.dictionaries import CreateDictionary

    read = _read(rules)
    given = wanted(CreateDictionary, name=name, rules=read.get("rules") if isinstance(read, dict) else read)
    with connected(url, key) as client:
        return tell("dictionary", client.dictionaries.create(given, once), as_json=json)


@app.command("list")
def list_dictionaries(
    limit: Limit = 20, page: PageNumber = 1, url: Url = None, key: Key = None, json: Json = False
) -> Exit:
    """List dictionaries, newest first."""
    with connected(url, key) as client:
        found = client.dictionaries.list(limit, page)
    return tell_list("dictionaries", found.data, _COLUMNS, as_json=json, total_count=found.total_count)


@app.command()
def show(dictionary: DictionaryId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show a dictionary with its rules."""
    with connected(url, key) as client:
        found = client.dictionaries.get(dictionary)
    tell("dictionary", found, as_json=json)
    if not json and found.rules:
        rows = [(rule.text, rule.type, rule.pronunciation) for rule in found.rules]
        print_rows(console(), "Rules", [("text", "type", "pronunciation"), *rows])
    return Exit.OK


@app.command()
def change(
    dictionary: DictionaryId,
    patch: Annotated[Path, typer.Argument(metavar="FILE", help="A JSON Patch (RFC 6902).", show_default=False)],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Change a dictionary, wholly or not at all."""
    from pydantic import ValidationError

    from countenance.wire.dictionaries import Patch

    try:
        steps = Patch.model_validate(_read(patch))
    except ValidationError as error:
        raise typer.BadParameter(f"{patch} is no JSON Patch: {error.errors()[0]['msg']}") from error
    with connected(url, key) as client:
        changed = client.dictionaries.change(dictionary, steps)
    if changed is None:
        text = "Nothing changed: the dictionary is like that already."
        return tell_done(text, as_json=json, pronunciation_dictionary_id=dictionary, changed=False)
    return tell("dictionary", changed, as_json=json)


@app.command()
def delete(dictionary: DictionaryId, url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Delete a dictionary; videos that are made stay."""
    with connected(url, key) as client:
        client.dictionaries.delete(dictionary)
    text = f"The dictionary {dictionary} is deleted."
    return tell_done(text, as_json=json, pronunciation_dictionary_id=dictionary)


def _read(path: Path) -> Any:
    """JSON of a file.

    Raises:
        CountenanceError: media.unreadable.
        typer.BadParameter: where it is no JSON.
    """
    from json import loads

    from countenance.errors import CountenanceError, Finding
    from countenance.media.errors import UNREADABLE

    try:
        return loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CountenanceError(Finding(UNREADABLE, file=str(path), detail=f"{error.strerror}.")) from error
    except ValueError as error:
        raise typer.BadParameter(f"{path} is not JSON: {error}") from error
