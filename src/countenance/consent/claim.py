"""Is it true what is said of material: that it is AI-generated, or that a camera recorded the person who agreed?

Nothing here proves that footage was generated. It finds what contradicts the claim (content credentials, traces of a
camera, the face of somebody known), and keeps what speaks for it, so that the signed record shows what was known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from countenance.consent import claim_rules as rules
from countenance.consent import faces, gallery
from countenance.consent.gallery import Embedding, Group, Match, Nearest, Person, Protection
from countenance.consent.judge import Decision
from countenance.consent.policy import Subject
from countenance.errors import Finding, Rule, Severity, Span
from countenance.media.container import check_file
from countenance.media.limits import limits_from
from countenance.media.probe import MediaInfo, probe
from countenance.media.provenance import Credentials, CredentialState, Origin, capture_device, read_credentials
from countenance.media.signer import trusted_anchors
from countenance.people.identity import FACE_MATCH
from countenance.settings import Settings

_NOBODY = Nearest((), 0, 0, 0)
_DECLARED_LIKENESS = (Subject.PUBLIC_FIGURE, Subject.DECEASED)


@dataclass(frozen=True, slots=True)
class Claim:
    """What was found out about one file, and what follows."""

    file: Path
    findings: tuple[Finding, ...]
    credentials: Credentials | None
    """The file's own content credentials, whether they help the claim or not."""
    device: str | None
    """The camera whose traces are in the file."""
    compared: int
    """With how many stored faces this one was compared."""
    matches: tuple[Match, ...]
    """Stored people who resemble this one, whether that contradicts anything or not."""

    @property
    def decision(self) -> Decision:
        severities = {finding.severity for finding in self.findings}
        if Severity.ERROR in severities:
            return Decision.REFUSED
        return Decision.REVIEW if Severity.WARNING in severities else Decision.ACCEPTED

    @property
    def supported(self) -> bool:
        """Intact credentials say that the whole file was generated. Anybody can sign that who is not `trusted`."""
        found = self.credentials
        if found is None or found.state not in (CredentialState.VALID, CredentialState.TRUSTED):
            return False
        return found.origins == {Origin.GENERATED}

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface. Whoever agreed is not named, not even by receipt."""
        return {
            "file": str(self.file),
            "decision": self.decision.value,
            "supported": self.supported,
            "credentials": self.credentials and self.credentials.as_dict(),
            "device": self.device,
            "faces_compared": self.compared,
            "matches": [_told(match) for match in self.matches],
            "findings": [finding.as_dict() for finding in self.findings],
        }


def examine_claim(
    footage: Path,
    settings: Settings,
    subject: Subject,
    account: str,
    embeddings: Sequence[Embedding] | None = None,
    info: MediaInfo | None = None,
) -> Claim:
    """Look for what contradicts that the footage, said to show `subject`, is AI-generated.

    `account` declares it; people who agreed under the same account are no contradiction. `embeddings` are looks at
    the footage's face and `info` its probe, where they are known already. A contradiction is an error, or a warning
    where `Settings.contradiction` lets a human decide; a person who opted out is an error always.

    Raises:
        CountenanceError: what reading the file (`media.`) and the stored faces (`consent.`) may raise.
    """
    info = info or probe(footage, limits_from(settings))
    credentials = credentials_of(footage, settings)
    device = capture_device(info.metadata, info.track_metadata)
    seen = _nearest(info, settings, embeddings)
    matches = [match for match in seen.matches if _contradicts(match.person, subject, account)]
    found = [
        *_origin_findings(credentials, device, settings),
        *_face_findings(seen, matches, lambda person: _chosen(_claim_rule(person), settings)),
    ]
    return _claim(footage, found, credentials, device, seen)


def examine_picture(
    picture: Path, settings: Settings, subject: Subject, embeddings: Sequence[Embedding] | None = None
) -> Claim:
    """Whether the one face of a still picture, said to show `subject`, is a protected person's.

    Raises:
        CountenanceError: consent.reference_no_face, consent.reference_several_faces, and what reading may raise.
    """
    from countenance.consent.reference import reference_face

    seen = _NOBODY
    if not gallery.is_empty(settings):
        seen = _protected(gallery.nearest(embeddings or [reference_face(picture, settings)], settings))
    matches = [match for match in seen.matches if _contradicts(match.person, subject, "")]
    found = _face_findings(seen, matches, lambda person: _chosen(_claim_rule(person), settings))
    return _claim(picture, list(found), credentials_of(picture, settings), None, seen)


def examine_footage_identity(
    footage: Path,
    consent: Path,
    settings: Settings,
    embeddings: Sequence[Embedding] | None = None,
    info: MediaInfo | None = None,
) -> Claim:
    """Whether real footage and the recording of the consent may be what they are given for.

    Refused are protected people, who agreed or not, and recordings whose credentials say that they were generated.
    `embeddings` are looks at the footage's face (`Verdict.shown`), where they are known already. A consent's
    recording must not even be generated in parts; footage that is waits for a human.

    Raises:
        CountenanceError: what reading the files (`media.`) and the stored faces (`consent.`) may raise.
    """
    info = info or probe(footage, limits_from(settings))
    check_file(consent, limits_from(settings))
    credentials = credentials_of(footage, settings)
    if consent.samefile(footage):
        synthetic = list(_synthetic_findings(footage, credentials, rules.RECORDING_IS_SYNTHETIC))
    else:
        agreed = credentials_of(consent, settings)
        synthetic = [
            *_synthetic_findings(consent, agreed, rules.RECORDING_IS_SYNTHETIC),
            *_synthetic_findings(footage, credentials, rules.RECORDING_IS_PARTLY_SYNTHETIC),
        ]
    seen = _protected(_nearest(info, settings, embeddings))
    found = [*synthetic, *_face_findings(seen, seen.matches, _refusal)]
    return _claim(footage, found, credentials, capture_device(info.metadata, info.track_metadata), seen)


def credentials_of(path: Path, settings: Settings) -> Credentials | None:
    """Content credentials, judged by the authorities that the settings trust."""
    return read_credentials(path, limits_from(settings), trusted_anchors(settings))


def _claim(
    file: Path, findings: Sequence[Finding], credentials: Credentials | None, device: str | None, seen: Nearest
) -> Claim:
    order = list(Severity)
    told = [replace(finding, file=finding.file or str(file)) for finding in findings]
    told.sort(key=lambda finding: order.index(finding.severity))
    return Claim(file, tuple(told), credentials, device, seen.compared, seen.matches)


def _nearest(info: MediaInfo, settings: Settings, embeddings: Sequence[Embedding] | None) -> Nearest:
    """Compare the footage's face with everybody who is stored; nothing is decoded where nobody is."""
    if gallery.is_empty(settings):
        return _NOBODY
    if embeddings is None:
        embeddings = faces.look(info.path, Span(0.0, info.duration_s), settings).embeddings
    return gallery.nearest(embeddings, settings)


def _protected(seen: Nearest) -> Nearest:
    """Without those who agreed under some account: where nobody claims that nobody was filmed, they matter not."""
    return replace(seen, matches=tuple(match for match in seen.matches if match.person.group is Group.PROTECTED))


def _origin_findings(credentials: Credentials | None, device: str | None, settings: Settings) -> Iterator[Finding]:
    if credentials is not None and Origin.CAPTURED in credentials.origins:
        yield Finding(_chosen(rules.CLAIM_CAPTURED, settings), detail=_told_by(credentials))
    elif credentials is not None and Origin.MIXED in credentials.origins:
        yield Finding(rules.CLAIM_PARTLY, detail=_told_by(credentials))
    if device is not None:
        yield Finding(_chosen(rules.CLAIM_CAMERA, settings), measured=device)


def _synthetic_findings(file: Path, credentials: Credentials | None, partly: Rule) -> Iterator[Finding]:
    """A generated recording is refused; what follows from one that is generated in parts, `partly` says."""
    if credentials is None:
        return
    if Origin.GENERATED in credentials.origins:
        yield Finding(rules.RECORDING_IS_SYNTHETIC, file=str(file), detail=_told_by(credentials))
    elif Origin.MIXED in credentials.origins:
        yield Finding(partly, file=str(file), detail=_told_by(credentials))


def _face_findings(seen: Nearest, matches: Sequence[Match], rule_of: Callable[[Person], Rule]) -> Iterator[Finding]:
    """One finding for each rule that is broken, by the most alike; mere resemblance counts where nothing else does."""
    if seen.stored and not seen.looks:
        yield Finding(rules.FACE_NOT_SEEN)
    if seen.not_comparable:
        yield Finding(rules.FACES_NOT_COMPARABLE, measured=float(seen.not_comparable))
    broken: dict[str, Finding] = {}
    for match in matches:
        if match.likeness >= FACE_MATCH:
            rule = rule_of(match.person)
            said = _named(match.person)
            broken.setdefault(rule.id, Finding(rule, detail=said, measured=match.likeness, limit=FACE_MATCH))
        elif not broken:
            broken[rules.LOOKS_LIKE.id] = Finding(
                rules.LOOKS_LIKE, detail=_named(match.person), measured=match.likeness
            )
            break
    yield from broken.values()


def _contradicts(person: Person, subject: Subject, account: str) -> bool:
    if person.group is Group.ENROLLED:
        return person.account != account
    return person.protection is Protection.OPTED_OUT or subject not in _DECLARED_LIKENESS


def _claim_rule(person: Person) -> Rule:
    if person.protection is None:
        return rules.CLAIM_ENROLLED
    return {
        Protection.PUBLIC_FIGURE: rules.CLAIM_PUBLIC_FIGURE,
        Protection.DECEASED: rules.CLAIM_DECEASED,
        Protection.OPTED_OUT: rules.OPTED_OUT,
    }[person.protection]


def _refusal(person: Person) -> Rule:
    """Why real footage of a protected person is refused."""
    return {
        Protection.PUBLIC_FIGURE: rules.PUBLIC_FIGURE_REAL,
        Protection.DECEASED: rules.DECEASED_REAL,
    }.get(person.protection or Protection.OPTED_OUT, rules.OPTED_OUT)


def _chosen(rule: Rule, settings: Settings) -> Rule:
    """The rule itself, or the one that waits for a human, where there is one and the settings want it."""
    return rules.REVIEWED.get(rule.id, rule) if settings.contradiction == "review" else rule


def _told(match: Match) -> dict[str, Any]:
    person = match.person
    return {
        "group": person.group.value,
        "protection": person.protection and person.protection.value,
        "id": person.id if person.group is Group.PROTECTED else None,
        "likeness": round(match.likeness, 4),
    }


def _named(person: Person) -> str:
    """Who it is, as far as an account may know: not who opted out, and not who agreed for somebody else."""
    known = person.protection in (Protection.PUBLIC_FIGURE, Protection.DECEASED) and person.label
    return f"It is stored as “{person.label}”." if known else ""


def _told_by(credentials: Credentials) -> str:
    said = ", ".join(dict.fromkeys((*credentials.source_types, *credentials.parent_types)))
    signer = credentials.signer or credentials.issuer or "somebody unnamed"
    return f"They say {said}; signed by {signer} ({credentials.state.value})."
