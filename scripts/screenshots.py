"""Take screenshots of every page in every state: light, dark, and on a phone of 360 pixels.

`python scripts/screenshots.py` serves a filled installation and writes docs/screenshots, with a page that shows them
all. `--only NAME ...` takes those whose names begin so; `--out FOLDER --png` writes them elsewhere, as they are, to be
looked at.
"""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from example_installation.alive import alive
from example_installation.browser import browser, signed_in
from example_installation.fill import Filled, fill
from example_installation.pages import Sight, key_of, shown
from example_installation.serving import Served, quiet, serving
from example_installation.sights import SIGHTS
from PIL import Image
from playwright.sync_api import Browser, Page, TimeoutError, ViewportSize
from playwright.sync_api import Error as PlaywrightError

OUT = Path(__file__).resolve().parents[1] / "docs" / "screenshots"


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at."""

    scheme: Literal["light", "dark"]
    size: ViewportSize
    tallest_px: int
    """of a picture: nobody looks further down"""


LOOKS = {
    "light": Look("light", {"width": 1280, "height": 800}, 1280),
    "dark": Look("dark", {"width": 1280, "height": 800}, 1280),
    "phone": Look("light", {"width": 360, "height": 740}, 1000),
}
_PATIENCE_MS = 60_000
_QUALITY = 52
_WIDEST_PX = 960
"""Of what is kept: enough to see what it is like."""
_HAVE_COME = """() =>
  [...document.querySelectorAll("video[src]:not([preload=none])")].every((each) => each.readyState > 0) &&
  [...document.images].every((each) => each.complete || each.loading === "lazy")"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[""], metavar="NAME")
    parser.add_argument("--look", nargs="+", choices=tuple(LOOKS), default=list(LOOKS))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--png", action="store_true", help="as they are, instead of small WebP files")
    arguments = parser.parse_args()
    quiet()
    sights = [sight for sight in SIGHTS if sight.name.startswith(tuple(arguments.only))]
    whole = len(sights) == len(SIGHTS) and arguments.out == OUT and len(arguments.look) == len(LOOKS)
    if whole:
        shutil.rmtree(OUT, ignore_errors=True)
    arguments.out.mkdir(parents=True, exist_ok=True)
    with _filled() as (served, filled), browser() as chromium:
        for sight in sights:
            for look, page in _looks(chromium, served, filled, sight, arguments.look):
                _save(_picture(page, look), arguments.out / f"{sight.name}-{look}", as_png=arguments.png)
    if whole:
        (OUT / "README.md").write_text(_index(sights), "utf-8")
        size = sum(path.stat().st_size for path in OUT.iterdir())
        print(f"{len(sights) * len(LOOKS)} screenshots, {size / 1e6:.1f} MB")


@contextmanager
def _filled() -> Iterator[tuple[Served, Filled]]:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), requests_per_minute=0) as served:
        filled = fill(served.service)
        with alive(served.service, filled):
            yield served, filled


def _looks(
    chromium: Browser, served: Served, filled: Filled, sight: Sight, looks: Sequence[str]
) -> Iterator[tuple[str, Page]]:
    """A sight in each of its looks: in one page, unless what is done in it depends on the room that there is."""
    context = chromium.new_context(base_url=served.url, reduced_motion="reduce")
    signed_in(context, served, key_of(sight.who, filled))
    page = context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    is_there = False
    try:
        for look in looks:
            page.set_viewport_size(LOOKS[look].size)
            page.emulate_media(color_scheme=LOOKS[look].scheme)
            if not is_there or (look == "phone" and sight.act is not None):
                shown(page, sight, filled)
                is_there = True
            _settle(page)
            yield look, page
    except (PlaywrightError, AssertionError) as error:  # the others are wanted all the same
        print(f"{sight.name}: {str(error).splitlines()[0]}")
    finally:
        context.close()


def _settle(page: Page) -> None:
    """Until films and letters have come, as far as they come."""
    with suppress(TimeoutError):
        page.wait_for_function(_HAVE_COME, timeout=5000)
    page.wait_for_timeout(250)


def _picture(page: Page, look: str) -> bytes:
    """The whole page, down to where nobody looks any more; a dialog as it lies over the first part of it."""
    if page.locator("dialog[open]").count():
        return page.screenshot()
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), LOOKS[look].tallest_px)
    width = LOOKS[look].size["width"]
    if page.locator("iframe").count():  # what is in one is drawn only where it is in sight
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(500)
    return page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})


def _save(picture: bytes, path: Path, *, as_png: bool) -> None:
    if as_png:
        path.with_suffix(".png").write_bytes(picture)
    else:
        small = Image.open(io.BytesIO(picture)).convert("RGB")
        small.thumbnail((_WIDEST_PX, small.height), Image.Resampling.LANCZOS)
        small.save(path.with_suffix(".webp"), quality=_QUALITY, method=6)


def _index(sights: Sequence[Sight]) -> str:
    head = (
        "# What the pages look like\n\nWritten by `python scripts/screenshots.py`: every page in every state, in the "
        "light, in the dark, and on a phone of 360 pixels. The people do not exist.\n"
    )
    parts = [head]
    for sight in sights:
        said = sight.shows[:1].upper() + sight.shows[1:]
        pictures = " ".join(f'<img src="{sight.name}-{look}.webp" alt="{said}, {look}" height="320">' for look in LOOKS)
        parts.append(f"## {said}\n\n`{sight.path}`\n\n{pictures}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    main()
