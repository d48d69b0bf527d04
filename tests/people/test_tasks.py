"""Silencing libraries hides what they print, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from countenance.people.tasks import silenced_stderr


def test_what_fails_inside_is_not_swallowed(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        os.write(2, b"noise")
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"), silenced_stderr():
        fail()
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


def test_it_works_where_there_is_no_standard_error() -> None:
    code = "from countenance.people.tasks import silenced_stderr\nwith silenced_stderr(): print('done')"
    done = subprocess.run(["/bin/sh", "-c", 'exec "$0" -c "$1" 2>&-', sys.executable, code], stdout=subprocess.PIPE)
    assert (done.returncode, done.stdout) == (0, b"done\n")
