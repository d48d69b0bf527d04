"""The worker with the quick engine, and with `create_engine.py` in its place."""

import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "service" / "server"))
    race_worker = import_module("race_worker")
    race_worker.__dict__["ENGINE"] = Path(__file__).with_name("create_engine.py")
    race_worker.main()
