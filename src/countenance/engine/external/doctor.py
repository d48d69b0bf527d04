"""What an external engine lacks on this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from countenance.engine.external.errors import (
    ALTERED_WEIGHTS,
    LOW_MEMORY,
    MISSING_WEIGHTS,
    NO_COMMAND,
    NO_GPU,
    NOT_ACCEPTED,
)
from countenance.engine.external.manifest import Manifest, WeightFile, filled
from countenance.engine.replica import file_sha256
from countenance.errors import CountenanceError, Finding
from countenance.machine import gpus, memory_bytes


def examine(manifest: Manifest) -> tuple[Finding, ...]:
    """All that keeps an engine from running here; nothing, if it can. Reads every weight file to hash it."""
    problems = [problem for weight in manifest.weights if (problem := _weight(manifest, weight))]
    program = program_of(manifest)
    if shutil.which(program, path=manifest.environment.get("PATH")) is None:
        problems.append(Finding(NO_COMMAND, file=program, detail=f"{manifest.name} {manifest.version}."))
    if manifest.needs.gpu and not gpus():
        problems.append(Finding(NO_GPU, detail=f"{manifest.name} {manifest.version}."))
    memory_gb = memory_bytes() / 1e9
    if memory_gb < manifest.needs.memory_gb:
        problems.append(Finding(LOW_MEMORY, measured=memory_gb, limit=manifest.needs.memory_gb))
    return tuple(problems)


def check_ready(manifest: Manifest, *, accepted: bool) -> None:
    """Whether an engine can and may be used; `accepted` says that a use is not commercial.

    Raises:
        CountenanceError: engine.external_not_accepted and all that `examine` finds.
    """
    problems = examine(manifest)
    if not manifest.licence.commercial and not accepted:
        detail = f"{manifest.name}: {manifest.licence.code}. {manifest.licence.text}".strip()
        problems = (Finding(NOT_ACCEPTED, detail=detail), *problems)
    if problems:
        raise CountenanceError(*problems)


def program_of(manifest: Manifest, values: Mapping[str, str] = {}) -> str:
    """The program of an engine's command: a name to be found in PATH, or a path, if relative, beside the manifest."""
    program = filled(manifest.command[0], manifest, values)
    return str(manifest.folder / program) if os.sep in program else program


def _weight(manifest: Manifest, weight: WeightFile) -> Finding | None:
    path = manifest.folder / Path(weight.path)
    if not path.is_file():
        detail = f"Licence: {weight.licence}. SHA-256: {weight.sha256}."
        return Finding(MISSING_WEIGHTS, str(path), f"{detail} From {weight.source}." if weight.source else detail)
    found = file_sha256(path)
    return None if found == weight.sha256.lower() else Finding(ALTERED_WEIGHTS, str(path), measured=found)
