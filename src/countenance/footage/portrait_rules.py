"""The table of rules for a picture that is to become a replica: who is seen, and how.

What is asked of the picture itself stands in `portrait_picture_rules`; `RULES` here holds both.

Limits marked (Tavus) are those that Tavus publishes; the others were chosen between what good portraits, frames of real
recordings and photographs with drawn, masked, blurred and compressed faces measure, which `how` tells. An error stops
only what could not become a replica of a person, or must not; everything that merely makes it worse is a warning.

Three of Tavus's rules are not here. Whether somebody looks under 18 (`AppearsUnder18Error`) cannot be measured with any
certainty by what is installed: it is asked for in the declaration of whoever makes the replica. Headphones
(`HeadphonesError`) are not recognised. Known people (`CelebrityFoundError`) are the business of consent.
"""

from __future__ import annotations

from countenance.errors import Rule, Severity
from countenance.footage import portrait_picture_rules

NO_FACE = Rule(
    id="portrait.no_face",
    title="No human face is seen.",
    remedy="Use a picture of one person who looks into the camera, with the face uncovered.",
    tavus_type="Phx4CenterFaceNotVisibleError",
    how="A face detector at 640 and at 160 px. Line drawings and animals often end here, since it knows human "
    "faces only.",
)
ON_ITS_SIDE = Rule(
    id="portrait.on_its_side",
    title="The person lies, or the picture stands on its side.",
    remedy="Turn the picture upright; the person should sit or stand.",
    limit=0.0,
    unit="degrees",
    tavus_type="PoseNotSuitableError",
    how="A face is found only when the picture is turned by a quarter or by half.",
)
NOT_HUMAN = Rule(
    id="portrait.not_human",
    title="The face is not a human one.",
    remedy="Use a picture of a person; animals, mascots and dolls cannot speak here.",
    tavus_type="Phx4NonHumanLikeSubjectError",
    how="The face detector is unsure and the face mesh, a second model, finds no face there or puts its eyes, "
    "nose and mouth elsewhere. Two pictures of animals, 13 drawings and some 60 of people were measured. An "
    "animal with a flat face, or a good mask, may pass.",
)
FACE_UNCLEAR = Rule(
    id="portrait.face_unclear",
    title="The face cannot be measured: it is turned to the side, covered or cut.",
    remedy="Look into the camera, with the whole face in the picture and nothing before it.",
    tavus_type="Phx4CenterFaceNotVisibleError",
    how="A face is found, but no face mesh can be laid on it.",
)
SEVERAL_PEOPLE = Rule(
    id="portrait.several_people",
    title="More than one person is in the picture.",
    remedy="Use a picture of one person alone, or cut the others off; printed and painted faces count too.",
    limit=25.0,
    unit="% of the main face's width",
    tavus_type="Phx4MultipleForegroundPeopleError",
    how="The largest further face that the detector is sure of (score 0.8 and more).",
)
FACE_BEHIND = Rule(
    id="portrait.face_behind",
    title="There is a small face in the background.",
    remedy="Use a picture without other people, posters or screens behind the person.",
    severity=Severity.WARNING,
    unit="% of the main face's width",
    tavus_type="Phx4MultipleForegroundPeopleError",
    how="A further face that is smaller, or that the detector is less sure of.",
)
FACE_TOO_SMALL = Rule(
    id="portrait.face_too_small",
    title="The face is too small to learn from.",
    remedy="Use a closer picture: head and shoulders, or cut this one.",
    limit=64.0,
    unit="px wide",
    tavus_type="ImageQualityError",
    how="Temple to temple, by the face mesh, in pixels of the file.",
)
FACE_SMALL = Rule(
    id="portrait.face_small",
    title="The face is small; the replica will be less sharp than it could be.",
    remedy="Use a closer or a larger picture, until the face is 200 px wide or more.",
    severity=Severity.WARNING,
    limit=128.0,
    unit="px wide",
    tavus_type="ImageQualityError",
    how="Temple to temple, by the face mesh, in pixels of the file.",
)
FACE_FAR = Rule(
    id="portrait.face_far",
    title="The face fills little of the picture.",
    remedy="Cut the picture to head, shoulders and chest.",
    severity=Severity.HINT,
    limit=15.0,
    unit="% of the shorter side",
    tavus_type="ImageQualityError",
    how="Height from hairline to chin.",
)
OFF_CENTRE = Rule(
    id="portrait.off_centre",
    title="The face is far from the middle.",
    remedy="Cut the picture so that the face is in its middle.",
    severity=Severity.WARNING,
    limit=20.0,
    unit="% of the picture's width",
    tavus_type="Phx4CenterFaceNotVisibleError",
    how="Distance of the face's middle from the middle line; 7 % and less in portraits.",
)
HEAD_CUT = Rule(
    id="portrait.head_cut",
    title="Part of the face is outside the picture.",
    remedy="Use a picture with the whole head and some room above it.",
    limit=2.0,
    unit="% of the face's height",
    tavus_type="HeadNotFullyInFrameError",
    how="How far the outline of the face mesh reaches beyond the picture; what is outside is the mesh's guess.",
)
CROWN_CUT = Rule(
    id="portrait.crown_cut",
    title="The top of the head seems to be cut off.",
    remedy="Use a picture with some room above the hair.",
    severity=Severity.WARNING,
    limit=0.0,
    unit="% of the face's height",
    tavus_type="HeadNotFullyInFrameError",
    how="Room above the crown, which is guessed at 22 % of the face's height above the hairline; high hair is not "
    "seen.",
)
SHOULDERS_CUT = Rule(
    id="portrait.shoulders_cut",
    title="The shoulders are not in the picture.",
    remedy="Use a picture of head, shoulders and chest.",
    severity=Severity.WARNING,
    limit=20.0,
    unit="% of the face's height",
    tavus_type="HeadNotFullyInFrameError",
    how="Room below the chin. Shoulders show from about 25 %; portraits have 60 to 400 %.",
)
TURNED_AWAY = Rule(
    id="portrait.turned_away",
    title="The head is turned away from the camera.",
    remedy="Use a picture in which the person faces the camera.",
    limit=30.0,
    unit="degrees",
    tavus_type="LookingStraightAtCameraError",
    how="The larger of the angles sideways and up or down, from the face mesh; true to a few degrees.",
)
TURNED = Rule(
    id="portrait.turned",
    title="The head is not quite turned to the camera.",
    remedy="Use a picture in which the person faces the camera at eye level.",
    severity=Severity.WARNING,
    limit=15.0,
    unit="degrees",
    tavus_type="LookingStraightAtCameraError",
    how="The larger of the angles sideways and up or down. Up to 10 in frontal portraits, of which up to 8 are "
    "the model's own error.",
)
LYING = Rule(
    id="portrait.lying",
    title="The head lies on its side.",
    remedy="Use an upright picture of a person who sits or stands.",
    limit=45.0,
    unit="degrees",
    tavus_type="PoseNotSuitableError",
    how="Angle between the head's axis and the picture's height.",
)
LEANING = Rule(
    id="portrait.leaning",
    title="The head leans to one side.",
    remedy="Hold the head upright, or turn the picture.",
    severity=Severity.WARNING,
    limit=15.0,
    unit="degrees",
    tavus_type="PoseNotSuitableError",
    how="Angle between the head's axis and the picture's height; up to 10 in portraits. The body is not measured.",
)
LOOKS_AWAY = Rule(
    id="portrait.looks_away",
    title="The eyes do not look into the camera.",
    remedy="Look into the lens, not at the screen.",
    severity=Severity.WARNING,
    limit=20.0,
    unit="degrees",
    tavus_type="LookingStraightAtCameraError",
    how="Head and eyes together, from blend shapes; true to perhaps ten degrees, hence a warning only.",
)
EYES_CLOSED = Rule(
    id="portrait.eyes_closed",
    title="The eyes are closed.",
    remedy="Use a picture with open eyes.",
    limit=50.0,
    unit="% shut",
    tavus_type="LookingStraightAtCameraError",
    how="Mean of both lids' blend shapes: up to 32 with open eyes, narrow and smiling ones among them, 55 and "
    "more with closed ones.",
)
MOUTH_OPEN = Rule(
    id="portrait.mouth_open",
    title="The mouth is open.",
    remedy="A picture with closed lips and a calm face makes the best replica.",
    severity=Severity.HINT,
    limit=0.08,
    unit="of the distance of the eyes",
    how="Gap of the inner lips; 0.05 and less with closed lips, 0.15 in a smile that shows teeth.",
)
SUNGLASSES = Rule(
    id="portrait.sunglasses",
    title="The eyes are hidden by dark glasses.",
    remedy="Take the glasses off.",
    limit=55.0,
    unit="% of the face's lightness",
    tavus_type="Phx4FaceObscuredError",
    how="Lightness of the skin below the eyes against that of forehead, cheeks, nose and chin: 69 and more "
    "without glasses; 10 and less with dark lenses, which were drawn on photographs.",
)
GLASSES = Rule(
    id="portrait.glasses",
    title="The person seems to wear glasses.",
    remedy="Take the glasses off; their rims and reflections stay in place when the face moves.",
    severity=Severity.WARNING,
    limit=30.0,
    unit="levels",
    tavus_type="Phx4FaceObscuredError",
    how="Edges across the bridge of the nose: up to 19 without, 48 and more with dark rims. Thin and rimless ones "
    "(23) are missed.",
)
FOREHEAD_COVERED = Rule(
    id="portrait.forehead_covered",
    title="Something lies over the forehead: a hat, a hand or hair.",
    remedy="Take hats off and keep hands away and hair out of the face.",
    severity=Severity.WARNING,
    limit=25.0,
    unit="levels",
    tavus_type="Phx4FaceObscuredError",
    how="Edges on the forehead, or a colour 16 levels and more from that of the skin below the eyes. Bare "
    "foreheads have up to 20 and 11. A fringe counts; a hat above the hairline, or one of the skin's colour, "
    "is not seen.",
)
CHEEK_COVERED = Rule(
    id="portrait.cheek_covered",
    title="Something lies over a cheek: a hand, hair or an object.",
    remedy="Keep hands, hair and microphones away from the face.",
    severity=Severity.WARNING,
    limit=45.0,
    unit="levels",
    tavus_type="Phx4FaceObscuredError",
    how="Edges on a cheek of a face that is turned to the camera: up to 36 if bare. A hand without a hard outline "
    "is not seen.",
)
MOUTH_COVERED = Rule(
    id="portrait.mouth_covered",
    title="Mouth and chin are covered.",
    remedy="Take the mask or scarf off.",
    limit=22.0,
    unit="levels",
    tavus_type="Phx4FaceObscuredError",
    how="Distance in colour (CIE a*b*) of upper lip and chin, the nearer of the two, from the skin below the "
    "eyes: up to 12 if bare, beards among them; 29 and more with masks, which were drawn on photographs. "
    "Skin-coloured covers are not seen.",
)
COVERED = Rule(
    id="portrait.covered",
    title="Part of the face is covered.",
    remedy="Show the whole face: no hand, hair or object before it.",
    tavus_type="Phx4FaceObscuredError",
    how="Two signals agree: the face detector is less sure than of a bare face (score below 0.9) and something "
    "lies over forehead, cheek or mouth.",
)

RULES: tuple[Rule, ...] = (
    NO_FACE,
    ON_ITS_SIDE,
    NOT_HUMAN,
    FACE_UNCLEAR,
    SEVERAL_PEOPLE,
    FACE_BEHIND,
    FACE_TOO_SMALL,
    FACE_SMALL,
    FACE_FAR,
    OFF_CENTRE,
    HEAD_CUT,
    CROWN_CUT,
    SHOULDERS_CUT,
    TURNED_AWAY,
    TURNED,
    LYING,
    LEANING,
    LOOKS_AWAY,
    EYES_CLOSED,
    MOUTH_OPEN,
    SUNGLASSES,
    GLASSES,
    FOREHEAD_COVERED,
    CHEEK_COVERED,
    MOUTH_COVERED,
    COVERED,
    *portrait_picture_rules.RULES,
)
