"""How long a script takes with a pronunciation dictionary: counted before the transaction in which it is held."""

from __future__ import annotations

from countenance.service.context import Service
from countenance.service.db.tables import PronunciationDictionary
from countenance.service.videos.wanted import NewVideo, script_seconds
from countenance.voice.pronunciation import parse, pronounced


def spoken_seconds(service: Service, workspace_id: str, wanted: NewVideo) -> int | None:
    """How many seconds the script takes at most, with what is said in place of its words.

    Opens a view of the database of its own and takes a while: call it outside of a transaction.

    Returns:
        None for a video without a script, or of a dictionary that is not there, which `life.create` refuses.

    Raises:
        CountenanceError: voice.spoken_too_long.
    """
    if wanted.script is None:
        return None
    if wanted.dictionary_id is None:
        return script_seconds(wanted.script)
    with service.database.reading() as session:
        found = session.get(PronunciationDictionary, wanted.dictionary_id)
    if found is None or found.workspace_id != workspace_id:
        return None
    dictionary = parse({"name": found.name, "rules": found.rules}, sounds_known=True)
    return script_seconds(pronounced(wanted.script, dictionary))
