"""Did the person in the footage agree? The verdict, with every score it rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.consent import faces, judge, rules, voices
from countenance.consent.judge import Decision, Score
from countenance.consent.spoken import Heard, hear
from countenance.consent.words import tokens
from countenance.errors import CountenanceError, Finding, Severity, Span
from countenance.media.container import check_file
from countenance.media.errors import NO_AUDIO, NO_VIDEO, problem
from countenance.media.limits import limits_from
from countenance.media.probe import MediaInfo, probe
from countenance.media.read import SAMPLE_RATE, audio
from countenance.people.speech import transcribe
from countenance.settings import Settings

LISTENED_S = 120.0
"""The statement must be within so much of the recording's beginning."""
_LEAST_REST_S = 3.0

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the consent holds, and why."""

    consent: Path
    footage: Path
    name: str
    organisation: str
    heard: Heard
    scores: tuple[Score, ...]
    """Empty where a comparison could not be made; then a finding says so."""
    findings: tuple[Finding, ...]

    @property
    def decision(self) -> Decision:
        severities = {finding.severity for finding in self.findings}
        if Severity.ERROR in severities:
            return Decision.REFUSED
        return Decision.REVIEW if Severity.WARNING in severities else Decision.ACCEPTED

    @property
    def ok(self) -> bool:
        """Not refused. Where `decision` is `review`, a human should confirm first."""
        return self.decision is not Decision.REFUSED

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface."""
        return {
            "consent": str(self.consent),
            "footage": str(self.footage),
            "name": self.name,
            "organisation": self.organisation,
            "decision": self.decision.value,
            "statement": self.heard.wording.version,
            "transcript": self.heard.transcript.text,
            "name_heard": self.heard.name,
            "organisation_heard": self.heard.organisation,
            "scores": {
                score.id: {
                    "value": round(score.value, 4),
                    "accepted_from": score.accepted_from,
                    "review_from": score.review_from,
                    "decision": score.decision.value,
                }
                for score in self.scores
            },
            "findings": [finding.as_dict() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class _Recording:
    """A recording, or the stretch of it that counts."""

    info: MediaInfo
    sound: Samples
    span: Span

    def part(self, span: Span) -> _Recording:
        start, stop = round(span.start_s * SAMPLE_RATE), round(span.end_s * SAMPLE_RATE)
        return _Recording(self.info, self.sound[start:stop], span)


def verify(consent: Path, footage: Path, name: str, settings: Settings) -> Verdict:
    """Check that the statement is spoken in `name` for this organisation, by the face and voice of the footage.

    Both may be the same file; then what belongs to the statement is compared with the rest. The recogniser is never
    told what to expect, so that it cannot imagine it.

    Raises:
        CountenanceError: consent.name_missing, and what reading the files may raise (ids that begin with `media.`).
    """
    if not any(token.isalpha() for token in tokens(name)):
        raise CountenanceError(Finding(rules.NAME_MISSING, measured=f"“{name}”"))
    check_file(footage, limits_from(settings))
    agreed = _open(consent, settings)
    if agreed.info.audio is None:
        raise problem(NO_AUDIO, consent)
    heard = hear(transcribe(agreed.sound[: round(LISTENED_S * SAMPLE_RATE)], settings), name, settings.organisation)
    spoken, shown = _what_is_compared(agreed, heard, footage, settings)
    scores, findings = _judged(spoken, shown, heard, settings)
    return Verdict(consent, footage, name, settings.organisation, heard, scores, findings)


def _open(path: Path, settings: Settings) -> _Recording:
    limits = limits_from(settings)
    info = probe(path, limits)
    if info.video is None:
        raise problem(NO_VIDEO, path)
    sound = audio(path, limits=limits) if info.audio else np.zeros(0, np.float32)
    return _Recording(info, sound, Span(0.0, info.duration_s))


def _what_is_compared(
    agreed: _Recording, heard: Heard, footage: Path, settings: Settings
) -> tuple[_Recording, _Recording]:
    """The statement and the footage; of one file for both, the statement and what follows it."""
    spoken = agreed.part(heard.span) if heard.span and heard.coverage > 0.5 else agreed
    if not agreed.info.path.samefile(footage):
        return spoken, _open(footage, settings)
    rest = Span(spoken.span.end_s, agreed.span.end_s)
    return spoken, agreed.part(rest) if rest.duration_s >= _LEAST_REST_S else agreed


def _judged(
    spoken: _Recording, shown: _Recording, heard: Heard, settings: Settings
) -> tuple[tuple[Score, ...], tuple[Finding, ...]]:
    speech = voices.speech_only(spoken.sound, settings)
    if len(speech) < voices.LEAST_SPEECH_S * SAMPLE_RATE:
        words: list[Finding] = [Finding(rules.NO_SPEECH, measured=len(speech) / SAMPLE_RATE)]
        scores: tuple[Score, ...] = ()
    else:
        words, scores = list(judge.spoken_findings(heard)), judge.spoken_scores(heard)
    seen, faces_found = _faces(spoken, shown, settings)
    heard_alike, voices_found = _voices(speech, shown, settings)
    file = str(spoken.info.path)
    findings = [replace(f, file=f.file or file) for f in (*words, *faces_found, *voices_found)]
    order = list(Severity)
    return (*scores, *seen, *heard_alike), tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))


def _faces(spoken: _Recording, shown: _Recording, settings: Settings) -> tuple[tuple[Score, ...], list[Finding]]:
    agreed = faces.look(spoken.info.path, spoken.span, settings)
    findings = list(judge.face_findings(agreed))
    others = faces.look(shown.info.path, shown.span, settings)
    if not agreed.embeddings or not others.embeddings:
        return (), [*findings, Finding(rules.FACE_NOT_COMPARED)]
    scores = judge.face_scores(faces.compare(agreed.embeddings, others.embeddings))
    return scores, [*findings, *judge.likeness_findings(scores, rules.OTHER_FACE, rules.FACE_UNSURE)]


def _voices(speech: Samples, shown: _Recording, settings: Settings) -> tuple[tuple[Score, ...], list[Finding]]:
    if len(speech) < voices.LEAST_SPEECH_S * SAMPLE_RATE:
        return (), []
    others = voices.speech_only(shown.sound, settings)
    if len(others) < voices.LEAST_SPEECH_S * SAMPLE_RATE:
        spoken_s = len(others) / SAMPLE_RATE
        return (), [Finding(rules.VOICE_NOT_COMPARED, file=str(shown.info.path), measured=spoken_s)]
    scores = judge.voice_scores(voices.compare(speech, others, settings))
    return scores, list(judge.likeness_findings(scores, rules.OTHER_VOICE, rules.VOICE_UNSURE))
