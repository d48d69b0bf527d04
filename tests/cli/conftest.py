"""Running commands in the tests' own process."""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from trained_once import TrainedOnce, train_once

from countenance.cli.main import run


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        lines = self.out.splitlines()
        assert [line[:1] for line in lines] == ["{"], (self.out, self.err)
        data = json.loads(lines[0])
        assert isinstance(data, dict)
        return data

    @property
    def progress(self) -> list[dict[str, Any]]:
        """The JSON lines on stderr; nothing else may be there."""
        others = [line for line in self.err.splitlines() if not line.startswith('{"')]
        assert not others, others
        return [json.loads(line) for line in self.err.splitlines()]


Command = Callable[..., Done]


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A server that a command begins leads all logs to its stderr, which is closed when its test has ended.

    Whatever another test's libraries or threads logged would be told on stderr as an error of logging.
    """
    root, events = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**events)


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("COUNTENANCE_THREADS", "1")

    def call(*arguments: object) -> Done:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Done(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def trained_once(short_footage: Path, common_dir: Path, once: Callable[..., Path]) -> TrainedOnce:
    """All workers of a run share it: change nothing in its folders."""

    def make(path: Path) -> None:
        trained = train_once(short_footage, common_dir / "trained once")
        path.write_bytes(pickle.dumps(trained))

    trained = pickle.loads(once(common_dir / "trained once.pickle", make).read_bytes())  # noqa: S301
    assert isinstance(trained, TrainedOnce)
    return trained
