"""How long a net is learned: the same number of steps everywhere, fewer where time is short, and always to the end."""

from __future__ import annotations

import math
import time
from itertools import pairwise

import pytest

from countenance.engine.refine.apply import available
from countenance.engine.refine.pace import Pace, own_time

needs_torch = pytest.mark.skipif(not available(), reason="torch is not installed (the extra `neural`)")


class Machine:
    """A clock that tells how long its work has taken."""

    def __init__(self, pairing_s: float = 0.0, step_s: float = 0.1) -> None:
        self.now, self.pairing_s, self.step_s = 0.0, pairing_s, step_s

    def learn(self, steps: int, seconds: float, busy_from: int = 10**9) -> tuple[Pace, list[float]]:
        """The pace at its end, and the share before each step; from `busy_from` on steps take four times as long."""
        pace = Pace(steps, seconds, lambda _share, _left: None, now=lambda: self.now)
        self.now += self.pairing_s
        pace.begin_learning()
        shares = []
        while pace.share < 1.0:
            shares.append(pace.share)
            self.now += self.step_s * (4 if pace.steps >= busy_from else 1)
            pace.step_done()
        return pace, shares


@pytest.mark.parametrize("seconds", [60.0, 1e4, math.inf])
def test_where_time_is_left_the_lesson_is_the_same(seconds: float) -> None:
    for machine in (Machine(), Machine(pairing_s=20.0, step_s=0.05)):
        pace, shares = machine.learn(200, seconds)
        assert pace.steps == 200
        assert shares == pytest.approx([step / 200 for step in range(200)])


def test_where_time_is_short_the_lesson_still_ends_evenly() -> None:
    machine = Machine(pairing_s=10.0)
    pace, shares = machine.learn(1000, 60.0)
    assert pace.steps == pytest.approx(500, abs=2)
    assert machine.now <= 60.0
    steps = [after - before for before, after in pairwise(shares[20:])]
    assert max(steps) < 1.1 * min(steps)


def test_a_machine_that_becomes_busy_learns_fewer_steps_in_the_same_time() -> None:
    machine = Machine()
    pace, shares = machine.learn(1000, 60.0, busy_from=300)
    assert 300 < pace.steps < 400
    assert machine.now == pytest.approx(60.0, abs=1.0)
    assert shares == sorted(shares)
    assert shares[-1] > 0.9


def test_who_is_late_before_the_first_step_does_only_that() -> None:
    assert Machine(pairing_s=5.0).learn(1000, 4.0)[0].steps == 1


def test_time_that_others_have_counts_less_for_the_patient() -> None:
    patient, strict = own_time(4.0), own_time(1.0)
    time.sleep(0.1)
    slept = patient()
    assert strict() / 20 < slept < strict() / 2
    worked = time.thread_time()
    while time.thread_time() < worked + 0.2:
        pass
    assert patient() >= 0.2


def test_pairs_may_take_two_fifths_of_the_time() -> None:
    machine = Machine()
    pace = Pace(10, 100.0, lambda _share, _left: None, now=lambda: machine.now)
    machine.now = 39.0
    assert not pace.late_for_learning()
    machine.now = 41.0
    assert pace.late_for_learning()


def test_progress_grows_and_tells_what_is_left() -> None:
    machine, told = Machine(), list[tuple[float, float | None]]()
    pace = Pace(40, math.inf, lambda share, left: told.append((share, left)), now=lambda: machine.now)
    pace.pairing(1.0)
    pace.begin_learning()
    checks = 0
    while pace.share < 1.0:
        machine.now += 0.5
        pace.step_done()
        checks += pace.check_is_due()
    assert told == sorted(told, key=lambda each: each[0])
    assert told[0][1] is None
    assert told[1][1] == pytest.approx(39 * 0.5)
    assert told[-1] == (1.0, 0.0)
    assert checks == 8


@needs_torch
def test_as_many_threads_work_as_are_fastest_now() -> None:
    import torch

    from countenance.engine.refine.device import Crew

    before, machine, others_work = torch.get_num_threads(), Machine(), False

    def work() -> None:
        threads = torch.get_num_threads()
        machine.now += 0.5 * threads if others_work else 1.0 / threads

    crew = Crew(2, now=lambda: machine.now)
    quiet = [crew.step(work) for _ in range(250)]
    others_work = True
    busy = [crew.step(work) for _ in range(250)]
    torch.set_num_threads(before)
    assert quiet.count(1) == 3
    assert busy.count(2) == 3
