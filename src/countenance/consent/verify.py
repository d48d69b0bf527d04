"""Did the person in the footage agree? The verdict, with every score it rests on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.consent import faces, judge, rules, voices
from countenance.consent.faces import Embedding, Faces
from countenance.consent.judge import Decision, Score
from countenance.consent.language import ENGLISH, Language, language_of
from countenance.consent.liveness import Liveness, liveness_findings, liveness_scores, watch
from countenance.consent.phrase import OneTimePhrase
from countenance.consent.spoken import Heard, hear
from countenance.consent.statement import check_name
from countenance.errors import Finding, Severity, Span
from countenance.media.container import check_file
from countenance.media.errors import NO_AUDIO, NO_VIDEO, problem
from countenance.media.limits import limits_from
from countenance.media.probe import MediaInfo, probe
from countenance.media.read import SAMPLE_RATE, audio
from countenance.people.speech import transcribe
from countenance.progress import ProgressCallback, StageProgress
from countenance.settings import Settings

LISTENED_S = 120.0
"""The statement must be within so much of the recording's beginning."""
STAGES = {"listen": 3.0, "compare": 5.0}
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
    language: str = ENGLISH
    phrase: OneTimePhrase | None = None
    """The one-time words that were asked for."""
    shown: tuple[Embedding, ...] = field(default=(), repr=False)
    """The face in the footage; biometric data, never part of what is told."""

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
            "language": self.language,
            "transcript": self.heard.transcript.text,
            "name_heard": self.heard.name,
            "organisation_heard": self.heard.organisation,
            "one_time_words": list(self.phrase.words) if self.phrase else None,
            "one_time_words_heard": self.heard.one_time_words_heard,
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


def verify(
    consent: Path,
    footage: Path,
    name: str,
    settings: Settings,
    *,
    language: str = ENGLISH,
    phrase: OneTimePhrase | None = None,
    progress: ProgressCallback | None = None,
) -> Verdict:
    """Check that the statement is spoken in `name` for this organisation, by the face and voice of the footage, live.

    Both may be the same file; then what belongs to the statement is compared with the rest. The recogniser is never
    told what to expect, so that it cannot imagine it. `phrase` are one-time words that must be spoken as well.

    Raises:
        CountenanceError: consent.name_missing, consent.unknown_language, people.language_needs_model, and what
            reading the files may raise (ids that begin with `media.`).
    """
    stages = StageProgress(STAGES, progress)
    stages.update("listen", 0.0)
    check_name(name)
    spoken_language = language_of(language, settings)
    check_file(footage, limits_from(settings))
    agreed = _open(consent, settings)
    if agreed.info.audio is None:
        raise problem(NO_AUDIO, consent)
    other = None if consent.samefile(footage) else _open(footage, settings)
    heard = _listen(agreed, name, spoken_language, phrase, settings)
    stages.update("compare", 0.0)
    spoken, shown = _what_is_compared(agreed, heard, other)
    judged = _judged(spoken, shown, heard, settings)
    if other is None and spoken.span.start_s > (rules.STATEMENT_NOT_FIRST.limit or 0.0):
        late = Finding(rules.STATEMENT_NOT_FIRST, file=str(footage), measured=spoken.span.start_s)
        judged = replace(judged, findings=(late, *judged.findings))
    stages.done()
    return Verdict(
        consent=consent,
        footage=footage,
        name=name,
        organisation=settings.organisation,
        heard=heard,
        scores=judged.scores,
        findings=judged.findings,
        language=language,
        phrase=phrase,
        shown=judged.shown,
    )


def _open(path: Path, settings: Settings) -> _Recording:
    limits = limits_from(settings)
    info = probe(path, limits)
    if info.video is None:
        raise problem(NO_VIDEO, path)
    sound = audio(path, limits=limits) if info.audio else np.zeros(0, np.float32)
    return _Recording(info, sound, Span(0.0, info.duration_s))


def _listen(
    agreed: _Recording, name: str, language: Language, phrase: OneTimePhrase | None, settings: Settings
) -> Heard:
    beginning = agreed.sound[: round(LISTENED_S * SAMPLE_RATE)]
    transcript = transcribe(beginning, settings, language=language.language)
    return hear(transcript, name, settings.organisation, language, phrase.words if phrase else ())


def _what_is_compared(agreed: _Recording, heard: Heard, other: _Recording | None) -> tuple[_Recording, _Recording]:
    """The statement and the footage; of one file for both, the statement and what follows it."""
    spoken = agreed.part(heard.span) if heard.span and heard.coverage > 0.5 else agreed
    if other is not None:
        return spoken, other
    rest = Span(spoken.span.end_s, agreed.span.end_s)
    return spoken, agreed.part(rest) if rest.duration_s >= _LEAST_REST_S else agreed


@dataclass(frozen=True, slots=True)
class _Judged:
    scores: tuple[Score, ...]
    findings: tuple[Finding, ...]
    shown: tuple[Embedding, ...] = ()


def _judged(spoken: _Recording, shown: _Recording, heard: Heard, settings: Settings) -> _Judged:
    """What is heard is judged while the faces and the lips are looked at."""
    with ThreadPoolExecutor(2) as both:
        watching = both.submit(watch, spoken.info.path, spoken.span, spoken.sound, settings)
        looking = [both.submit(faces.look, part.info.path, part.span, settings) for part in (spoken, shown)]
        speech = voices.speech_only(spoken.sound, settings)
        words = _words(speech, heard)
        alike = _voices(speech, shown, settings)
        agreed, others = (look.result() for look in looking)
        alive = _alive(watching.result(), speech)
    parts = (words, _faces(agreed, others), alike, alive)
    file = str(spoken.info.path)
    findings = [replace(f, file=f.file or file) for part in parts for f in part.findings]
    order = list(Severity)
    return _Judged(
        tuple(score for part in parts for score in part.scores),
        tuple(sorted(findings, key=lambda finding: order.index(finding.severity))),
        others.embeddings,
    )


def _words(speech: Samples, heard: Heard) -> _Judged:
    if len(speech) < voices.LEAST_SPEECH_S * SAMPLE_RATE:
        return _Judged((), (Finding(rules.NO_SPEECH, measured=len(speech) / SAMPLE_RATE),))
    return _Judged(judge.spoken_scores(heard), tuple(judge.spoken_findings(heard)))


def _faces(agreed: Faces, others: Faces) -> _Judged:
    findings = tuple(judge.face_findings(agreed))
    if not agreed.embeddings or not others.embeddings:
        return _Judged((), (*findings, Finding(rules.FACE_NOT_COMPARED)))
    scores = judge.face_scores(faces.compare(agreed.embeddings, others.embeddings))
    alike = judge.likeness_findings(scores, rules.OTHER_FACE, rules.FACE_UNSURE)
    return _Judged(scores, (*findings, *alike))


def _alive(liveness: Liveness, speech: Samples) -> _Judged:
    if len(speech) < voices.LEAST_SPEECH_S * SAMPLE_RATE:
        return _Judged((), ())
    return _Judged(liveness_scores(liveness), tuple(liveness_findings(liveness)))


def _voices(speech: Samples, shown: _Recording, settings: Settings) -> _Judged:
    if len(speech) < voices.LEAST_SPEECH_S * SAMPLE_RATE:
        return _Judged((), ())
    others = voices.speech_only(shown.sound, settings)
    if len(others) < voices.LEAST_SPEECH_S * SAMPLE_RATE:
        spoken_s = len(others) / SAMPLE_RATE
        return _Judged((), (Finding(rules.VOICE_NOT_COMPARED, file=str(shown.info.path), measured=spoken_s),))
    scores = judge.voice_scores(voices.compare(speech, others, settings))
    return _Judged(scores, tuple(judge.likeness_findings(scores, rules.OTHER_VOICE, rules.VOICE_UNSURE)))
