"""Replicas that can speak, and videos of them, for tests: put where the service would have put them."""

from __future__ import annotations

import re
import time
from typing import Any

from example_installation.history import History, untaken
from example_installation.results import RECORDED
from example_installation.videos import Videos
from playwright.sync_api import Page, Route

from countenance.consent.declaration import AI_GENERATED
from countenance.consent.receipt_content import Material
from countenance.service.clock import now
from countenance.service.replicas import life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef


def replica(portal: Any, name: str = "Ada", status: str = "completed") -> str:
    """The id of a replica of an AI-generated person, in this status."""
    wanted = NewReplica(
        name=name,
        material=Material.SYNTHETIC,
        declarations=(AI_GENERATED,),
        footage=MediaRef(url="https://example.org/footage.mp4"),
    )
    with portal.service.database.transaction() as session:
        made = life.create(session, untaken(portal.service), portal.workspace_id, wanted)
        made.status = status
        if status == "completed":
            made.bundle = bundle_of(made.id)
    portal.service.objects.put(f"{bundle_of(made.id)}/replica.json", RECORDED / "replica.json", "application/json")
    return made.id


def bundle_of(replica_id: str) -> str:
    """Where its trained replica lies."""
    return f"replicas/{replica_id}/0000/bundle"


def videos(portal: Any) -> Videos:
    """What tells of videos in this workspace, which no worker makes."""
    return Videos(History(untaken(portal.service), portal.workspace_id, now()))


def asked_video(portal: Any, name: str, replica_id: str, script: str) -> str:
    """The id of a video that a worker makes."""
    return Videos(History(portal.service, portal.workspace_id, now())).asked(name, replica_id, script)


def ready_video(portal: Any, name: str = "Welcome aboard", script: str = "Good morning, and welcome aboard.") -> str:
    """The id of a video that is ready, of a replica of its own."""
    made = videos(portal).asked(name, replica(portal), script)
    videos(portal).ready(made)
    return made


def until(page: Page, expression: str, within_s: float = 30.0) -> None:
    """Wait until a page says that something is so; Playwright's own waiting needs what pages forbid."""
    end = time.monotonic() + within_s
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(50)


def held(page: Page, pattern: str | re.Pattern[str]) -> list[Route]:
    """What the page asks for, and is not answered until that is continued."""
    asked: list[Route] = []
    page.route(pattern, lambda route: asked.append(route))  # noqa: PLW0108 - Playwright takes no methods of built-ins
    return asked


def first(page: Page, asked: list[Route], at: int = 0) -> Route:
    """The first of what is held, or a later one, once it is there."""
    for _ in range(600):
        if len(asked) > at:
            return asked[at]
        page.wait_for_timeout(50)
    raise AssertionError("nothing was asked for")
