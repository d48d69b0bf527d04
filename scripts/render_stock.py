"""Render the committed clips of the synthetic presenter. Takes about half an hour on two cores.

python scripts/render_stock.py                 # both clips into src/countenance/stock/clips
python scripts/render_stock.py --only consent --out /tmp/clips
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from countenance.consent.statement import statement_for
from countenance.settings import Settings
from countenance.stock.clips import CONSENT_NAME, PRESENTER_LISTENING_S, PRESENTER_SEED
from countenance.stock.film import film
from countenance.stock.person import PRESENTER
from countenance.stock.render import Studio
from countenance.voice.hibari import speak

CLIPS = Path(__file__).resolve().parents[1] / "src" / "countenance" / "stock" / "clips"
SCRIPT = (
    "Hello, and welcome. I am a person who does not exist: a program drew every freckle on my face. My job is simple. "
    "I talk, I listen, and I show what this software makes of a short recording like mine. Picture a quiet morning by "
    "the harbour. Five fishing boats push off, the gulls shout for joy, and the whole bay smells of fresh bread, "
    "coffee and rope. A boy in a yellow jumper waves both arms; his mother laughs, and measures the weather with one "
    "thumb. Did you follow all of that? Good. Usually, I would ask you something now. But please, take your time. I am "
    "happy to hear you."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("presenter", "consent"))
    parser.add_argument("--out", type=Path, default=CLIPS)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    settings = Settings()
    studio = Studio(PRESENTER)
    if arguments.only != "consent":
        truth = film(studio, speak(SCRIPT, settings), arguments.out / "presenter.mp4", text=SCRIPT,
                     listening_s=PRESENTER_LISTENING_S, seed=PRESENTER_SEED, crf=21, preset="slow",
                     progress=_printer())  # fmt: skip
        truth.save(arguments.out / "presenter.npz")
    if arguments.only != "presenter":
        text = statement_for(CONSENT_NAME, settings).text
        film(studio, speak(text, settings), arguments.out / "consent.mp4", text=text, seed=23, crf=22, preset="slow",
             progress=_printer())  # fmt: skip


def _printer() -> Callable[[float], None]:
    begun, last = time.monotonic(), [0.0]

    def show(share: float) -> None:
        if share - last[0] >= 0.05:
            last[0] = share
            print(f"{share:4.0%}  {(time.monotonic() - begun) / share * (1 - share):5.0f} s left", flush=True)

    return show


if __name__ == "__main__":
    main()
