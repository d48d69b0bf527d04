"""What can be wrong with who was to agree, with the claim that footage is AI-generated, and with stored faces."""

from __future__ import annotations

from dataclasses import replace

from countenance.errors import Rule, Severity
from countenance.people.identity import FACE_MATCH, FACE_REVIEW

GALLERY_REVIEW = 0.5
"""From this likeness to a stored face a human should look; benchmarks/identity.py measures it ("gallery").

Two recordings are held against one another with `FACE_REVIEW`, but here one face meets many. Of 182 comparisons
between 14 real people 2 reach 0.42 (one pair, both small in one snapshot) and none 0.5; of 224 between real and
generated people the highest is 0.38; one man in two recordings years apart is at 0.71. With the mean of 0.08 and the
deviation of 0.10 between real people, 0.42 would call a human in every second check against 1000 stored faces, 0.5 in
one of thirty. Faces of one generator reach 0.60 against each other, but no gallery holds people who do not exist.
"""

_COMPARE = "Compare the pictures: if it is somebody else, confirm it (on the command line with --reviewed)."
_AS_IT_CAME = "Give the file as the generator made it. If a camera recorded a person, give that person's consent."
_HOW_FACES = "cosine of face embeddings (SFace): the whole recording's, or of the third most alike of the single looks"

CONSENT_NEEDED = Rule(
    id="consent.needed",
    title="Real footage of a person needs that person's recorded consent.",
    remedy="Record the person reading what `countenance statement` prints and give it with --consent and --name. If no "
    "camera recorded anybody, declare that the footage is AI-generated.",
    tavus_type="consent_phrase_mismatch",
)
PUBLIC_FIGURE_REAL = Rule(
    id="consent.public_figure_real",
    title="No replica is made from real footage of a public figure, with consent or without.",
    remedy="Use footage that is AI-generated throughout, or a picture, and accept responsibility for the likeness.",
    tavus_type="community_guidelines_violation",
)
DECEASED_REAL = Rule(
    id="consent.deceased_real",
    title="No replica is made from real footage of a person who has died.",
    remedy="Use footage that is AI-generated throughout, or a picture, and accept responsibility for the likeness.",
    tavus_type="community_guidelines_violation",
)
NOBODY_FILMED = Rule(
    id="consent.nobody_filmed",
    title="Real footage always shows somebody: a person who does not exist cannot be filmed.",
    remedy="Say who it is and give that person's consent, or declare that the footage is AI-generated.",
)
DECLARATION_MISSING = Rule(
    id="consent.declaration_missing",
    title="A declaration that this material needs was not made.",
    remedy="Read the declaration and make it if it is true.",
)
DECLARATION_UNKNOWN = Rule(
    id="consent.declaration_unknown",
    title="There is no such declaration.",
    remedy="Use one of the declarations that are named.",
)
OPTED_OUT = Rule(
    id="consent.opted_out",
    title="This is a person who asked not to be replicated.",
    remedy="Use other material. If the person has changed their mind, whoever runs this installation removes the entry "
    "with `countenance protect remove`.",
    limit=FACE_MATCH,
    tavus_type="community_guidelines_violation",
    how=_HOW_FACES,
)
CLAIM_CAPTURED = Rule(
    id="consent.claim_captured",
    title="The footage is declared AI-generated, but its content credentials say that a camera recorded it.",
    remedy=_AS_IT_CAME,
    how="digital source types in the C2PA manifest and in those of what the file was made from",
)
CLAIM_CAMERA = Rule(
    id="consent.claim_camera",
    title="The footage is declared AI-generated, but a camera or telephone left its traces in the file.",
    remedy=_AS_IT_CAME,
    how="maker, model, place and recorder in the tags of the file and of its tracks",
)
CLAIM_PUBLIC_FIGURE = Rule(
    id="consent.claim_public_figure",
    title="The face is a public figure's, which was not said.",
    remedy="Say that it is a public figure and accept responsibility for the likeness, or use other material.",
    limit=FACE_MATCH,
    tavus_type="community_guidelines_violation",
    how=_HOW_FACES,
)
CLAIM_DECEASED = Rule(
    id="consent.claim_deceased",
    title="The face is that of a person who has died, which was not said.",
    remedy="Say that the person has died and accept responsibility for the likeness, or use other material.",
    limit=FACE_MATCH,
    tavus_type="community_guidelines_violation",
    how=_HOW_FACES,
)
CLAIM_ENROLLED = Rule(
    id="consent.claim_enrolled",
    title="The footage is declared AI-generated, but the face is a real person's who agreed under another account.",
    remedy="Use other material, or get this person's own consent for this account.",
    limit=FACE_MATCH,
    how=_HOW_FACES,
)
CLAIM_RECORDED = Rule(
    id="consent.claim_recorded",
    title="The footage is declared AI-generated, but somebody once gave consent for this very file.",
    remedy="Get that person's consent anew, or use other material.",
    how="SHA-256 of the file against those in all receipts that are held here, revoked ones included",
)
CLAIM_PARTLY = Rule(
    id="consent.claim_partly",
    title="The footage is declared AI-generated, but its content credentials say that only parts of it are.",
    remedy="Look at it: if no part shows a person whom a camera recorded, confirm it (on the command line with "
    "--reviewed).",
    severity=Severity.WARNING,
    how="digital source types in the C2PA manifest and in those of what the file was made from",
)
LOOKS_LIKE = Rule(
    id="consent.looks_like",
    title="The face resembles that of a protected person, or of one who agreed under another account.",
    remedy=_COMPARE,
    severity=Severity.WARNING,
    limit=GALLERY_REVIEW,
    how=_HOW_FACES,
)
RECORDING_IS_SYNTHETIC = Rule(
    id="consent.recording_is_synthetic",
    title="The recording says of itself that it was generated: a generated person cannot agree.",
    remedy="The person must be recorded by a camera. For footage that is AI-generated, declare that instead.",
    how="digital source types in the C2PA manifest and in those of what the file was made from",
)
RECORDING_IS_PARTLY_SYNTHETIC = Rule(
    id="consent.recording_is_partly_synthetic",
    title="The footage says of itself that parts of it were generated.",
    remedy="Look at it: if the person was not altered, confirm it (on the command line with --reviewed); else give the "
    "original.",
    severity=Severity.WARNING,
    how="digital source types in the C2PA manifest and in those of what the file was made from",
)
FACES_NOT_COMPARABLE = Rule(
    id="consent.faces_not_comparable",
    title="Some stored faces were measured by another model and could not be compared.",
    remedy="Add the protected people again from their pictures (`countenance protect`), and compare by eye meanwhile.",
    severity=Severity.WARNING,
    limit=0.0,
    unit="stored faces",
)
FACE_NOT_SEEN = Rule(
    id="consent.face_not_seen",
    title="No face was found, so nobody can say whether it is a protected person's.",
    remedy="Use material in which the face is clearly seen.",
    tavus_type="video_processing",
)
REFERENCE_NO_FACE = Rule(
    id="consent.reference_no_face",
    title="No face is found in the picture.",
    remedy="Use a sharp picture in which the person looks into the camera.",
)
REFERENCE_SEVERAL_FACES = Rule(
    id="consent.reference_several_faces",
    title="More than one face is found, so it is not clear whose is meant.",
    remedy="Cut the picture so that only the person is in it.",
    limit=1.0,
    unit="faces",
)
REFERENCE_TWO_PEOPLE = Rule(
    id="consent.reference_two_people",
    title="The pictures do not show one and the same person.",
    remedy="Add each person on their own.",
    limit=FACE_REVIEW,
)
STORED_FACE_UNKNOWN = Rule(
    id="consent.stored_face_unknown",
    title="There is no protected person with this id.",
    remedy="Use an id that `countenance protect list` shows.",
)
STORED_FACE_DAMAGED = Rule(
    id="consent.stored_face_damaged",
    title="A stored face cannot be read: its file is damaged, or was changed or renamed.",
    remedy="Remove the file that is named and add the person again.",
)
BIOMETRIC_KEY_WRONG = Rule(
    id="consent.biometric_key_wrong",
    title="The stored faces are encrypted with another key, or no key is set.",
    remedy="Set COUNTENANCE_BIOMETRIC_KEY to the key with which they were stored.",
)
BIOMETRIC_KEY_INVALID = Rule(
    id="consent.biometric_key_invalid",
    title="The key for stored faces is not 32 bytes in base64.",
    remedy="Make one with `openssl rand -base64 32` and set it as COUNTENANCE_BIOMETRIC_KEY.",
)


def _for_review(rule: Rule) -> Rule:
    confirmed = "If a human finds that it is true nevertheless, confirm it (on the command line with --reviewed)."
    remedy = f"{rule.remedy} {confirmed}"
    return replace(rule, id=f"{rule.id}_review", severity=Severity.WARNING, remedy=remedy)


# Where the owner lets humans decide about contradictions (COUNTENANCE_CONTRADICTION=review).
REVIEWED = {
    rule.id: _for_review(rule)
    for rule in (CLAIM_CAPTURED, CLAIM_CAMERA, CLAIM_PUBLIC_FIGURE, CLAIM_DECEASED, CLAIM_ENROLLED)
}

RULES: tuple[Rule, ...] = (
    CONSENT_NEEDED,
    PUBLIC_FIGURE_REAL,
    DECEASED_REAL,
    NOBODY_FILMED,
    DECLARATION_MISSING,
    DECLARATION_UNKNOWN,
    OPTED_OUT,
    CLAIM_CAPTURED,
    CLAIM_CAMERA,
    CLAIM_PUBLIC_FIGURE,
    CLAIM_DECEASED,
    CLAIM_ENROLLED,
    CLAIM_RECORDED,
    *REVIEWED.values(),
    CLAIM_PARTLY,
    LOOKS_LIKE,
    RECORDING_IS_SYNTHETIC,
    RECORDING_IS_PARTLY_SYNTHETIC,
    FACES_NOT_COMPARABLE,
    FACE_NOT_SEEN,
    REFERENCE_NO_FACE,
    REFERENCE_SEVERAL_FACES,
    REFERENCE_TWO_PEOPLE,
    STORED_FACE_UNKNOWN,
    STORED_FACE_DAMAGED,
    BIOMETRIC_KEY_WRONG,
    BIOMETRIC_KEY_INVALID,
)
