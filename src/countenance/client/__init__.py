"""The Python client of the HTTP API."""

from countenance.client.aio import AsyncClient
from countenance.client.client import Client
from countenance.client.errors import ApiError, ClientError, UnreachableError, UploadBrokenError, WorkFailedError
from countenance.client.retry import Retry

__all__ = [
    "ApiError",
    "AsyncClient",
    "Client",
    "ClientError",
    "Retry",
    "UnreachableError",
    "UploadBrokenError",
    "WorkFailedError",
]
