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
DATABASE_SETTING = Rule(
    id="server.database_setting",
    title="The setting of the database cannot be used.",
    remedy="Name a PostgreSQL database (`postgresql://user:password@host/name`), or leave it out: then SQLite is used, "
    "in the data folder, where nobody else may work with it.",
)
DATABASE_UNREACHABLE = Rule(
    id="server.database_unreachable",
    title="The database cannot be reached, or does not let this server in.",
    remedy="Start it, and check host, port, user, password and name in COUNTENANCE_DATABASE_URL.",
)
NO_INSTALLATION = Rule(
    id="server.no_installation",
    title="No server has worked with this data folder yet.",
    remedy="Name the server's data folder with `--data` or COUNTENANCE_DATA_DIR; `countenance serve` begins a new one.",
)
RULES = (ADDRESS_TAKEN, TRACES_MISSING, DATABASE_SETTING, DATABASE_UNREACHABLE, NO_INSTALLATION)
