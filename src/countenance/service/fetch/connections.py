"""Connections that end in time, and answers that cannot fill the memory."""

from __future__ import annotations

import io
import socket
from http.client import HTTPException, HTTPResponse
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from countenance.service.fetch.deadline import Deadline


class _Stream(io.BufferedReader):
    """What a server sends; nobody reads it all at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Some bytes. A chunk whose size is given as -1 would be read until the server tires."""
        if size is None or size < 0:
            raise HTTPException("a size below nothing")
        return super().read(size)


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp: Any = _Stream(self.fp.detach())


def watched_pools(deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    """Pools of connections, by scheme, that `deadline` watches."""

    class Plain(HTTPConnection):
        response_class = _Response

        def _new_conn(self) -> socket.socket:
            connection = super()._new_conn()
            deadline.watch(connection)
            return connection

    class Tls(HTTPSConnection):
        response_class = _Response

        def _new_conn(self) -> socket.socket:
            connection = super()._new_conn()
            deadline.watch(connection)
            return connection

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}
