"""How soon each page of the portal is painted for the first time, and what it weighs, on loopback.

`python benchmarks/portal.py [--runs 5]` serves a filled installation and looks at every page with Chromium: cold, in a
new browser profile each time, then once more with what was kept. First paint is the browser's own
`first-contentful-paint`, counted from the begin of the navigation; the weight is of all that is loaded but pictures,
films and sound of people.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))

from example_installation.browser import browser, signed_in
from example_installation.fill import Filled, fill
from example_installation.pages import WEIGHT, Sight, key_of
from example_installation.serving import Served, quiet, serving
from example_installation.sights import SIGHTS

AIM_MS, AIM_BYTES = 300.0, 150 * 1024
_PAINT = """async () => {
  const found = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
  for (let left = 100; found() === undefined && left > 0; left -= 1) await new Promise((go) => setTimeout(go, 20));
  return found() ?? NaN;
}"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One page: milliseconds until the first paint, each time, and bytes."""

    sight: Sight
    cold_ms: list[float]
    warm_ms: list[float]
    weight: int

    def row(self) -> str:
        cold, warm = statistics.median(self.cold_ms), statistics.median(self.warm_ms)
        is_late, is_heavy = cold > AIM_MS, self.weight > AIM_BYTES
        missed = " ".join(word for word, is_so in (("late", is_late), ("heavy", is_heavy)) if is_so)
        return (
            f"| {self.sight.name} | {cold:.0f} | {max(self.cold_ms):.0f} | {warm:.0f} | {self.weight / 1024:.0f} | "
            f"{missed} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="+", default=[""], metavar="NAME")
    arguments = parser.parse_args()
    quiet()
    sights = [sight for sight in _apart() if sight.name.startswith(tuple(arguments.only))]
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), requests_per_minute=0) as served:
        filled = fill(served.service)
        with browser() as chromium:
            _look(chromium, served, filled, sights[0], 1)  # the server's first page loads what all of them need
            print("| page | first paint, cold, ms | slowest | with cache | KB | missed |")
            print("| --- | --- | --- | --- | --- | --- |")
            seen = []
            for sight in sights:
                seen.append(_look(chromium, served, filled, sight, arguments.runs))
                print(seen[-1].row(), flush=True)
    worst = max(seen, key=lambda each: statistics.median(each.cold_ms))
    heaviest = max(seen, key=lambda each: each.weight)
    print(
        f"\nslowest: {worst.sight.name}, {statistics.median(worst.cold_ms):.0f} ms of {AIM_MS:.0f}; "
        f"heaviest: {heaviest.sight.name}, {heaviest.weight / 1024:.0f} KB of {AIM_BYTES / 1024:.0f}"
    )


def _apart() -> list[Sight]:
    """One sight of every page and person: what is done on a page afterwards does not change its first paint."""
    return list({(sight.path, sight.who): sight for sight in reversed(SIGHTS)}.values())[::-1]


def _look(chromium: Browser, served: Served, filled: Filled, sight: Sight, runs: int) -> Seen:
    cold, warm, weight = [], [], 0
    for _ in range(runs):
        context = chromium.new_context(base_url=served.url)
        signed_in(context, served, key_of(sight.who, filled))
        paint_ms, weight = _painted(context, sight, filled)
        cold.append(paint_ms)
        warm.append(_painted(context, sight, filled)[0])
        context.close()
    return Seen(sight, cold, warm, weight)


def _painted(context: BrowserContext, sight: Sight, filled: Filled) -> tuple[float, int]:
    page = context.new_page()
    page.goto(sight.address(filled), wait_until="load")
    paint_ms, weight = float(page.evaluate(_PAINT)), sum(size for _, size in page.evaluate(WEIGHT))
    page.close()
    return paint_ms, weight


if __name__ == "__main__":
    main()
