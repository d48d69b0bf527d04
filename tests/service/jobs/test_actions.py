"""Actions run again when they want to, and after errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from countenance.service.jobs.queue import NOTIFY


def test_an_action_is_called_again_until_it_is_done(bench: Any) -> None:
    plan = [0.5, "an error of ours", 0, None, "never called"]
    (bench.service.settings.data_dir / "orders-d1.json").write_text(json.dumps(plan))
    with bench.worker("notify"):
        with bench.service.database.transaction() as session:
            bench.service.queue.enqueue(session, NOTIFY, "d1", "ring")
        bench.until(lambda: bench.service.queue.states(["d1:ring:4"]) == {"d1:ring:4": "SUCCESS"})
    assert bench.notes("d1") == ["ring"] * 4


@pytest.mark.parametrize("backend", ["sqlite"])
def test_an_action_that_waits_holds_no_place(bench: Any) -> None:
    for number in range(20):
        (bench.service.settings.data_dir / f"orders-d{number}.json").write_text(json.dumps([3600.0]))
    with bench.worker("notify"):
        with bench.service.database.transaction() as session:
            for number in range(20):
                bench.service.queue.enqueue(session, NOTIFY, f"d{number}", "ring")
        last = [f"d{number}:ring:2" for number in range(20)]
        bench.until(lambda: [*bench.service.queue.states(last).values()] == ["DELAYED"] * 20)
