"""An end to all waiting: servers that send a byte a minute, in the head of their answer or in its body."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress


class Deadline:
    """Shuts every connection that it watches when its time is over; close it when it is not needed any more.

    Time limits of sockets begin anew with every byte, so that they bound no conversation. A connection is watched
    through a second handle, which goes on to work when TLS takes the first one over.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends_at = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    @property
    def left_s(self) -> float:
        return max(0.0, self._ends_at - time.monotonic())

    @property
    def is_over(self) -> bool:
        return self.left_s == 0.0

    def watch(self, connection: socket.socket) -> None:
        """End this connection in time, too."""
        with self._lock:
            self._watched.append(socket.socket(fileno=os.dup(connection.fileno())))
        if self.is_over:
            self._end()

    def close(self) -> None:
        """Stop watching."""
        self._timer.cancel()
        with self._lock:
            for connection in self._watched:
                connection.close()
            self._watched.clear()

    def _end(self) -> None:
        with self._lock:
            for connection in self._watched:
                with suppress(OSError):  # closed by the other side already
                    connection.shutdown(socket.SHUT_RDWR)
