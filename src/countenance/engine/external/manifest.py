"""`engine.toml`: what an external engine is, how it is called, what it needs and under which licences it comes."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from countenance.engine.external.errors import BAD_MANIFEST, UNKNOWN_ENGINE
from countenance.errors import CountenanceError, Finding
from countenance.settings import Settings

MANIFEST = "engine.toml"
BUILT_IN = "built-in"
"""The id of the engine that comes with this software."""
PLACES = ("clip", "sound", "out", "options", "device", "folder")
"""What stands in braces in a command: the files that go in and come out, `auto`, `cpu` or `cuda`, and the folder in
which the manifest lies."""

_CONFIG = ConfigDict(strict=True, extra="forbid")
_PLACE = re.compile(r"\{(\w*)\}")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file of weights that the owner puts in place; it is never downloaded."""

    __pydantic_config__ = _CONFIG
    path: str
    """absolute, or beside the manifest"""
    sha256: str
    licence: str
    source: str = ""
    """where the owner gets it, for the message that it is missing"""


@dataclass(frozen=True, slots=True)
class Licence:
    __pydantic_config__ = _CONFIG
    code: str
    commercial: bool
    """whether code and all weights may be used commercially; if not, each use must say that it is not"""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Needs:
    __pydantic_config__ = _CONFIG
    gpu: bool = False
    memory_gb: float = 0.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long a call may take: `start_s`, and `per_second` for every second of sound."""

    __pydantic_config__ = _CONFIG
    start_s: float = 120.0
    per_second: float = 60.0


@dataclass(frozen=True, slots=True)
class OutOfMemory:
    """How it shows that memory ran out, and what is added to the command to try once more with less."""

    __pydantic_config__ = _CONFIG
    exit_codes: tuple[int, ...] = (137,)
    pattern: str = "out of memory"
    smaller: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """An external engine."""

    __pydantic_config__ = _CONFIG
    id: str
    name: str
    version: str
    command: tuple[str, ...]
    licence: Licence
    environment: dict[str, str] = field(default_factory=dict)
    weights: tuple[WeightFile, ...] = ()
    needs: Needs = Needs()
    deadline: Deadline = Deadline()
    out_of_memory: OutOfMemory = OutOfMemory()
    progress: str = ""
    """a regular expression whose first group is a percentage, for tools that print no JSON lines"""
    contract: Literal[1] = 1
    folder: Path = Path()
    """where the manifest lies; not read from it"""


def engines(settings: Settings) -> tuple[dict[str, Manifest], tuple[Finding, ...]]:
    """The external engines in the folders of `Settings.engines_dir`, by id, and what is wrong with the others there."""
    found: dict[str, list[Manifest]] = {}
    problems: list[Finding] = []
    folder = settings.engines_dir
    for path in [] if folder is None else sorted(folder.glob(f"*/{MANIFEST}")):
        try:
            manifest = read(path)
        except CountenanceError as error:
            problems += error.findings
        else:
            found.setdefault(manifest.id, []).append(manifest)
    for engine_id, same in found.items():
        if len(same) > 1:
            folders = ", ".join(str(manifest.folder) for manifest in same)
            problems.append(_bad(same[-1].folder / MANIFEST, f"id: {engine_id!r} is that of {folders}").finding)
    return {engine_id: same[0] for engine_id, same in found.items() if len(same) == 1}, tuple(problems)


def engine_of(engine_id: str, settings: Settings) -> Manifest:
    """The external engine with this id.

    Raises:
        CountenanceError: engine.external_unknown, followed by what is wrong with engines that cannot be used.
    """
    known, problems = engines(settings)
    if engine_id not in known:
        detail = f"There is no {engine_id!r} that can be used; known are: {', '.join([BUILT_IN, *known])}."
        raise CountenanceError(Finding(UNKNOWN_ENGINE, detail=detail), *problems)
    return known[engine_id]


def read(path: Path) -> Manifest:
    """Read and check a manifest.

    Raises:
        CountenanceError: engine.external_manifest, with what is wrong where.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
        content.pop("folder", None)
        manifest = TypeAdapter(Manifest).validate_json(
            json.dumps({**content, "folder": str(path.resolve().parent)}, default=str)
        )
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors()[:5])
        raise _bad(path, wrong) from error
    except (OSError, ValueError) as error:
        raise _bad(path, str(error)) from error
    except RecursionError as error:
        raise _bad(path, "it is nested too deeply") from error
    _check(path, manifest)
    return manifest


def filled(part: str, manifest: Manifest, values: Mapping[str, str]) -> str:
    """A part of a command with what stands in braces replaced, as far as it is in `values`."""
    known = {**values, "folder": str(manifest.folder)}
    return _PLACE.sub(lambda found: known.get(found[1], found[0]), part)


def _check(path: Path, manifest: Manifest) -> None:
    if not _ID.fullmatch(manifest.id) or manifest.id == BUILT_IN:
        raise _bad(path, "id: lower-case letters, digits, dots and dashes, and not the name of the built-in engine")
    if not manifest.command:
        raise _bad(path, "command: is empty")
    named = {name for part in manifest.command for name in _PLACE.findall(part)}
    if unknown := named - set(PLACES):
        raise _bad(path, f"command: {{{min(unknown)}}} is not one of {', '.join(PLACES)}")
    if missing := {"clip", "sound", "out"} - named:
        raise _bad(path, f"command: {{{min(missing)}}} is missing")
    for pattern in (manifest.progress, manifest.out_of_memory.pattern):
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            raise _bad(path, f"{pattern!r} is not a regular expression: {error}") from error
        if pattern and pattern == manifest.progress and not groups:
            raise _bad(path, f"progress: {pattern!r} has no group for the percentage")
    _check_figures(path, manifest)


def _check_figures(path: Path, manifest: Manifest) -> None:
    figures = {
        "deadline.start_s": manifest.deadline.start_s,
        "deadline.per_second": manifest.deadline.per_second,
        "needs.memory_gb": manifest.needs.memory_gb,
    }
    for name, value in figures.items():
        if not (math.isfinite(value) and value >= 0.0):
            raise _bad(path, f"{name}: {value} is no number from 0 on")
    for name in manifest.environment:
        if not name or "=" in name or "\0" in name + manifest.environment[name]:
            raise _bad(path, f"environment: {name!r} cannot be the name of a variable")


def _bad(path: Path, detail: str) -> CountenanceError:
    return CountenanceError(Finding(BAD_MANIFEST, file=str(path), detail=detail.rstrip(".") + "."))
