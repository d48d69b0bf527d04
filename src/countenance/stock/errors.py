"""The synthetic people's part of the error catalogue."""

from __future__ import annotations

from countenance.errors import Rule

NO_RENDERER = Rule(
    id="stock.no_renderer",
    title="Pictures of synthetic people cannot be rendered here.",
    remedy='Run `pip install "countenance[stock]"`, and on Linux have the system\'s OpenGL libraries '
    "(Debian and Ubuntu: `apt install libegl1 libgl1-mesa-dri`). The finished clips need neither.",
)

RULES: tuple[Rule, ...] = (NO_RENDERER,)
