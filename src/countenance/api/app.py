"""The application: what it serves is put together here, and nothing but tidying is done before it is asked for."""

from __future__ import annotations

import re
import threading
from importlib.metadata import version

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.types import Scope

from countenance.api import description, problem
from countenance.api.front import Front
from countenance.api.metrics import RequestCounts, Work
from countenance.api.routes import (
    consent,
    consent_links,
    conversations,
    credits,
    dictionaries,
    events,
    health,
    images,
    lipsyncs,
    media,
    members,
    receipts,
    replicas,
    transcriptions,
    uploads,
    videos,
    voices,
    webhooks,
    workspace,
)
from countenance.api.streams import Streams
from countenance.api.watch import Watch
from countenance.service.accounts.limits import Limiter
from countenance.service.context import Service

MAX_BODY_BYTES = 2 * 1024 * 1024
"""Of a request that brings no media."""
_PICTURES_AT_ONCE = 1
_UPLOADS_AT_ONCE = 2
"""That are put together and looked at."""
_SECRET_PATHS = re.compile(r"/v2/(media|consent-links)/|/v2/uploads/[^/]+/parts/")
_NAMES_OF_REPLICAS = ("/v2/replicas", "/v2/faces")


def _carries_permission(scope: Scope) -> bool:
    """Whether a path is itself a secret, which no trace should hold: links to media, parts and consent."""
    return bool(_SECRET_PATHS.match(scope.get("path", "")))


def create_app(service: Service) -> FastAPI:
    """The HTTP API of one installation; pages and a lifespan are added by whoever serves it."""
    images.clear(service.settings)
    app = FastAPI(
        title="Countenance",
        version=version("countenance"),
        description=description.TEXT,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=description.operation_id,
        telemetry={"logs": False, "metrics": False, "operation_spans": False, "exclude": _carries_permission},
    )
    registry = CollectorRegistry()
    registry.register(Work(service.database))
    app.state.service = service
    app.state.registry = registry
    app.state.counts = RequestCounts(registry)
    app.state.limiter = Limiter(service.settings)
    app.state.watch = Watch(service)
    app.state.streams = Streams()
    app.state.looking = threading.BoundedSemaphore(_PICTURES_AT_ONCE)
    app.state.completing = threading.BoundedSemaphore(_UPLOADS_AT_ONCE)
    problem.install(app)
    app.router.max_body_size = MAX_BODY_BYTES  # and not the application's, whose refusals would pass `Front` by
    for prefix in _NAMES_OF_REPLICAS:
        # What has a name of its own comes before what is an id.
        for router in (images.router, events.router, consent.of_replica, receipts.of_replica, replicas.router):
            app.include_router(router, prefix=prefix, responses=problem.COMMON)
    for router in (
        videos.router,
        lipsyncs.router,
        transcriptions.router,
        voices.router,
        dictionaries.router,
        consent.router,
        receipts.router,
        credits.router,
        uploads.router,
        webhooks.router,
        members.router,
        workspace.router,
        conversations.router,
    ):
        app.include_router(router, responses=problem.COMMON)
    app.include_router(consent_links.router)
    app.include_router(uploads.parts)
    app.include_router(media.router)
    app.include_router(health.router)
    description.install(app)
    app.add_middleware(Front, counts=app.state.counts)
    return app
