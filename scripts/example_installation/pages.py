"""What there is to look at: where it is, who sees it, and what is done to see it so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    SPENT = "spent"
    """the owner of a workspace that has no training left"""
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
    act: Callable[[Page, Mapping[str, str]], object] | None = None
    """what is done after the page has come; with the ids"""
    status: int = 200
    waits_for: str = ""
    """the selector of what comes after the page itself, by its script"""
    alike: int = 14
    """so many of the same in a row are enough to judge all of them by; the rest of a long page is left out"""
    missing: bool = False
    """whether the page asks for something that is not there, which browsers write to their console"""
    goes_wrong: str = ""
    """what else browsers write there, as a pattern"""

    def address(self, filled: Filled) -> str:
        return Template(self.path).substitute(filled.ids)


def key_of(who: Who, filled: Filled) -> str | None:
    """What this person signs in with."""
    keys = {
        Who.OWNER: filled.key,
        Who.VIEWER: filled.viewer_key,
        Who.NEWCOMER: filled.empty_key,
        Who.SPENT: filled.spent_key,
    }
    return keys.get(who)


WEIGHT = """() => performance.getEntries()
  .filter((each) => ["navigation", "resource"].includes(each.entryType))
  .filter((each) => each.entryType === "navigation" || new URL(each.name).pathname.startsWith("/static/"))
  .map((each) => [new URL(each.name).pathname, each.encodedBodySize])"""
"""A page's script that lists what it was loaded from, with the bytes of each: all but pictures, films and letters."""


def opened(page: Page, sight: Sight, filled: Filled) -> None:
    """Open what there is to look at; the page's browser is signed in already.

    Raises:
        AssertionError: for another status than the one that belongs to it.
    """
    answer = page.goto(sight.address(filled), wait_until="load")
    assert answer is not None  # noqa: S101
    assert answer.status == sight.status, f"{sight.path}: {answer.status}"  # noqa: S101
    if sight.waits_for:
        page.wait_for_selector(sight.waits_for)


def shown(page: Page, sight: Sight, filled: Filled) -> None:
    """Open it, and do what is to be done to see it so."""
    opened(page, sight, filled)
    if sight.act is not None:
        sight.act(page, filled.ids)
