"""What is asked of the face in footage: that there is one, alone, well placed and turned to the camera.

Clean recordings are: the stock presenter, a man on a sofa with lively hands, volunteers who read commands, and four
stills of people that were set in motion. What they measured at most stands beside each limit.
"""

from __future__ import annotations

from countenance.errors import Rule, Severity

NO_FACE = Rule(
    id="footage.no_face",
    title="There is hardly a face to be seen.",
    remedy="Record a person who looks into the camera; cartoons, animals and people far away do not count.",
    limit=25.0,
    unit="% of the time",
    tavus_type="video_processing",
    how="YuNet looks for faces four times a second in the picture at 640 px.",
)
ON_ITS_SIDE = Rule(
    id="footage.on_its_side",
    title="The recording lies on its side or is upside down.",
    remedy="Turn the recording in a video editor or in the photo app, or record again with the camera held upright.",
    limit=0.0,
    unit="degrees",
    tavus_type="video_processing",
    how="Up to 15 pictures without a face that is surely upright are turned by a quarter and by half, and most of "
    "them show it then.",
)
FACE_MISSING = Rule(
    id="footage.face_missing",
    title="The face is out of sight for too much of the recording.",
    remedy="Stay in the picture, uncovered and turned to the camera, or cut those parts off.",
    limit=30.0,
    unit="% of the time",
    tavus_type="face_or_obstruction_detected",
    how="YuNet looks for faces four times a second.",
)
FACE_LEAVES = Rule(
    id="footage.face_leaves",
    title="The face is out of sight now and then; these parts are not used.",
    remedy="Stay in the picture and keep hands and objects away from the face.",
    severity=Severity.WARNING,
    limit=0.45,  # two detections in a row; one that fails is the detector's slip
    unit="s",
    tavus_type="face_or_obstruction_detected",
    how="YuNet looks for faces four times a second; the longest stretch without one.",
)
SECOND_PERSON = Rule(
    id="footage.second_person",
    title="More than one face is in the picture.",
    remedy="Record one person alone; take down posters and pictures that show faces.",
    limit=10.0,
    unit="% of the time",
    tavus_type="second_person_detected",
    how="A further face counts from 0.2 of the main face's width on, in the background and on a wall too.",
)
SOMEONE_PASSES = Rule(
    id="footage.someone_passes",
    title="A second face is in the picture for a moment; these parts are not used.",
    remedy="Record alone and keep others out of the background.",
    severity=Severity.WARNING,
    limit=0.45,
    unit="s",
    tavus_type="second_person_detected",
    how="As for `footage.second_person`; the longest stretch.",
)
FACE_TOO_SMALL = Rule(
    id="footage.face_too_small",
    title="The face is too small to learn from.",
    remedy="Come closer or record in a higher resolution.",
    limit=64.0,
    unit="px wide",
    tavus_type="improper_distance",
    how="Median width of the face, temple to temple, in pixels of the recording.",
)
FACE_SMALL = Rule(
    id="footage.face_small",
    title="The face is small; the replica will be less sharp than it could be.",
    remedy="Come closer, or record in a higher resolution, until the face is 200 px wide or more.",
    severity=Severity.WARNING,
    limit=128.0,
    unit="px wide",
    tavus_type="improper_distance",
    how="Median width of the face, temple to temple, in pixels of the recording.",
)
FACE_FAR = Rule(
    id="footage.face_far",
    title="The face fills little of the picture.",
    remedy="Come closer: waist-up framing, the face about a quarter of the picture's shorter side.",
    severity=Severity.HINT,
    limit=15.0,
    unit="% of the shorter side",
    tavus_type="improper_distance",
    how="Median height of the face, brow to chin.",
)
FACE_NEAR = Rule(
    id="footage.face_near",
    title="The face is too close to the camera; there is no room for the head and the shoulders.",
    remedy="Sit further back: waist-up framing, the camera about a metre away.",
    severity=Severity.WARNING,
    limit=75.0,  # clean recordings: up to 57
    unit="% of the shorter side",
    tavus_type="improper_distance",
    how="Median height of the face, brow to chin.",
)
HEAD_CUT = Rule(
    id="footage.head_cut",
    title="The edge of the picture cuts into the head.",
    remedy="Tilt the camera or sit back until there is a hand's breadth of room above the hair.",
    severity=Severity.WARNING,
    limit=2.0,  # clean recordings: 9 at the least
    unit="% of the picture between the face and its edge",
    tavus_type="improper_distance",
    how="The face, brow to chin, as YuNet sees it: the hair above it is not seen, so this speaks up late.",
)
HEADROOM = Rule(
    id="footage.headroom",
    title="There is much empty room above the head.",
    remedy="Raise the picture's lower edge or come closer: eyes at a third of the height, shoulders in view.",
    severity=Severity.HINT,
    limit=30.0,  # clean recordings: up to 24
    unit="% of the picture's height",
    tavus_type="improper_distance",
    how="From the top edge to the crown, which is taken to be a third of the face above the brow.",
)
OFF_CENTRE = Rule(
    id="footage.off_centre",
    title="The face is far from the middle of the picture.",
    remedy="Sit in the middle.",
    severity=Severity.HINT,
    limit=16.0,  # clean recordings: up to 7
    unit="% of the picture's width",
    tavus_type="improper_distance",
    how="Median distance of the face's middle from the picture's, to the side.",
)
FACE_TURNED = Rule(
    id="footage.face_turned",
    title="The face is turned away from the camera; these parts are not used.",
    remedy="Look into the camera, at eye level, all the time.",
    severity=Severity.WARNING,
    limit=25.0,  # clean recordings: 95 % of the time below 20, single moments up to 26
    unit="degrees",
    tavus_type="face_turned_away",
    how="The larger of yaw and pitch of the face mesh, true to a few degrees; pitch against its median (8 degrees "
    "at most). 90 where no mesh fits the face.",
)
CAMERA_ANGLE = Rule(
    id="footage.camera_angle",
    title="The camera looks at the face from above or below.",
    remedy="Put the camera at the height of the eyes.",
    severity=Severity.WARNING,
    limit=15.0,  # clean recordings: up to 9, a laptop on a table 12
    unit="degrees",
    tavus_type="improper_camera_angle",
    how="Median pitch of the face mesh; somebody who looks down all the time is seen in the same way.",
)
HEAD_TILTED = Rule(
    id="footage.head_tilted",
    title="The head or the camera is tilted to one side.",
    remedy="Hold the head upright and level the camera.",
    severity=Severity.WARNING,
    limit=15.0,  # clean recordings: up to 14
    unit="degrees",
    tavus_type="face_turned_away",
    how="Roll of the face mesh in stretches of half a second or more.",
)
HEAD_MOVES = Rule(
    id="footage.head_moves",
    title="The head moves a lot.",
    remedy="Sit still; small movements while speaking are welcome.",
    severity=Severity.WARNING,
    limit=50.0,  # clean recordings: up to 36
    unit="% of the face's width within a second",
    tavus_type="excessive_movement_detected",
    how="How far apart the face's middle is within a second, shift of the camera included.",
)
DISTANCE_CHANGES = Rule(
    id="footage.distance_changes",
    title="The distance to the camera changes.",
    remedy="Stay at one distance; do not lean to and fro, and do not zoom.",
    severity=Severity.WARNING,
    limit=25.0,  # clean recordings: up to 14 over sessions on different days
    unit="% of the face's width",
    tavus_type="inconsistent_distance",
    how="How much wider the face is at its widest than at its narrowest, the extreme twentieths of the time left out.",
)
FACE_COVERED = Rule(
    id="footage.face_covered",
    title="Something covers part of the face.",
    remedy="Keep hands, hair, masks and the microphone away from the face.",
    severity=Severity.WARNING,
    limit=1.0,
    unit="parts of the face",
    tavus_type="hands_obstructing_face",
    how="Weak: no model knows hands or masks. Patches of the face are compared with the forehead (far off in colour "
    "or far darker) and with themselves at other times (three of them, or mouth and upper lip, change while the "
    "forehead does not). A hand that is there all the time, a thin microphone and a mask of the skin's colour are "
    "not seen.",
)
EYES_COVERED = Rule(
    id="footage.eyes_covered",
    title="The eyes are hidden, as by dark glasses.",
    remedy="Take off sunglasses; let light fall on the eyes from the front.",
    severity=Severity.WARNING,
    limit=32.0,  # clean recordings: 39 at the least; sunglasses that hold back 75 % of the light: 24
    unit="% of the cheeks' lightness",
    tavus_type="face_or_obstruction_detected",
    how="Lightness (CIELAB) of the patches on both eyes against the lighter cheek; clear glasses pass.",
)
EYES_SHUT = Rule(
    id="footage.eyes_shut",
    title="The eyes stay shut.",
    remedy="Look into the camera; blinking is fine.",
    severity=Severity.WARNING,
    limit=1.0,  # clean recordings: blinks of up to 0.3
    unit="s",
    tavus_type="quality_issue_detected",
    how="The face mesh's blink value is above 0.5 for both eyes; looking down counts in part.",
)

RULES: tuple[Rule, ...] = (
    NO_FACE,
    ON_ITS_SIDE,
    FACE_MISSING,
    FACE_LEAVES,
    SECOND_PERSON,
    SOMEONE_PASSES,
    FACE_TOO_SMALL,
    FACE_SMALL,
    FACE_FAR,
    FACE_NEAR,
    HEAD_CUT,
    HEADROOM,
    OFF_CENTRE,
    FACE_TURNED,
    CAMERA_ANGLE,
    HEAD_TILTED,
    HEAD_MOVES,
    DISTANCE_CHANGES,
    FACE_COVERED,
    EYES_COVERED,
    EYES_SHUT,
)
