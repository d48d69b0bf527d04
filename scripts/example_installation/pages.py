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
    missing: bool = False
    """whether the page asks for something that is not there, which browsers write to their console"""

    def address(self, filled: Filled) -> str:
        return Template(self.path).substitute(filled.ids)


def key_of(who: Who, filled: Filled) -> str | None:
    """What this person signs in with."""
    keys = {Who.OWNER: filled.key, Who.VIEWER: filled.viewer_key, Who.NEWCOMER: filled.empty_key}
    return keys.get(who)


WEIGHT = """() => performance.getEntries()
  .filter((each) => ["navigation", "resource"].includes(each.entryType))
  .filter((each) => !new URL(each.name).pathname.startsWith("/v2/"))
  .map((each) => [new URL(each.name).pathname, each.encodedBodySize])"""
"""A page's script that lists what it was loaded from, with the bytes of each: all but what the API gave."""
_CLOSED = "[data-shown-for]:not([hidden])"


def _declining(page: Page) -> None:
    page.click("#decline")
    page.wait_for_selector("#decline-sure:not([hidden])")


SIGHTS: tuple[Sight, ...] = (
    Sight("sign-in", "/sign-in", "signing in", Who.NOBODY),
    Sight("sign-in-over", "/sign-in?next=%2Fkeys&over=1", "a session that is over", Who.NOBODY),
    Sight("sign-in-link", "/sign-in/some-token", "signing in with a link", Who.NOBODY),
    Sight("consent", "/consent/$link_open", "a person is asked", Who.NOBODY, waits_for="#ask:not([hidden])"),
    Sight("consent-declines", "/consent/$link_open", "a person is about to decline", Who.NOBODY, _declining),
    Sight("consent-recorded", "/consent/$link_recorded", "a statement has come", Who.NOBODY, waits_for=_CLOSED),
    Sight("consent-declined", "/consent/$link_declined", "a person has declined", Who.NOBODY, waits_for=_CLOSED),
    Sight("consent-expired", "/consent/$link_expired", "nobody answered in time", Who.NOBODY, waits_for=_CLOSED),
    Sight("consent-withdrawn", "/consent/$link_withdrawn", "a question was taken back", Who.NOBODY, waits_for=_CLOSED),
    Sight(
        "consent-unknown", "/consent/nobodys", "a link that does not work", Who.NOBODY, waits_for=_CLOSED, missing=True
    ),
    Sight("help", "/help", "help", Who.NOBODY),
    Sight("help-guidelines", "/help/guidelines", "guidelines, good beside bad", Who.NOBODY),
    Sight("help-errors", "/help/errors", "every message, and what to do", Who.NOBODY),
    Sight("help-questions", "/help/questions", "questions and answers", Who.OWNER),
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
