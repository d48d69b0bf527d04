"""The worker with the quick engine, and with `create_engine.py` in its place."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "service" / "server"))

import race_worker

if __name__ == "__main__":
    race_worker.ENGINE = Path(__file__).with_name("create_engine.py")
    race_worker.main()
