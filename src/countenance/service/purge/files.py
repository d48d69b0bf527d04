"""What lies in files: in the object store, and in the data folder of this machine under the names of what is purged."""

from __future__ import annotations

import errno
import json
import re
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from countenance.consent.register import KEPT
from countenance.consent.words import words_of
from countenance.media.private import sync_folder
from countenance.service.context import Service
from countenance.service.jobs.child import in_use
from countenance.service.purge.traces import Traces
from countenance.settings import Settings

_DEPTH = 3
"""Folders below the data folder in which something may be named after what it belongs to."""
_ID = re.compile(r"\.?([0-9A-Za-z]+)")
_WORD = re.compile(r"\w+")
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
    _erase_mail(data_dir / "mail", traces)
    _erase_phrases(data_dir / "phrases", traces)


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


def _erase_mail(folder: Path, traces: Traces) -> None:
    """Delete e-mails that were written as files and tell of one of these, or name one of these people."""
    ids = {*traces.ids, *traces.events}
    people = [re.compile(rf"(?<!\w){_spaced(name)}(?!\w)", re.IGNORECASE) for name in traces.people if name.strip()]
    for path in _entries(folder):
        if path.suffix == ".eml":
            text = f"{path.name} {_text_of(path)}"
            if not ids.isdisjoint(_WORD.findall(text)) or any(person.search(text) for person in people):
                path.unlink(missing_ok=True)


def _erase_phrases(folder: Path, traces: Traces) -> None:
    """Delete one-time words that were drawn for these people, or used for these receipts."""
    names = {tuple(words_of(name)) for name in traces.people}
    for path in _entries(folder):
        if path.stem in traces.phrases_in_use:
            continue
        with suppress(OSError, ValueError, KeyError, TypeError):
            text = path.read_text("utf-8")
            drawn = path.suffix == ".json" and tuple(words_of(json.loads(text)["name"])) in names
            if drawn or text in traces.receipts or path.stem in traces.phrases:
                path.with_suffix(".json").unlink(missing_ok=True)
                path.with_suffix(".used").unlink(missing_ok=True)


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
