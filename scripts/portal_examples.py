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
import time
from pathlib import Path

from example_installation.fill import Filled, fill
from example_installation.serving import Served, quiet, serving

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Job, Replica, Video

DATA = Path(__file__).resolve().parents[1] / "out" / "portal-examples"
_KEPT = "filled.json"
_LONGEST_S = 300.0


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
        try:
            stay_alive(served.service, filled, over)
        except KeyboardInterrupt:
            return


def kept(served: Served, data: Path) -> Filled:
    """What the folder is filled with; it is filled if it is new."""
    path = data / _KEPT
    if path.exists():
        return Filled(**json.loads(path.read_text("utf-8")))
    filled = fill(served.service)
    path.write_text(json.dumps(filled.as_dict()), "utf-8")
    return filled


def stay_alive(service: Service, filled: Filled, over: threading.Event) -> None:
    """Until it is over, let what is under way advance, and begin again at its end."""
    begun = time.monotonic()
    while not over.wait(1.0):
        share = ((time.monotonic() - begun) % _LONGEST_S) / _LONGEST_S
        with service.database.transaction() as session:
            for name in ("training", "preview", "checking"):
                replica = session.get(Replica, filled.ids[name])
                _advance(session.get(Job, replica.job_id) if replica and replica.job_id else None, share)
            video = session.get(Video, filled.ids["video_generating"])
            _advance(session.get(Job, video.job_id) if video and video.job_id else None, share)


def _advance(job: Job | None, share: float) -> None:
    if job is None or job.state != "running":
        return
    job.fraction = min(0.99, 0.3 + 0.69 * share)
    job.seconds_left, job.heartbeat_at = _LONGEST_S * (1.0 - share), now()


if __name__ == "__main__":
    main()
