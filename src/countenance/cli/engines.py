"""`countenance engines`: which engines can move a replica's lips here, and what the others lack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.output import console, print_findings, print_json, print_rows

if TYPE_CHECKING:
    from countenance.engine.external.manifest import Manifest

_COLUMNS = ("engine", "name", "version", "licence", "")


def engines(json: Json = False) -> Exit:
    """List the engines that can let a replica speak, and what keeps them from it."""
    from countenance.cli.studio import load_settings
    from countenance.engine.external.doctor import examine
    from countenance.engine.external.manifest import engines as found

    usable, unusable = found(load_settings())
    listed = [(manifest, examine(manifest)) for manifest in usable.values()]
    if json:
        described = [
            {**_as_dict(manifest), "ready": not problems, "problems": [problem.as_dict() for problem in problems]}
            for manifest, problems in listed
        ]
        print_json(
            {
                "ok": True,
                "engines": [_built_in(), *described],
                "findings": [problem.as_dict() for problem in unusable],
            }
        )
        return Exit.OK
    target = console()
    own = _built_in()
    first = (own["id"], own["name"], own["version"], own["licence"], "ready")
    rows = [_row(manifest, ready=not problems) for manifest, problems in listed]
    print_rows(target, "Engines", [_COLUMNS, first, *rows])
    print_findings(target, [*unusable, *(problem for _, problems in listed for problem in problems)])
    return Exit.OK


def _built_in() -> dict[str, Any]:
    from countenance import __version__
    from countenance.engine.external.manifest import BUILT_IN

    facts = {"id": BUILT_IN, "name": "Countenance", "version": __version__, "licence": "Apache-2.0"}
    return {**facts, "commercial": True, "ready": True, "problems": []}


def _as_dict(manifest: Manifest) -> dict[str, Any]:
    return {
        "id": manifest.id,
        "name": manifest.name,
        "version": manifest.version,
        "licence": manifest.licence.code,
        "commercial": manifest.licence.commercial,
    }


def _row(manifest: Manifest, *, ready: bool) -> tuple[str, ...]:
    licence = manifest.licence.code if manifest.licence.commercial else f"{manifest.licence.code} (not commercial)"
    return (manifest.id, manifest.name, manifest.version, licence, "ready" if ready else "not ready, see below")
