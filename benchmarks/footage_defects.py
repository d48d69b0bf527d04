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
from countenance.footage.judge import judge, usable_spans
from countenance.footage.listen import listen
from countenance.footage.look import look
from countenance.footage.report import check
from countenance.footage.timeline import Timeline, lip_track
from countenance.media.probe import probe
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip
from countenance.stock.defects import DEFECTS, KINDS, Defect, Original, load, write
from countenance.stock.defects.clip import last, unchanged

LEVELS = ("weak", "medium", "strong")
SETTINGS = Settings(threads=1)


@dataclass(frozen=True, slots=True)
class Base:
    """A stretch of a good recording; an empty path stands for the stock presenter's clip."""

    path: str
    start_s: float
    seconds: float
    levels: tuple[str, ...]
    """The strengths that are tried unless others are asked for."""
    true: frozenset[str] = frozenset()
    """What is wrong with the recording as it is."""


BASES = {
    # Nine seconds of speech, with its pauses thirteen; then three of listening.
    "presenter": Base("", 26.6, 16.0, LEVELS),
    # A real man, upright 1080 x 1920 at 30 a second; he speaks all the time.
    "man on sofa": Base("talking/contracted_man_sofa_20s.mp4", 2.0, 11.0, LEVELS[1:2], frozenset({"footage.cut"})),
}
PICTURE_S = 7.0
"""Faults of the picture are tried on the last part of the stretch: pictures are what costs time."""
WHOLE = frozenset({"too_short", "no_listening"})
"""Faults of the picture's time that need all of it."""
SHORT = frozenset(f"footage.{rule}" for rule in ("too_short", "too_little_speech", "little_speech", "no_listening"))
"""Rules that a good recording breaks because only a short stretch is taken."""


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
    """`found`, `missed`, or `-` where the good recording breaks the expected rules already."""
    made_s: float
    checked_s: float


class Stretch:
    """A good recording in memory, written once, and what is raised on it."""

    def __init__(self, original: Original, path: Path) -> None:
        self.original = original
        self.path = write(unchanged(original), path)
        self.seen = look(path, SETTINGS)
        self.raised = self.raised_with(path)

    def raised_with(self, path: Path) -> dict[str, str]:
        """What is raised on a recording of the same pictures, which are not looked at again."""
        info = probe(path)
        sound = listen(path, SETTINGS) if info.audio else None
        timeline = Timeline(self.seen.samples, lip_track(self.seen.samples), self.seen.pictures, sound)
        return {f.rule.id: f.severity.value for f in judge(info, timeline, usable_spans(timeline))}


class Bench:
    """A good recording, whole for faults of the sound and its last part for those of the picture."""

    def __init__(self, name: str, data: Path, seconds: float, folder: Path) -> None:
        base = BASES[name]
        path = data / base.path if base.path else presenter_clip()
        whole = load(path, SETTINGS, start_s=base.start_s, seconds=base.seconds, max_side=1280)
        self._folder = folder
        self._whole = Stretch(whole, folder / "whole.mp4")
        self._part = Stretch(last(whole, seconds), folder / "part.mp4")

    @property
    def clean(self) -> dict[str, str]:
        return self._whole.raised | self._part.raised

    def judge(self, task: Task) -> Outcome:
        defect = KINDS[task.defect]
        strength = defect.strength(task.level)
        begun = time.monotonic()
        good = self._whole
        faulty = defect.make(good.original, strength)
        same = faulty.pictures is good.original.pictures and faulty.crf == unchanged(good.original).crf
        if not same and defect.name not in WHOLE:
            good = self._part
            faulty = defect.make(good.original, strength)
        path = write(faulty, self._folder / "faulty.mp4", encoded=good.path if same else None)
        made = time.monotonic()
        raised = good.raised_with(path) if same and faulty.bytes_kept == 1.0 else _raised(path)
        checked_s = time.monotonic() - made
        new = set(raised) - set(good.raised)
        verdict = "found" if new & set(defect.expected) else "missed"
        if verdict == "missed" and set(good.raised) & set(defect.expected):
            verdict = "-"
        return Outcome(
            task.base, task.defect, task.level, strength, tuple(sorted(new)), verdict, made - begun, checked_s
        )


def measure_defects(
    data: Path, only: Sequence[str], bases: Sequence[str], levels: Sequence[str], seconds: float, jobs: int
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
    wanted = [LEVELS.index(level) for level in levels or BASES[base].levels]
    yield from wanted if len(defect.strengths) > 1 else [max(wanted)]


_bench: dict[str, Bench] = {}


def _prepare(base: str, data: Path, seconds: float, folder: Path) -> None:
    own = Path(tempfile.mkdtemp(dir=folder))
    _bench[base] = Bench(base, data, seconds, own)


def _judge(task: Task) -> tuple[dict[str, str], Outcome]:
    return _bench[task.base].clean, _bench[task.base].judge(task)


def _judged(
    base: str, tasks: Sequence[Task], data: Path, seconds: float, folder: Path, jobs: int
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
    alarms = {name for name, severity in clean.items() if severity != Severity.HINT.value} - SHORT - BASES[base].true
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
