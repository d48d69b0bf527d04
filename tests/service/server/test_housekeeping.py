"""Every chore that is written is done."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Mapping

import pytest

from countenance.server import housekeeping
from countenance.server.housekeeping import AT_ONCE, NOW_AND_THEN, Chore
from countenance.service import __path__ as rooms
from countenance.service.context import Service

_ELSEWHERE = ("countenance.service.jobs", "countenance.service.db.migrations")
"""rooms whose sweeps the worker itself does, and what only Alembic may import"""


@pytest.fixture(params=["sqlite"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_no_sweep_is_forgotten() -> None:
    source = housekeeping.__loader__.get_source(housekeeping.__name__)  # type: ignore[union-attr]
    for module in pkgutil.walk_packages(rooms, "countenance.service."):
        if module.name.startswith(_ELSEWHERE) or module.ispkg:
            continue
        sweep = getattr(importlib.import_module(module.name), "sweep", None)
        if sweep is not None and sweep.__module__ == module.name:
            package, _, name = module.name.rpartition(".")
            named = f"from {package} import {name}" in source or f"import {package.rpartition('.')[2]}" in source
            assert named, f"{module.name}.sweep is never called"


def test_every_chore_runs_on_an_empty_installation(service: Service) -> None:
    for chore in (*AT_ONCE, *NOW_AND_THEN):
        done = chore.do(service)
        assert not any(done.values()) if isinstance(done, Mapping) else done == 0, chore.name


def test_a_chore_that_fails_keeps_no_other_back(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def fails(_: Service) -> int:
        raise OSError

    def works(_: Service) -> int:
        done.set()
        return 1

    chores = (Chore("fails", 60, fails), Chore("works", 60, works))
    monkeypatch.setattr(housekeeping, "AT_ONCE", chores)
    monkeypatch.setattr(housekeeping, "NOW_AND_THEN", ())
    with housekeeping.housekeeping(service):
        assert done.wait(10)
