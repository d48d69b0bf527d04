"""Objects in an S3-compatible store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from countenance.errors import CountenanceError
from countenance.service.errors import refused
from countenance.service.objects.errors import OBJECT_MISSING, STORE_SETTING, STORE_UNREACHABLE
from countenance.service.objects.files import PIECE_BYTES, files_below, opened, written
from countenance.service.objects.keys import checked_key, checked_prefix
from countenance.service.objects.store import Stored
from countenance.settings import Settings

_CLIENT = {"timeout": "1h", "connect_timeout": "10s", "read_timeout": "60s"}
"""A film of 750 MB may take its time as long as something comes; obstore's own limit is 30 s for all of it."""
_RETRIES = {"max_retries": 4}
_PART_BYTES = 8 * 1024 * 1024
_PARTS_AT_ONCE = 4
_DELETED_AT_ONCE = 1000


class S3Objects:
    """The object store of an installation on several machines."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    def put(self, key: str, path: Path, content_type: str | None = None) -> None:
        """Send a file; a large one in parts that become one object at the end."""
        attributes = {"Content-Type": content_type} if content_type else None
        with opened(path) as file, _told():
            obstore.put(
                self._store,
                checked_key(key),
                file,
                attributes=attributes,
                chunk_size=_PART_BYTES,
                max_concurrency=_PARTS_AT_ONCE,
            )

    def take(self, key: str, path: Path, content_type: str | None = None) -> None:
        """Send a file and delete it here."""
        if not path.exists():
            self.stat(key)  # taken before
            return
        self.put(key, path, content_type)
        path.unlink()

    def get(self, key: str, path: Path) -> None:
        """Write an object to a file."""
        with _told():
            result = obstore.get(self._store, checked_key(key))
            with written(path) as file:
                for piece in result.stream(PIECE_BYTES):
                    file.write(piece)

    def put_folder(self, prefix: str, folder: Path) -> None:
        """Send all files below a folder."""
        for name in files_below(folder):
            self.put(f"{checked_key(prefix)}/{name}", folder / name)

    def get_folder(self, prefix: str, folder: Path) -> None:
        """Write all objects below a prefix."""
        keys = self.list(checked_key(prefix))
        if not keys:
            raise refused(OBJECT_MISSING)
        for key in keys:
            self.get(key, folder / key.removeprefix(f"{prefix}/"))

    def delete(self, prefix: str) -> int:
        """Delete an object and all below it."""
        prefix = checked_key(prefix.removesuffix("/"))
        keys = self.list(prefix)
        with _told():
            for at in range(0, len(keys), _DELETED_AT_ONCE):
                obstore.delete(self._store, keys[at : at + _DELETED_AT_ONCE])
            try:
                obstore.head(self._store, prefix)
            except FileNotFoundError:
                return len(keys)
            obstore.delete(self._store, prefix)
        return len(keys) + 1

    def list(self, prefix: str) -> list[str]:
        """The keys below a prefix."""
        below = checked_prefix(prefix)
        with _told():
            found = [entry["path"] for page in obstore.list(self._store, below or None) for entry in page]
        return sorted(key for key in found if not below or key.startswith(f"{below}/"))

    def stat(self, key: str) -> Stored:
        """What the store says of an object."""
        with _told():
            found = obstore.head(self._store, checked_key(key))
        return Stored(found["size"], (found["e_tag"] or "").strip('"'), found["last_modified"])

    def read(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """A part of an object in pieces, as they come from the store."""
        if stop <= start:
            self.stat(key)
            return iter(())
        with _told():
            result = obstore.get(self._store, checked_key(key), options={"range": (start, stop)})
        return _pieces(result)

    def local_path(self, key: str) -> Path | None:
        """Nothing of it lies here."""
        checked_key(key)
        return None


def open_s3(settings: Settings) -> S3Objects:
    """The store that the settings name; whether it answers is seen when it is used.

    Raises:
        CountenanceError: service.store_setting.
    """
    options = s3_options(settings)
    try:
        return S3Objects(S3Store.from_url(str(settings.objects_url), **options))
    except (BaseError, ValueError, TypeError) as error:
        raise refused(STORE_SETTING, measured=type(error).__name__) from error


def s3_options(settings: Settings) -> dict[str, Any]:
    """The options as obstore takes them: `config`, `client_options` and `retry_config`.

    `client_options` and `retry_config` may stand among the options; all others are the store's own (`endpoint`,
    `region`, `access_key_id`, `secret_access_key`, ...). An endpoint that is written with http:// may be used.

    Raises:
        CountenanceError: service.store_setting.
    """
    text = settings.objects_options.get_secret_value() if settings.objects_options else "{}"
    try:
        config = json.loads(text)
    except ValueError:  # its message would quote keys
        config = None
    if not isinstance(config, dict):
        raise refused(STORE_SETTING, "The options are not a JSON object.")
    client, retries = config.pop("client_options", {}), config.pop("retry_config", {})
    if not isinstance(client, dict) or not isinstance(retries, dict):
        raise refused(STORE_SETTING, "client_options and retry_config are JSON objects.")
    client, retries = {**_CLIENT, **client}, {**_RETRIES, **retries}
    if config.pop("allow_http", False) or str(config.get("endpoint", "")).startswith("http://"):
        client["allow_http"] = True
    return {"config": config, "client_options": client, "retry_config": retries}


def _pieces(result: obstore.GetResult) -> Iterator[bytes]:
    with _told():
        for piece in result.stream(PIECE_BYTES):
            yield bytes(piece)


@contextmanager
def _told() -> Iterator[None]:
    """What the store answers becomes a typed error; its own words may hold addresses and are left in the cause."""
    try:
        yield
    except CountenanceError:
        raise
    except FileNotFoundError as error:
        raise refused(OBJECT_MISSING) from error
    except BaseError as error:
        raise refused(STORE_UNREACHABLE, measured=type(error).__name__) from error
