"""What the functions of this wing work with, built once at the edge and passed in."""

from __future__ import annotations

from dataclasses import dataclass

from countenance.service.db.database import Database
from countenance.service.jobs.queue import Queue
from countenance.service.objects.store import Objects
from countenance.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """One installation."""

    settings: Settings
    database: Database
    objects: Objects
    queue: Queue
