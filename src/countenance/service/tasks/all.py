"""Every task that a worker can do."""

from __future__ import annotations

from countenance.service.tasks.check import CHECKING
from countenance.service.tasks.lipsync import DUBBING
from countenance.service.tasks.render import RENDERING
from countenance.service.tasks.report import REPORTING
from countenance.service.tasks.train import TRAINING
from countenance.service.tasks.transcribe import TRANSCRIBING

HANDLERS = (CHECKING, REPORTING, TRAINING, RENDERING, DUBBING, TRANSCRIBING)
"""For the registry of a worker."""
