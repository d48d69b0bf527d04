"""Every page in every state that it has: where it is, who sees it, and what is done to see it so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from string import Template

from playwright.sync_api import Page

from example_installation.fill import Filled


class Who(StrEnum):
    OWNER = "owner"
    VIEWER = "viewer"
    """who may only look"""
    NEWCOMER = "newcomer"
    """the owner of a workspace in which nothing has happened yet"""
    NOBODY = "nobody"
    """who is not signed in"""


@dataclass(frozen=True, slots=True)
class Sight:
    """Something to look at."""

    name: str
    """of its screenshot, and of its test"""
    path: str
    """with `$completed` and the like for ids of the filled installation"""
    shows: str
    """in words"""
    who: Who = Who.OWNER
    act: Callable[[Page], object] | None = None
    """what is done after the page has come"""
    status: int = 200
    waits_for: str = ""
    """the selector of what comes after the page itself, by its script"""

    def address(self, filled: Filled) -> str:
        return Template(self.path).substitute(filled.ids)


def key_of(who: Who, filled: Filled) -> str | None:
    """What this person signs in with."""
    keys = {Who.OWNER: filled.key, Who.VIEWER: filled.viewer_key, Who.NEWCOMER: filled.empty_key}
    return keys.get(who)


SIGHTS: tuple[Sight, ...] = (
    Sight("sign-in", "/sign-in", "signing in", Who.NOBODY),
    Sight("sign-in-over", "/sign-in?next=%2Fkeys&over=1", "a session that is over", Who.NOBODY),
    Sight("sign-in-link", "/sign-in/some-token", "signing in with a link", Who.NOBODY),
    Sight("not-found", "/nothing-here", "a page that does not exist", status=404),
)
"""In the order in which they are shown in docs/screenshots."""


def shown(page: Page, sight: Sight, filled: Filled) -> None:
    """Bring a page to what there is to look at; it is signed in already.

    Raises:
        AssertionError: for another status than the one that belongs to it.
    """
    answer = page.goto(sight.address(filled), wait_until="load")
    assert answer is not None  # noqa: S101
    assert answer.status == sight.status, f"{sight.path}: {answer.status}"  # noqa: S101
    if sight.waits_for:
        page.wait_for_selector(sight.waits_for)
    if sight.act is not None:
        sight.act(page)
