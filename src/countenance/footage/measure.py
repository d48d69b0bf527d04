"""Look at a recording and listen to it, both at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from countenance.footage.listen import listen
from countenance.footage.look import look
from countenance.footage.timeline import Timeline, lip_track
from countenance.media.probe import MediaInfo
from countenance.settings import Settings


def measure(info: MediaInfo, settings: Settings, progress: Callable[[float], None] | None = None) -> Timeline:
    """The recording as numbers; `progress` is told the share of it that was seen, 0 to 1.

    Raises:
        CountenanceError: what `countenance.media.read.decoded` and `audio` raise.
    """

    def seen_until(time_s: float) -> None:
        if progress:
            progress(min(1.0, time_s / info.duration_s))

    with ThreadPoolExecutor(1, "listen") as ears:
        heard = ears.submit(listen, info.path, settings) if info.audio else None
        seen = look(info.path, settings, seen_until)
        sound = heard.result() if heard else None
    return Timeline(seen.samples, lip_track(seen.samples), seen.pictures, sound, seen.stands_at_deg)
