"""A child process is followed to its end, whatever it prints and whatever it leaves behind."""

from __future__ import annotations

import json
import stat
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from countenance.service.jobs.child import in_use, kill_all
from countenance.service.jobs.handlers import Done, Outcome
from countenance.service.jobs.runner import Crashed, Stopped, run_task

DONE = """print('{"event": "done", "result": {"n": 1}}', flush=True)"""
STAYS = """print('{"event": "at work"}', flush=True)
import time; time.sleep(60)"""


def run(
    folder: Path, script: str, stop: threading.Event | None = None, events: list[Mapping[str, Any]] | None = None
) -> Outcome:
    told = [] if events is None else events
    return run_task([sys.executable, "-c", script], "train", folder, {}, told.append, stop or threading.Event(), 20)


def test_what_libraries_print_is_passed_over(tmp_path: Path) -> None:
    events: list[Mapping[str, Any]] = []
    script = f"""
import json
print("Loading..."); print("3"); print("[1]"); print('{{"no": "event"}}'); print("{{"); print()
print(json.dumps({{"event": "progress", "fraction": 0.5, "long": "x" * 1_000_000}}))
{DONE}"""
    assert run(tmp_path, script, events=events) == Done({"n": 1})
    assert [event["event"] for event in events] == ["progress"]


def test_it_gets_its_task_and_holds_its_standard_input_open(tmp_path: Path) -> None:
    script = f"""
import json, pathlib, select, sys
assert json.loads((pathlib.Path(sys.argv[2]) / "task.json").read_text()) == {{}}
assert not select.select([0], [], [], 0.2)[0]
{DONE}"""
    assert run(tmp_path, script) == Done({"n": 1})


def test_what_was_done_is_not_done_again(tmp_path: Path) -> None:
    run(tmp_path, DONE)
    assert run(tmp_path, "raise SystemExit(1)") == Done({"n": 1})


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("import sys; sys.exit('a message')", "exit status 1; see train.stderr"),
        (f"{DONE}; raise SystemExit(3)", "exit status 3"),
        (f'{DONE}; print(\'{{"event": "progress"}}\', flush=True)', "exit status 0"),
        ("import os; os.abort()", "exit status -6"),
        ('print(\'{"event": "failed", "findings": []}\')', "exit status 0"),
    ],
)
def test_everything_else_is_a_crash(tmp_path: Path, script: str, said: str) -> None:
    with pytest.raises(Crashed, match=said):
        run(tmp_path, script)
    assert not (tmp_path / "train.done.json").exists()


def test_what_it_said_of_people_is_kept_beside_them_and_not_logged(tmp_path: Path) -> None:
    with pytest.raises(Crashed) as caught:
        run(tmp_path, "import json\nclass Ada(Exception): 'x'\njson.loads('{')\n")
    assert str(caught.value) == "exit status 1, json.decoder.JSONDecodeError; see train.stderr in its folder"
    with pytest.raises(Crashed) as caught:
        run(tmp_path, "raise ValueError('Ada Lovelace: has not agreed\\nAda: never')")
    assert "Lovelace" not in str(caught.value)
    kept = tmp_path / "train.stderr"
    assert "Lovelace" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_program_that_is_not_there_is_a_crash(tmp_path: Path) -> None:
    with pytest.raises(Crashed, match="FileNotFoundError"):
        run_task(["/nowhere/to/be/found"], "train", tmp_path, {}, print, threading.Event(), 20)


def test_a_grandchild_holds_up_nothing(tmp_path: Path) -> None:
    script = f"""
import subprocess
subprocess.Popen(["sleep", "20"], start_new_session=True)
{DONE}"""
    began = time.monotonic()
    assert run(tmp_path, script) == Done({"n": 1})
    assert time.monotonic() - began < 10


def test_only_the_latest_works_in_a_folder(tmp_path: Path) -> None:
    first: list[str] = []

    def freeze() -> None:
        try:
            run(tmp_path, "import time; time.sleep(60)")
        except Crashed as crash:
            first.append(str(crash))

    thread = threading.Thread(target=freeze)
    thread.start()
    while not (tmp_path / "child.lock").exists() or (tmp_path / "child.lock").stat().st_size == 0:
        time.sleep(0.01)
    assert in_use(tmp_path)
    assert run(tmp_path, DONE) == Done({"n": 1})
    thread.join(10)
    assert first
    assert "exit status -9" in first[0]
    assert not in_use(tmp_path)


def test_it_ends_when_it_is_to(tmp_path: Path) -> None:
    stop = threading.Event()
    with pytest.raises(Stopped):
        run_task([sys.executable, "-c", STAYS], "train", tmp_path, {}, lambda _: stop.set(), stop, 20)
    assert not in_use(tmp_path)


def test_all_children_are_killed_at_once(tmp_path: Path) -> None:
    with pytest.raises(Crashed, match="exit status -9"):
        run_task([sys.executable, "-c", STAYS], "train", tmp_path, {}, lambda _: kill_all(), threading.Event(), 20)


def test_the_task_is_private(tmp_path: Path) -> None:
    run_task([sys.executable, "-c", DONE], "train", tmp_path, {"name": "Ada"}, print, threading.Event(), 20)
    assert json.loads((tmp_path / "task.json").read_text()) == {"name": "Ada"}
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
