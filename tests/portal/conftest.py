"""A real server, and a real browser that looks at its pages.

`portal` is a server, with a workspace of the test's own; `page` is a browser's page that knows its address, `signed_in`
the same with the workspace's key, `phone` a small one of somebody without a key, and `dark` a signed-in one in the
dark. `open_page` opens any other. `worker` does what is queued, with the quick engine. `filled` is another server,
whose installation has everything that pages can show; nobody works for it.

A page that writes an error to its console, throws one, or asks another server for something, fails its test at the
end; `troubles.expect` names what is meant to go wrong.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect
from sqlalchemy import select

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))

from example_installation.alive import alive
from example_installation.browser import NoBrowserError
from example_installation.browser import browser as installed
from example_installation.browser import signed_in as sign_in
from example_installation.fill import Filled, fill
from example_installation.serving import Served, serving

from countenance.service.accounts import keys, workspaces
from countenance.service.accounts.scopes import OWNER
from countenance.service.context import Service
from countenance.service.db.tables import Job
from countenance.service.jobs import life
from countenance.service.jobs.queue import workflow_id

_ROOT = Path(__file__).resolve().parents[2]
_WORKER = _ROOT / "tests" / "service" / "server" / "race_worker.py"
_RESULTS = _ROOT / "scripts" / "example_installation" / "recorded"
_PATIENCE_MS = 30_000
expect.set_options(timeout=_PATIENCE_MS)
_ABORTED = re.compile("htmx:(sendAbort|afterRequest)")
"""An answer that nobody waits for any more: what asked for it asks again, or its page is left."""
_PHONE = {"width": 360, "height": 740}
_DESK = {"width": 1280, "height": 800}


@dataclass(frozen=True, slots=True)
class Portal:
    """A server, and a key to one of its workspaces."""

    service: Service
    url: str
    workspace_id: str
    key: str = field(repr=False)
    ids: Mapping[str, str] = field(default_factory=dict)
    """what there is in it, where it was filled; see `example_installation.fill`"""


@dataclass(slots=True)
class Troubles:
    """What went wrong in the pages of a test."""

    found: list[str] = field(default_factory=list)
    expected: list[re.Pattern[str]] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """What matches this is meant to go wrong, such as `status of 404`."""
        self.expected.append(re.compile(pattern))

    @property
    def unexpected(self) -> list[str]:
        return [each for each in self.found if not any(pattern.search(each) for pattern in self.expected)]

    def watch(self, page: Page, url: str) -> None:
        """Note what goes wrong in a page of the server at `url`."""

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning") and not _ABORTED.search(message.text):
                self.found.append(f"{message.type} in the console: {message.text} ({message.location.get('url')})")

        def asked(request: Request) -> None:
            if not request.url.startswith((f"{url}/", "blob:", "data:")):
                self.found.append(f"a request to elsewhere: {request.url}")

        page.on("console", said)
        page.on("pageerror", lambda error: self.found.append(f"an error in a script: {error}"))
        page.on("request", asked)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, with a camera and a microphone that show and play something made up."""
    with ExitStack() as stack:
        try:
            chromium = stack.enter_context(installed())
        except NoBrowserError as error:
            if os.environ.get("COUNTENANCE_REQUIRE_REAL_DATA") == "1":
                pytest.fail(str(error))
            pytest.skip(str(error))
        yield chromium


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that all tests share, with an empty installation."""
    with serving(tmp_path_factory.mktemp("portal"), requests_per_minute=0) as served:
        yield served


@pytest.fixture
def portal(served: Served) -> Iterator[Portal]:
    """The shared server, with a workspace that nobody else uses."""
    with served.service.database.transaction() as session:
        workspace = workspaces.create(session, served.service.settings, "Harbour Films")
        key = keys.create(session, workspace.id, "first key", OWNER)
    yield Portal(served.service, served.url, workspace.id, key.text)
    _leave_nothing_to_do(served.service, workspace.id)


def _leave_nothing_to_do(service: Service, workspace_id: str) -> None:
    """The worker of a later test would do it first, which can be a hundred tasks."""
    with service.database.transaction() as session:
        jobs = [*session.scalars(select(Job).where(Job.workspace_id == workspace_id))]
        left = [workflow_id(job.id, job.task) for job in jobs if life.end(job, "cancelled")]
    service.queue.cancel(left)


@pytest.fixture(scope="package")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Filled]]:
    with serving(tmp_path_factory.mktemp("filled"), requests_per_minute=0) as served:
        made = fill(served.service)
        with alive(served.service, made):
            yield served, made


@pytest.fixture
def filled(_filled: tuple[Served, Filled]) -> Portal:
    """A server whose installation has everything that pages can show. Change nothing in it."""
    served, made = _filled
    return Portal(served.service, served.url, made.workspace_id, made.key, made.ids)


@pytest.fixture
def content(_filled: tuple[Served, Filled]) -> Filled:
    """What there is in that installation."""
    return _filled[1]


@pytest.fixture
def troubles() -> Iterator[Troubles]:
    """What went wrong in the pages of this test."""
    troubles = Troubles()
    yield troubles
    assert not troubles.unexpected


@pytest.fixture
def open_page(browser: Browser, portal: Portal, troubles: Troubles) -> Iterator[Callable[..., Page]]:
    """`open_page(key=portal.key, at=portal, phone=False, dark=False, **context)`: a page of a browser of its own.

    With a key it is signed in. It knows the address, so `goto("/")` suffices. What else is given is for Playwright's
    `new_context`, such as `permissions`.
    """
    with ExitStack() as stack:

        def opened(
            key: str | None = None, at: Portal = portal, *, phone: bool = False, dark: bool = False, **context: Any
        ) -> Page:
            wanted = {"viewport": _PHONE if phone else _DESK, "has_touch": phone, **context}
            made = browser.new_context(
                base_url=at.url, color_scheme="dark" if dark else "light", reduced_motion="reduce", **wanted
            )
            stack.callback(made.close)
            made.set_default_timeout(_PATIENCE_MS)
            made.on("page", lambda page: troubles.watch(page, at.url))
            sign_in(made, Served(at.service, at.url), key)
            return made.new_page()

        yield opened


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page of somebody who is not signed in."""
    return open_page()


@pytest.fixture
def signed_in(open_page: Callable[..., Page], portal: Portal) -> Page:
    """A page of the owner of the workspace."""
    return open_page(portal.key)


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """A page of 360 x 740 pixels, of somebody who is not signed in."""
    return open_page(phone=True)


@pytest.fixture
def dark(open_page: Callable[..., Page], portal: Portal) -> Page:
    """A page of the owner of the workspace, who likes it dark."""
    return open_page(portal.key, dark=True)


class QuickWorker:
    """A worker in a process of its own, with the quick engine; see `tests/service/server/fake_engine.py`."""

    def __init__(self, served: Served, folder: Path) -> None:
        self._wanted = folder / "engine.json"
        self.engine()
        environment = {
            **os.environ,
            "QUICK_ENGINE": str(self._wanted),
            "COUNTENANCE_DATA_DIR": str(served.service.settings.data_dir),
            "COUNTENANCE_PUBLIC_URL": served.url,
            "COUNTENANCE_POLL_S": "0.2",
        }
        with (folder / "worker.log").open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(_WORKER)], stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", (folder / "worker.log").read_text()

    def engine(self, fate: str = "good", seconds: float = 0.0, stays_at: str = "") -> None:
        """What becomes of tasks from now on: `good`, `refused` by the check, `broken`, `dies` once; how long each of
        them takes; and at what they stay until something else is wanted, `look`, `learn`, `refine` or `speak`: a page
        may need longer to show it than it would take."""
        part = self._wanted.with_suffix(".part")
        wanted = {"fate": fate, "seconds": seconds, "stays_at": stays_at, "results": str(_RESULTS)}
        part.write_text(json.dumps(wanted))
        part.replace(self._wanted)

    def end(self) -> None:
        """As a machine that loses its power."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@pytest.fixture(scope="module")
def _working(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickWorker]:
    worker = QuickWorker(served, tmp_path_factory.mktemp("worker"))
    yield worker
    worker.end()


@pytest.fixture
def worker(_working: QuickWorker) -> QuickWorker:
    """A worker of the shared server; what it does succeeds, unless the test wants something else."""
    _working.engine()
    return _working
