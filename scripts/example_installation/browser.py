"""Chromium, as the system has it, and the cookie that its pages are signed in by."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from countenance.api.browsers import COOKIE
from countenance.service.accounts import sessions
from example_installation.serving import Served

PROGRAMS = ("chromium", "google-chrome", "chromium-browser")
_ARGUMENTS = ("--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


class NoBrowserError(Exception):
    """None of the browsers is installed."""


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser with a camera and a microphone that show and play something made up.

    Raises:
        NoBrowserError: where there is none.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise NoBrowserError(f"no browser is installed: none of {', '.join(PROGRAMS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


def signed_in(context: BrowserContext, served: Served, key: str | None) -> None:
    """Give a browser the cookie that the sign-in page gives to whoever has this key; nothing without one."""
    if key is None:
        return
    with served.service.database.transaction() as session:
        token = sessions.begin(session, key, "127.0.0.1")
    context.add_cookies([{"name": COOKIE, "value": token, "url": served.url, "httpOnly": True, "sameSite": "Lax"}])
