"""The shaders: GLSL 3.30 in `glsl/`, linear light throughout, tone mapping at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

_FOLDER = Path(__file__).with_name("glsl")


def program(context: Any, vertex: str, fragment: str) -> Any:
    """Compile the pair `glsl/<vertex>.vert` and `glsl/<fragment>.frag`."""
    return context.program(vertex_shader=_source(f"{vertex}.vert"), fragment_shader=_source(f"{fragment}.frag"))


def _source(name: str) -> str:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    lighting = (_FOLDER / "lighting.glsl").read_text(encoding="utf-8")
    return "#version 330\n" + text.replace("//import lighting\n", lighting)


def set_uniform(of: Any, name: str, value: Any) -> None:
    """Set a float uniform, matrices column by column; one that the program does not use is passed over."""
    if name in of:
        # An array may be shorter in a program that uses only its first elements.
        uniform = of[name]
        uniform.write(np.ascontiguousarray(value, "f4").tobytes()[: uniform.array_length * uniform.dimension * 4])


def layout(of: Any, parts: list[tuple[str, str]]) -> tuple[str, ...]:
    """Format and names of a buffer; what a program does not use becomes padding ("3x4" skips three floats)."""
    form = " ".join(f if name in of else f.replace("f", "x4") for f, name in parts)
    return (form, *(name for _, name in parts if name in of))
