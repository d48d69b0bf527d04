"""Does the check of footage find what is wrong, leave alone what is right, and keep pace? Measured in one run.

    uv run python benchmarks/footage.py [--data DIR] [--parts files defects speed] [--only NAME ...] [--jobs N]

files: every faulty recording and every portrait of the sample data gets the finding that its name promises, and the
good ones pass. defects: made from two good recordings, each at three strengths (see `countenance.stock.defects`); all
that is medium or strong must be found, and the good recordings raise nothing but that they are short. speed: how much
faster than real time on two sizes, and the peak memory on one minute and on five. Exits with 1 if anything is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from footage_defects import BASES, LEVELS, PICTURE_S, measure_defects
from footage_files import measure_files
from footage_speed import measure_speed
from recordings import DEFAULT_DATA

PARTS = ("files", "defects", "speed")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--only", nargs="*", default=(), help="names, or parts of names, of defects and files")
    parser.add_argument("--bases", nargs="*", choices=list(BASES), default=list(BASES), help="what to spoil")
    parser.add_argument(
        "--levels", nargs="*", choices=LEVELS, help="strengths (default: all on the presenter, medium on the man)"
    )
    parser.add_argument(
        "--seconds", type=float, default=PICTURE_S, help="length on which faults of the picture are tried"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes; each holds a good recording of 1 GB")
    parser.add_argument("--out", type=Path, help="a JSON file for all that was raised")
    options = parser.parse_args()
    wrong = 0
    results: dict[str, Any] = {}
    if "files" in options.parts:
        wrong += measure_files(options.data, options.only)
    if "defects" in options.parts:
        missed, results["defects"] = measure_defects(
            options.data, options.only, options.bases, options.levels or (), options.seconds, options.jobs
        )
        wrong += missed
    if "speed" in options.parts and not options.only:
        missed, results["speed"] = measure_speed()
        wrong += missed
    if options.out:
        options.out.write_text(json.dumps(results, indent=2))
    print(f"\n{wrong} wrong" if wrong else "\nall as expected")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
