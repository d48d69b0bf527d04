"""What holds of every page, whatever it shows: for eyes, ears, keyboards, small screens and slow networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from example_installation.fill import Filled
from example_installation.pages import SIGHTS, WEIGHT, Sight, key_of, shown
from playwright.sync_api import Page

MOST_BYTES = 150 * 1024
"""Of a page with all that it needs, but pictures, films and sound of people."""
_PHONE_PX = 360
_ALL = {"resultTypes": ["violations"]}
_COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
_TOO_WIDE = """(width) => document.documentElement.scrollWidth <= width ? [] :
  [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > width + 1)
    .map((each) => each.outerHTML.slice(0, 120)).slice(0, 5).concat(document.documentElement.scrollWidth)"""
_FOCUSABLE = """() => {
  const all = "a[href], button, input, select, textarea, summary, audio[controls], video[controls], [tabindex]";
  const groups = new Set();
  const wanted = [...document.querySelectorAll(all)].filter((each) => {
    if (each.disabled || each.type === "hidden" || !each.checkVisibility({ visibilityProperty: true })) return false;
    if (each.closest("[inert], [aria-hidden=true]") || each.tabIndex < 0) return false;
    if (each.type !== "radio") return true;
    const name = `${each.form?.id}/${each.name}`;
    const is_first = !groups.has(name) && (each.checked || !document.querySelector(`[name="${each.name}"]:checked`));
    if (is_first) groups.add(name);
    return is_first;
  });
  window.reached = new Map();
  const rings = (each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
  };
  // What is too small to be seen, such as the field of a file, is shown by what stands for it.
  const near = (each) => [each, each.labels?.[0], each.parentElement, each.nextElementSibling].filter(Boolean);
  document.addEventListener("focusin", (event) => {
    const each = event.target;
    const is_small = each.getBoundingClientRect().width <= 2 || getComputedStyle(each).opacity === "0";
    window.reached.set(each, is_small ? near(each).some(rings) : rings(each));
  });
  window.wanted = wanted;
  document.activeElement?.blur();
  return wanted.length;
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
        troubles.expect(f"status of {max(sight.status, 404)}")
    page = open_page(key_of(sight.who, content), filled)
    shown(page, sight, content)
    weight = dict(page.evaluate(WEIGHT))
    assert sum(weight.values()) < MOST_BYTES, weight
    assert _violations(page, _ALL) == []
    page.emulate_media(color_scheme="dark")
    assert _violations(page, _COLOURS) == []
    _go_through(page)
    page.set_viewport_size({"width": _PHONE_PX, "height": 740})
    assert page.evaluate(_TOO_WIDE, _PHONE_PX) == []


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}: {node['failureSummary']}" for each in found for node in each["nodes"]]


def _go_through(page: Page) -> None:
    """Everything that can be used is reached by Tab, and can be seen when it is."""
    for _ in range(page.evaluate(_FOCUSABLE) + 3):
        page.keyboard.press("Tab")
    assert page.evaluate(_NOT_REACHED) == []
    assert page.evaluate(_NOT_SEEN) == []
