"""What holds of every page, whatever it shows: for eyes, ears, keyboards, small screens and slow networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from example_installation.fill import Filled
from example_installation.pages import WEIGHT, Sight, key_of, opened
from example_installation.sights import SIGHTS
from playwright.sync_api import Page

MOST_BYTES = 150 * 1024
"""Of a page with all that it needs, but pictures, films and sound of people."""
_PHONE_PX = 360
_ROUNDS = 3
"""Of Tab, where what is under way is shown anew meanwhile."""
_ALL = {"resultTypes": ["violations"]}
_COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
_TOO_WIDE = """(width) => document.documentElement.scrollWidth <= width ? [] :
  [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > width + 1)
    .map((each) => each.outerHTML.slice(0, 120)).slice(0, 5).concat(document.documentElement.scrollWidth)"""
_SHORTEN = """(most) => {
  for (const each of document.querySelectorAll("main *")) {
    const same = [...each.children].filter((child) => child.tagName === each.children[0].tagName);
    for (const child of same.slice(most)) child.hidden = true;
  }
}"""
_FOCUSABLE = """() => {
  const all = "a[href], button, input, select, textarea, summary, audio[controls], video[controls], [tabindex]";
  const groups = new Set();
  const part = document.querySelector("dialog:modal") ?? document;
  const wanted = [...part.querySelectorAll(all)].filter((each) => {
    if (each.disabled || each.type === "hidden" || !each.checkVisibility({ visibilityProperty: true })) return false;
    if (each.closest("[inert], [aria-hidden=true]") || each.tabIndex < 0) return false;
    if (each.type !== "radio") return true;
    const name = `${each.form?.id}/${each.name}`;
    const is_first = !groups.has(name) && (each.checked || !document.querySelector(`[name="${each.name}"]:checked`));
    if (is_first) groups.add(name);
    return is_first;
  });
  document.activeElement?.blur();
  // A ring is what comes with the focus: round the element, what stands for it, or the card that it is the link of.
  const near = (each) => {
    const found = [each, each.labels?.[0], each.nextElementSibling, each.nextElementSibling?.firstElementChild];
    for (let up = each.parentElement, left = 5; up && left; up = up.parentElement, left -= 1) found.push(up);
    return found.filter(Boolean);
  };
  const ring = (each) => near(each).map((one) => ["", "::before", "::after"].map((pseudo) => {
    const style = getComputedStyle(one, pseudo);
    return [style.boxShadow, style.outlineStyle === "none" ? "" : style.outlineWidth + style.outlineColor];
  }).join()).join();
  const before = new Map(wanted.map((each) => [each, ring(each)]));
  window.reached = new Map();
  document.addEventListener("focusin", ({ target }) => {
    if (before.has(target)) window.reached.set(target, ring(target) !== before.get(target));
  });
  window.wanted = wanted;
  return wanted.length + 10 * document.querySelectorAll("video[controls], audio[controls]").length;
}"""
_NOT_REACHED = """() => window.wanted.filter((each) => each.isConnected && !window.reached.has(each))
  .map((each) => each.outerHTML.slice(0, 120))"""
_NOT_SEEN = """() => [...window.reached].filter(([each, seen]) => !seen && each.isConnected)
  .map(([each]) => each.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
def test_a_page_is_for_everybody(
    sight: Sight, filled: Any, content: Filled, open_page: Callable[..., Page], troubles: Any
) -> None:
    if sight.status >= 400 or sight.missing:
        troubles.expect(f"status of {max(sight.status, 404) if sight.missing else sight.status}")
    if sight.goes_wrong:
        troubles.expect(sight.goes_wrong)
    page = open_page(key_of(sight.who, content), filled)
    opened(page, sight, content)
    weight = dict(page.evaluate(WEIGHT))
    assert sum(weight.values()) < MOST_BYTES, weight
    if sight.act is not None:
        sight.act(page, content.ids)
    assert "`" not in page.locator("main").inner_text(), "code is drawn as code"
    page.evaluate(_SHORTEN, sight.alike)
    page.evaluate(AXE_SCRIPT)
    assert _violations(page, _ALL) == []
    page.emulate_media(color_scheme="dark")
    assert _violations(page, _COLOURS) == []
    _go_through(page)
    page.set_viewport_size({"width": _PHONE_PX, "height": 740})
    assert page.evaluate(_TOO_WIDE, _PHONE_PX) == []


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    found = page.evaluate("async (options) => (await window.axe.run(document, options)).violations", options)
    return [f"{each['id']}: {node['html'][:200]}: {node['failureSummary']}" for each in found for node in each["nodes"]]


def _go_through(page: Page) -> None:
    """Everything that can be used is reached by Tab, and can be seen when it is."""
    left = page.evaluate(_FOCUSABLE)
    for _ in range(_ROUNDS):
        for _ in range(left + 3):
            page.keyboard.press("Tab")
        missed = page.evaluate(_NOT_REACHED)
        if not missed:
            break
        left = len(missed)
    assert missed == []
    assert page.evaluate(_NOT_SEEN) == []
