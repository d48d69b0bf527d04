"""All that a worker can do."""

from __future__ import annotations

from countenance.service.jobs.handlers import registry
from countenance.service.notify.deliver import ACTION
from countenance.service.purge.actions import ACTIONS
from countenance.service.tasks.all import HANDLERS

REGISTRY = registry(*HANDLERS, *ACTIONS, ACTION)
