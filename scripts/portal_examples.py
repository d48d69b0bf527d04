"""Serve an installation that is filled with everything that pages can show, for looking at it.

`python scripts/portal_examples.py --port 8700` prints where it is and a key to sign in with. What it shows is kept in
--data, by default out/portal-examples; `--fresh` makes it anew. Nobody works for it: what is under way stays so, and
what is asked for waits.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import threading
from pathlib import Path

from example_installation.alive import alive
from example_installation.fill import Filled, fill
from example_installation.serving import Served, quiet, serving

DATA = Path(__file__).resolve().parents[1] / "out" / "portal-examples"
_KEPT = "filled.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--fresh", action="store_true", help="make it anew")
    arguments = parser.parse_args()
    quiet()
    if arguments.fresh:
        shutil.rmtree(arguments.data, ignore_errors=True)
    with serving(arguments.data, arguments.port, requests_per_minute=0) as served:
        filled = kept(served, arguments.data)
        print(f"{served.url}\nkey: {filled.key}\nkey that may only look: {filled.viewer_key}")
        for name, value in filled.ids.items():
            print(f"  {name:20} {value}")
        over = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: over.set())
        signal.signal(signal.SIGINT, lambda *_: over.set())
        with alive(served.service, filled, advances=True):
            over.wait()


def kept(served: Served, data: Path) -> Filled:
    """What the folder is filled with; it is filled if it is new."""
    path = data / _KEPT
    if path.exists():
        return Filled(**json.loads(path.read_text("utf-8")))
    filled = fill(served.service)
    path.write_text(json.dumps(filled.as_dict()), "utf-8")
    return filled


if __name__ == "__main__":
    main()
