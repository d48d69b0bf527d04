"""The speaking picture's part of the error catalogue."""

from __future__ import annotations

from countenance.errors import Rule, Severity

NO_FACE = Rule(
    id="picture.no_face",
    title="No face is found in the picture.",
    remedy="Use a picture of one person who looks into the camera, with the face uncovered.",
)
MOUTH_TOO_OPEN = Rule(
    id="picture.mouth_too_open",
    title="The mouth is too far open to be closed in the picture.",
    remedy="Use a picture with closed lips, or with a smile in which the lips are close together.",
    limit=0.22,
    unit="of the distance of the outer eye corners",
    how="Largest gap between the inner lips. A smile that shows one row of teeth has up to 0.17.",
)
TURNED_TOO_FAR = Rule(
    id="picture.turned_too_far",
    title="The head is turned too far to be animated.",
    remedy="Use a picture in which the person faces the camera.",
    limit=25.0,
    unit="degrees",
    how="The larger of the angles sideways and up or down. The far half of the mouth is too narrow beyond.",
)
EYES_SHUT = Rule(
    id="picture.eyes_shut",
    title="The eyes are nearly closed: the replica will not blink.",
    remedy="Use a picture with open eyes.",
    severity=Severity.WARNING,
    limit=0.045,
    unit="of the distance of the outer eye corners",
    how="Height of the opening between the lids.",
)
TEETH_IN_PICTURE = Rule(
    id="picture.teeth_in_picture",
    title="The mouth is open: its inside is replaced by drawn teeth, and the lips are closed by bending them.",
    remedy="A picture with closed lips gives a more natural mouth.",
    severity=Severity.HINT,
    limit=0.02,
    unit="of the distance of the outer eye corners",
    how="Largest gap between the inner lips.",
)

RULES: tuple[Rule, ...] = (NO_FACE, MOUTH_TOO_OPEN, TURNED_TOO_FAR, EYES_SHUT, TEETH_IN_PICTURE)
