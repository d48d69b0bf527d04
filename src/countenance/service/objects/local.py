"""Objects as files in the data folder: 0600 in folders 0700."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from countenance.media.private import private_folder
from countenance.service.errors import refused
from countenance.service.objects.errors import OBJECT_MISSING
from countenance.service.objects.files import PIECE_BYTES, files_below, opened, put_in_place, written
from countenance.service.objects.keys import checked_key, checked_prefix
from countenance.service.objects.store import Stored

_INCOMING = ".incoming"
"""The folder of what is not whole yet; no key begins with a dot."""
_LEFT_OVER_S = 86_400
"""What is not whole after a day was left there by a process that died."""


class LocalObjects:
    """The object store of an installation on one machine."""

    def __init__(self, root: Path) -> None:
        self._root = private_folder(root)
        self._incoming = private_folder(root / _INCOMING)
        _tidy(self._incoming)

    def put(self, key: str, path: Path, content_type: str | None = None) -> None:
        """Store a copy of a file."""
        with opened(path) as source, written(self._file(key), self._incoming) as file:
            shutil.copyfileobj(source, file, PIECE_BYTES)

    def take(self, key: str, path: Path, content_type: str | None = None) -> None:
        """Store a file by moving it, or by copying where it lies on another disk."""
        target = self._file(key)
        if not path.exists() and target.is_file():
            return  # taken before
        with opened(path) as source:
            os.fchmod(source.fileno(), 0o600)
            os.fsync(source.fileno())
        try:
            put_in_place(path, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self.put(key, path)
            path.unlink()

    def get(self, key: str, path: Path) -> None:
        """Write a copy of an object to a file."""
        with _told_if_missing(), opened(self._file(key)) as source, written(path) as file:
            shutil.copyfileobj(source, file, PIECE_BYTES)

    def put_folder(self, prefix: str, folder: Path) -> None:
        """Store copies of all files below a folder."""
        for name in files_below(folder):
            self.put(f"{checked_key(prefix)}/{name}", folder / name)

    def get_folder(self, prefix: str, folder: Path) -> None:
        """Write copies of all objects below a prefix."""
        keys = self.list(checked_key(prefix))
        if not keys:
            raise refused(OBJECT_MISSING)
        for key in keys:
            self.get(key, folder / key.removeprefix(f"{prefix}/"))

    def delete(self, prefix: str) -> int:
        """Delete an object, or all below a prefix, and the folders that are empty then."""
        path = self._file(prefix.removesuffix("/"))
        try:
            path.unlink()
            deleted = 1
        except FileNotFoundError:
            return 0
        except (IsADirectoryError, PermissionError):
            if not path.is_dir():
                raise
            deleted = len(files_below(path))
            shutil.rmtree(path)
        except NotADirectoryError:
            return 0
        self._prune(path.parent)
        return deleted

    def list(self, prefix: str) -> list[str]:
        """The keys below a prefix."""
        below = checked_prefix(prefix)
        names = files_below(self._root / below)
        return [f"{below}/{name}" if below else name for name in names if not name.startswith(".")]

    def stat(self, key: str) -> Stored:
        """Size, time and a tag that changes with them."""
        with _told_if_missing(), opened(self._file(key)) as file:
            found = os.fstat(file.fileno())
        modified_at = datetime.fromtimestamp(found.st_mtime, UTC)
        return Stored(found.st_size, f"{found.st_ino:x}-{found.st_mtime_ns:x}-{found.st_size:x}", modified_at)

    def read(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """A part of an object in pieces; a file that is replaced meanwhile is read to its end as it was."""
        with _told_if_missing():
            return _Pieces(opened(self._file(key)), start, stop)

    def local_path(self, key: str) -> Path | None:
        """The file or folder itself."""
        return self._file(key)

    def _file(self, key: str) -> Path:
        return self._root / checked_key(key)

    def _prune(self, folder: Path) -> None:
        while folder != self._root:
            try:
                folder.rmdir()
            except FileNotFoundError:
                pass
            except OSError:  # not empty
                return
            folder = folder.parent


@contextmanager
def _told_if_missing() -> Iterator[None]:
    """No such file becomes service.object_missing."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise refused(OBJECT_MISSING) from error


class _Pieces:
    """A part of an open file, piece by piece; the file is closed at the end, or when nobody reads on."""

    def __init__(self, file: FileIO, start: int, stop: int) -> None:
        self._file, self._at, self._stop = file, start, stop

    def __iter__(self) -> _Pieces:
        return self

    def __next__(self) -> bytes:
        wanted = min(PIECE_BYTES, self._stop - self._at)
        piece = os.pread(self._file.fileno(), wanted, self._at) if wanted > 0 and not self._file.closed else b""
        if not piece:
            self.close()
            raise StopIteration
        self._at += len(piece)
        return piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __del__(self) -> None:
        self.close()


def _tidy(incoming: Path) -> None:
    for path in incoming.iterdir():
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _LEFT_OVER_S:
                path.unlink()
