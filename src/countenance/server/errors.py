"""What can keep the server from starting."""

from __future__ import annotations

from countenance.errors import Rule

ADDRESS_TAKEN = Rule(
    id="server.address_taken",
    title="The server cannot listen on its address.",
    remedy="End what listens there, or choose another address or port (`--host`, `--port`; 0 for any free port).",
)
TRACES_MISSING = Rule(
    id="server.traces_missing",
    title="Traces are wanted, but what sends them is not installed.",
    remedy="Install `countenance[otel]`, or remove `COUNTENANCE_OTLP_ENDPOINT`.",
)
RULES = (ADDRESS_TAKEN, TRACES_MISSING)
