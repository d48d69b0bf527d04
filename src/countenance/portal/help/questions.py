"""The questions that people ask, and their answers, by subject; every statement is true of this code."""

from __future__ import annotations

from countenance.portal.help.on_consent import CONSENT, GENERATED
from countenance.portal.help.on_credits import CREDITS
from countenance.portal.help.on_making import SPEAKING, TRAINING
from countenance.portal.help.on_privacy import PRIVACY, USING
from countenance.portal.help.on_recording import RECORDING
from countenance.portal.help.question import Subject

SUBJECTS: tuple[Subject, ...] = (RECORDING, CONSENT, GENERATED, CREDITS, TRAINING, SPEAKING, PRIVACY, USING)
