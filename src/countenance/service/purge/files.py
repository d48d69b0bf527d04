"""What lies in files: in the object store, and in the data folder of this machine under the names of what is purged."""

from __future__ import annotations

import errno
import re
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from sqlalchemy import select

from countenance.consent import phrase
from countenance.consent.register import KEPT
from countenance.media.private import sync_folder
from countenance.service.context import Service
from countenance.service.db.tables import OutboxEvent
from countenance.service.jobs.child import in_use
from countenance.service.purge.traces import Traces
from countenance.settings import Settings

_DEPTH = 3
"""Folders below the data folder in which something may be named after what it belongs to."""
_ID = re.compile(r"\.?([0-9A-Za-z]+)")
_WORD = re.compile(r"\w+")
_EVENT = re.compile(r"(?<![0-9a-z])e[0-9a-f]{16}(?![0-9a-z])")
"""In the name of an e-mail's file."""
_AT_ONCE = 500
_PATIENCE_S = 10.0
"""A process that was told to stop has stopped by then; what it writes later goes with the next pass."""


def erase(service: Service, traces: Traces) -> None:
    """Delete all files of these, wherever they lie; what is gone already is passed over.

    Raises:
        CountenanceError: service.store_unreachable.
        OSError: what the disk refuses.
    """
    for prefix in traces.objects:
        service.objects.delete(prefix)
    data_dir = service.settings.data_dir
    _wait_for([data_dir / "work" / job for job in traces.jobs])
    erase_named(service.settings, traces.ids)
    _erase_mail(service, data_dir / "mail", traces)
    _erase_phrases(service.settings, traces)


def erase_named(settings: Settings, ids: Collection[str]) -> None:
    """Delete work folders, caches, and whatever else carries one of these ids in its name."""
    for path in [*named(settings, frozenset(ids))]:
        _remove(path)


def named(settings: Settings, ids: Collection[str]) -> Iterator[Path]:
    """Files and folders in the data folder whose name begins with one of these ids; what is in those is not told."""
    yield from (path for path in _within(settings.data_dir, _DEPTH, frozenset(ids)) if _id_in(path) in ids)


def owners(folder: Path) -> set[str]:
    """What the names of files and folders below this one begin with, as far down as `named` looks."""
    return {_id_in(path) for path in _within(folder, _DEPTH - 1, frozenset())}


def _within(folder: Path, depth: int, ids: Collection[str]) -> Iterator[Path]:
    """Everything below a folder; not what is in a folder that is called by one of `ids`, nor what links lead to."""
    for path in _entries(folder):
        yield path
        if depth > 1 and path.name not in KEPT and _id_in(path) not in ids and path.is_dir() and not path.is_symlink():
            yield from _within(path, depth - 1, ids)


def _id_in(path: Path) -> str:
    # What begins with a dot is not whole yet.
    match = _ID.match(path.name)
    return match[1] if match else ""


def people_in(settings: Settings, traces: Traces) -> tuple[str, ...]:
    """For whom their one-time words were drawn: of who was forgotten everywhere else, the name may be known here."""
    drawn = (phrase.known(each, settings) for each in traces.phrases)
    return tuple(words.name for words in drawn if words is not None and words.account in ("", traces.workspace_id))


def _erase_mail(service: Service, folder: Path, traces: Traces) -> None:
    """Delete e-mails that were written as files and tell of one of these, or name one of these people.

    Only those of this workspace: another one may write of somebody with the same name.
    """
    letters = [path for path in _entries(folder) if path.suffix == ".eml"]
    events = {path: match[0] for path in letters if (match := _EVENT.search(path.name))}
    ours = _ours(service, sorted({*events.values()}), traces.workspace_id)
    ids = {*traces.ids, *traces.events}
    people = [re.compile(rf"(?<!\w){_spaced(name)}(?!\w)", re.IGNORECASE) for name in traces.people if name.strip()]
    for path in letters:
        if events.get(path) not in ours:
            continue
        text = f"{path.name} {_text_of(path)}"
        if not ids.isdisjoint(_WORD.findall(text)) or any(person.search(text) for person in people):
            path.unlink(missing_ok=True)


def _ours(service: Service, events: Sequence[str], workspace_id: str) -> set[str]:
    """Those of some events that happened in a workspace."""
    found: set[str] = set()
    with service.database.reading() as session:
        for start in range(0, len(events), _AT_ONCE):
            some = OutboxEvent.id.in_(events[start : start + _AT_ONCE])
            found.update(session.scalars(select(OutboxEvent.id).where(some, OutboxEvent.workspace_id == workspace_id)))
    return found


def _erase_phrases(settings: Settings, traces: Traces) -> None:
    """Delete one-time words that this workspace had drawn for these people, or that were used for these receipts."""
    for path in _entries(settings.data_dir / "phrases"):
        if path.stem not in traces.phrases_in_use and _is_theirs(path, settings, traces):
            phrase.forget(path.stem, settings)


def _is_theirs(path: Path, settings: Settings, traces: Traces) -> bool:
    drawn = phrase.known(path.stem, settings)
    if drawn is not None and drawn.account not in ("", traces.workspace_id):
        return False
    if path.stem in traces.phrases:
        return True
    if path.suffix == ".used":
        with suppress(OSError, ValueError):
            return path.read_text("utf-8") in traces.receipts
    if drawn is None or not drawn.account:
        return False
    return any(phrase.same_name(drawn.name, name) for name in traces.people)


def _text_of(path: Path) -> str:
    """Headers and texts of an e-mail, decoded."""
    try:
        message = message_from_bytes(path.read_bytes(), policy=default)
        parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        return "\n".join([*(f"{name}: {value}" for name, value in message.items()), *map(str, parts)])
    except (OSError, LookupError, ValueError):
        return path.read_text("utf-8", "replace") if path.exists() else ""


def _spaced(name: str) -> str:
    """The pattern of a name in running text, which may break between its words."""
    return r"\s+".join(map(re.escape, name.split()))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        _remove_folder(path)
    else:
        path.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        sync_folder(path.parent)


def _remove_folder(path: Path) -> None:
    """Until it is gone: others may be deleting it too, or write a last file into it."""
    until = time.monotonic() + _PATIENCE_S
    while path.exists():
        try:
            shutil.rmtree(path)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTEMPTY) or time.monotonic() > until:
                raise


def _wait_for(folders: Collection[Path]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while any(in_use(folder) for folder in folders) and time.monotonic() < until:
        time.sleep(0.1)
