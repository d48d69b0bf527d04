"""What is asked of the face in footage: that there is one, alone, large enough and turned to the camera."""

from __future__ import annotations

from countenance.errors import Rule, Severity

NO_FACE = Rule(
    id="footage.no_face",
    title="There is hardly a face to be seen.",
    remedy="Record a person who looks into the camera; cartoons, animals and people far away do not count.",
    limit=25.0,
    unit="% of the time",
    tavus_type="video_processing",
)
FACE_MISSING = Rule(
    id="footage.face_missing",
    title="The face is out of sight for too much of the recording.",
    remedy="Stay in the picture, uncovered and turned to the camera, or cut those parts off.",
    limit=30.0,
    unit="% of the time",
    tavus_type="face_or_obstruction_detected",
)
FACE_LEAVES = Rule(
    id="footage.face_leaves",
    title="The face is out of sight now and then; these parts are not used.",
    remedy="Stay in the picture and keep hands and objects away from the face.",
    severity=Severity.WARNING,
    limit=0.5,
    unit="s",
    tavus_type="face_or_obstruction_detected",
)
SECOND_PERSON = Rule(
    id="footage.second_person",
    title="More than one face is in the picture.",
    remedy="Record one person alone; take down posters and pictures that show faces.",
    limit=10.0,
    unit="% of the time",
    tavus_type="second_person_detected",
)
SOMEONE_PASSES = Rule(
    id="footage.someone_passes",
    title="A second face is in the picture for a moment; these parts are not used.",
    remedy="Record alone and keep others out of the background.",
    severity=Severity.WARNING,
    limit=0.5,
    unit="s",
    tavus_type="second_person_detected",
)
FACE_TOO_SMALL = Rule(
    id="footage.face_too_small",
    title="The face is too small to learn from.",
    remedy="Come closer or record in a higher resolution.",
    limit=64.0,
    unit="px wide",
    tavus_type="improper_distance",
)
FACE_SMALL = Rule(
    id="footage.face_small",
    title="The face is small; the replica will be less sharp than it could be.",
    remedy="Come closer, or record in a higher resolution, until the face is 200 px wide or more.",
    severity=Severity.WARNING,
    limit=128.0,
    unit="px wide",
    tavus_type="improper_distance",
)
FACE_FAR = Rule(
    id="footage.face_far",
    title="The face fills little of the picture.",
    remedy="Come closer: waist-up framing, the face about a quarter of the picture's shorter side.",
    severity=Severity.HINT,
    limit=15.0,
    unit="% of the shorter side",
    tavus_type="improper_distance",
)
FACE_TURNED = Rule(
    id="footage.face_turned",
    title="The face is turned away from the camera; these parts are not used.",
    remedy="Look into the camera, at eye level, all the time.",
    severity=Severity.WARNING,
    limit=35.0,
    unit="degrees",
    tavus_type="face_turned_away",
)

RULES: tuple[Rule, ...] = (
    NO_FACE,
    FACE_MISSING,
    FACE_LEAVES,
    SECOND_PERSON,
    SOMEONE_PASSES,
    FACE_TOO_SMALL,
    FACE_SMALL,
    FACE_FAR,
    FACE_TURNED,
)
