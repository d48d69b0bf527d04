"""A task is done, told of, and settled once, whatever breaks in between."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest


def test_a_check_is_followed_by_a_training(bench) -> None:
    with bench.worker():
        job = bench.job("check", check={"ticks": 2}, train={"ticks": 3, "preview_at": 1})
        row = bench.until_ended(job)
    assert (row.state, row.fraction, row.attempt) == ("done", 1.0, 1)
    assert bench.notes(job) == ["finish.check.done", "event.preview", "finish.train.done"]
    assert not bench.folder(job).exists()
