"""Made defects of footage: which are found at which strength, and what else is raised."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from countenance.errors import CountenanceError, Severity
from countenance.footage.report import check
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip
from countenance.stock.defects import DEFECTS, KINDS, Defect, Original, load, write
from countenance.stock.defects.clip import unchanged

LEVELS = ("weak", "medium", "strong")
SETTINGS = Settings(threads=1)


@dataclass(frozen=True, slots=True)
class Base:
    """A stretch of a good recording; an empty path stands for the stock presenter's clip."""

    path: str
    start_s: float
    seconds: float
    may: frozenset[str]
    """Rules that the stretch breaks because it is short, or because of what it was chosen to show."""


SHORT = frozenset({"footage.little_speech", "footage.too_little_speech", "footage.short"})
BASES = {
    # Nine seconds of speech, with its pauses thirteen; then three of listening.
    "presenter": Base("", 26.6, 16.0, SHORT),
    # A real man, upright 1080 x 1920 at 30 a second; he speaks all the time.
    "man on sofa": Base("talking/contracted_man_sofa_20s.mp4", 2.0, 11.0, SHORT),
}


@dataclass(frozen=True, slots=True)
class Task:
    base: str
    defect: str
    level: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """`raised` are the ids of the rules that the good recording does not break."""

    base: str
    defect: str
    level: int
    strength: float
    raised: tuple[str, ...]
    verdict: str
    """found, missed, or "-" where the good recording breaks the expected rules already."""
    made_s: float
    checked_s: float


class Bench:
    """A good recording held in memory, written once, and what is raised on it."""

    def __init__(self, name: str, data: Path, seconds: float | None, folder: Path) -> None:
        base = BASES[name]
        path = data / base.path if base.path else presenter_clip()
        self.name = name
        self._folder = folder
        self.original: Original = load(
            path, SETTINGS, start_s=base.start_s, seconds=seconds or base.seconds, max_side=1280
        )
        self._clean = write(unchanged(self.original), folder / f"{name}.mp4")
        self.clean = _raised(self._clean)

    def judge(self, task: Task) -> Outcome:
        defect = KINDS[task.defect]
        strength = defect.strength(task.level)
        path = self._folder / f"{task.base} {task.defect} {task.level}.mp4"
        begun = time.monotonic()
        faulty = defect.make(self.original, strength)
        same = faulty.pictures is self.original.pictures and faulty.crf == unchanged(self.original).crf
        write(faulty, path, encoded=self._clean if same else None)
        made = time.monotonic()
        raised = set(_raised(path)) - set(self.clean)
        path.unlink()
        verdict = "found" if raised & set(defect.expected) else "missed"
        if verdict == "missed" and set(self.clean) & set(defect.expected):
            verdict = "-"
        checked_s = time.monotonic() - made
        return Outcome(
            task.base, task.defect, task.level, strength, tuple(sorted(raised)), verdict, made - begun, checked_s
        )


def measure_defects(
    data: Path, only: Sequence[str], bases: Sequence[str], levels: Sequence[str], seconds: float | None, jobs: int
) -> tuple[int, list[dict[str, Any]]]:
    """Print the table; returns how many defects were missed or falsely raised, and every outcome."""
    begun = time.monotonic()
    chosen = [defect for defect in DEFECTS if not only or any(part in defect.name for part in only)]
    outcomes: list[Outcome] = []
    wrong = 0
    for base in bases:
        tasks = [Task(base, defect.name, level) for defect in chosen for level in _levels(base, defect, levels)]
        with tempfile.TemporaryDirectory(prefix="footage-") as folder:
            for clean, outcome in _judged(base, tasks, data, seconds, Path(folder), jobs):
                if outcome is None:
                    wrong += _print_clean(base, clean)
                else:
                    outcomes.append(outcome)
    _print_table(outcomes)
    wrong += sum(outcome.verdict == "missed" and outcome.level > 0 for outcome in outcomes)
    print(f"{len(outcomes)} faulty recordings made and checked in {time.monotonic() - begun:.0f} s")
    return wrong, [asdict(outcome) for outcome in outcomes]


def _levels(base: str, defect: Defect, levels: Sequence[str]) -> Iterator[int]:
    if defect.presenter_only and base != "presenter":
        return
    wanted = [LEVELS.index(level) for level in levels]
    yield from wanted if len(defect.strengths) > 1 else [max(wanted)]


_bench: dict[str, Bench] = {}


def _prepare(base: str, data: Path, seconds: float | None, folder: Path) -> None:
    own = Path(tempfile.mkdtemp(dir=folder))
    _bench[base] = Bench(base, data, seconds, own)


def _judge(task: Task) -> tuple[dict[str, str], Outcome]:
    return _bench[task.base].clean, _bench[task.base].judge(task)


def _judged(
    base: str, tasks: Sequence[Task], data: Path, seconds: float | None, folder: Path, jobs: int
) -> Iterator[tuple[dict[str, str], Outcome | None]]:
    """What is raised on the good recording, then the outcomes."""
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=_prepare, initargs=(base, data, seconds, folder)) as pool:
        first = True
        for clean, outcome in pool.map(_judge, tasks):
            if first:
                yield clean, None
                first = False
            print(f"  {base}: {outcome.defect} {LEVELS[outcome.level]} {outcome.verdict}", file=sys.stderr)
            yield clean, outcome


def _raised(path: Path) -> dict[str, str]:
    """Ids of rules and the severity."""
    try:
        findings = check(path, SETTINGS).findings
    except CountenanceError as error:
        findings = error.findings
    return {finding.rule.id: finding.severity.value for finding in findings}


def _print_clean(base: str, clean: dict[str, str]) -> int:
    """Returns how many false alarms there are. A hint is advice and no alarm."""
    alarms = {name for name, severity in clean.items() if severity != Severity.HINT.value} - BASES[base].may
    print(f"{base}, unspoilt: {', '.join(f'{name} ({severity})' for name, severity in clean.items()) or 'nothing'}")
    if alarms:
        print(f"  FALSE ALARMS: {', '.join(sorted(alarms))}")
    return len(alarms)


def _print_table(outcomes: Sequence[Outcome]) -> None:
    """A row for each defect: what was found, then the rules that were raised, with the strengths at which they were.

    w, m, s are the strengths; the rules after the bar are others than the expected ones.
    """
    rows: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        rows[outcome.defect, outcome.base].append(outcome)
    for (name, base), row in rows.items():
        marks = "".join({"found": "+", "missed": "!" if o.level else ".", "-": "="}[o.verdict] for o in row)
        expected = KINDS[name].expected
        raised = sorted({rule for outcome in row for rule in outcome.raised}, key=lambda rule: rule not in expected)
        cells = [_cell(rule, row) for rule in raised]
        count = sum(rule in expected for rule in raised)
        print(f"{name:18} {base:12} {marks:4} {' '.join(cells[:count])} | {' '.join(cells[count:])}")
    for level, name in enumerate(LEVELS):
        verdicts = [outcome.verdict for outcome in outcomes if outcome.level == level]
        if verdicts:
            found, missed = verdicts.count("found"), verdicts.count("missed")
            print(f"{name}: {found} found, {missed} missed, {verdicts.count('-')} not to be told on that recording")


def _cell(rule: str, row: Sequence[Outcome]) -> str:
    return f"{rule.removeprefix('footage.')}:{''.join(LEVELS[o.level][0] for o in row if rule in o.raised)}"
