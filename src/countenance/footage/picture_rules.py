"""What is asked of the picture of footage: light, sharpness, stillness, one unbroken take.

Clean recordings are those of `face_rules`; what they measured at most stands beside each limit.
"""

from __future__ import annotations

from countenance.errors import Rule, Severity

TOO_DARK = Rule(
    id="footage.too_dark",
    title="The picture is too dark to see anyone.",
    remedy="Face a window or a lamp; the light should come from the front.",
    limit=35.0,
    unit="of 255",
    tavus_type="poor_lighting",
    how="Median brightness of the whole picture, where no face is seen.",
)
DIM = Rule(
    id="footage.dim",
    title="The light on the face is dim.",
    remedy="Face a window or a lamp; the light should come from the front.",
    severity=Severity.WARNING,
    limit=84.0,  # clean recordings: 93 at the least; dark skin in good light: 109
    unit="of 255",
    tavus_type="poor_lighting",
    how="Median brightness of the face, in a picture that is dim as a whole (below 70) too; below 45 in any picture.",
)
OVEREXPOSED = Rule(
    id="footage.overexposed",
    title="The face is too bright: parts of it are blown out.",
    remedy="Soften the light or lower the camera's exposure.",
    severity=Severity.WARNING,
    limit=30.0,  # clean recordings: up to 17
    unit="% of the face",
    tavus_type="poor_lighting",
    how="Share of the face of which a colour is above 250 of 255.",
)
LOW_CONTRAST = Rule(
    id="footage.low_contrast",
    title="The picture is pale, as if through haze.",
    remedy="Clean the lens, and keep lamps and windows out of its view.",
    severity=Severity.WARNING,
    limit=110.0,
    unit="of 255",
    tavus_type="poor_lighting",
    how="From the darkest to the lightest fiftieth of the whole picture.",
)
UNEVEN_LIGHT = Rule(
    id="footage.uneven_light",
    title="One side of the face is much darker than the other.",
    remedy="Put the lamp in front of you, or a second one on the dark side.",
    severity=Severity.WARNING,
    limit=25.0,  # clean recordings: up to 18
    unit="% darker",
    tavus_type="poor_lighting",
    how="Median over the moments at which the face looks straight ahead: mean of the two halves of its middle.",
)
LIGHT_CHANGES = Rule(
    id="footage.light_changes",
    title="The light on the face changes.",
    remedy="Keep the light constant: no clouds and screens, and the camera's exposure fixed.",
    severity=Severity.WARNING,
    limit=14.0,  # clean recordings: up to 12 over sessions on different days, else up to 8
    unit="% of its brightness",
    tavus_type="lighting_change_detected",
    how="Brightness of the face against where it mostly is, in stretches of half a second or more.",
)
FLICKER = Rule(
    id="footage.flicker",
    title="The picture flickers.",
    remedy="Set the camera to the mains frequency (50 or 60 Hz) or use another lamp.",
    severity=Severity.WARNING,
    limit=1.0,
    unit="% of the brightness from picture to picture",
    tavus_type="lighting_change_detected",
    how="Median over a second of how much whole rows of the picture change; bands that wander are seen as well.",
)
FLASH = Rule(
    id="footage.flash",
    title="There is a flash.",
    remedy="Record without photographers and blinking screens.",
    severity=Severity.WARNING,
    limit=20.0,  # clean recordings: up to 8
    unit="% of the brightness",
    tavus_type="lighting_change_detected",
    how="Pictures of which the brightness is off the median of the second around them, for less than half of it.",
)
BLURRED = Rule(
    id="footage.blurred",
    title="The face is not sharp.",
    remedy="Let the camera focus on the eyes, clean the lens, add light, and do not enlarge the picture.",
    severity=Severity.WARNING,
    limit=48.0,  # clean recordings: 50 at the least, most above 57; a picture enlarged three times: 46
    unit="% of the coarser detail",
    tavus_type="quality_issue_detected",
    how="Median of fine detail against coarser detail of the face, at 256 px at most (two bands an octave wide). "
    "Stretches of a second in which it falls below three quarters of that are named and left out.",
)
COMPRESSED = Rule(
    id="footage.compressed",
    title="The picture is compressed so much that it shows blocks.",
    remedy="Record with a higher bit rate, and do not send the file through a messenger.",
    severity=Severity.WARNING,
    limit=40.0,  # clean recordings: up to 5; MPEG-1 of 2006: 21
    unit="% larger steps",
    tavus_type="quality_issue_detected",
    how="Median of how much larger the steps at the edges of 8 px blocks are than the others, on the face.",
)
NOISE = Rule(
    id="footage.noise",
    title="The picture is grainy.",
    remedy="Add light: cameras amplify in the dark.",
    severity=Severity.WARNING,
    limit=3.5,  # clean recordings: up to 0.9
    unit="of 255",
    tavus_type="quality_issue_detected",
    how="How much every pixel near the face changes from picture to picture in the stillest tenth of the time.",
)
LETTERBOX = Rule(
    id="footage.letterbox",
    title="Black bars take up part of the picture.",
    remedy="Record in the camera's own format; do not add bars.",
    severity=Severity.HINT,
    limit=12.0,
    unit="% of the picture",
    tavus_type="quality_issue_detected",
    how="Black rows above and below, or columns on both sides.",
)
CAMERA_SHAKE = Rule(
    id="footage.camera_shake",
    title="The camera shakes.",
    remedy="Put the camera on a stand.",
    severity=Severity.WARNING,
    limit=0.5,  # clean recordings: up to 0.15
    unit="% of the picture within a second",
    tavus_type="excessive_movement_detected",
    how="How far the background, if it has some texture, moves to and fro.",
)
CAMERA_MOVES = Rule(
    id="footage.camera_moves",
    title="The camera moves or zooms.",
    remedy="Put the camera on a stand and leave it alone.",
    severity=Severity.WARNING,
    limit=0.5,
    unit="% of the picture within a second",
    tavus_type="excessive_movement_detected",
    how="How far the background, if it has some texture, moves in one direction.",
)
CUT = Rule(
    id="footage.cut",
    title="The picture jumps, as if something had been cut out or put together.",
    remedy="Record one take and leave it as it is.",
    severity=Severity.WARNING,
    limit=3.0,  # clean recordings: up to 2.1; joins of takes: 3.6 to 28
    unit="times the movement around it",
    tavus_type="video_editing_detected",
    how="The head changes at once more than in any of the four pictures before and after, and stays changed. A cut "
    "between two alike pictures, a slow dissolve and a cut in fast movement are not seen.",
)
BACKGROUND_MOVES = Rule(
    id="footage.background_moves",
    title="Something moves in the background.",
    remedy="Record before a wall or in an empty room; switch screens off.",
    severity=Severity.WARNING,
    limit=20.0,  # clean recordings: up to 17, by the person's own hands
    unit="% of the background",
    tavus_type="excessive_movement_detected",
    how="Share of the picture beside and above the person that changes within a quarter of a second, for one second "
    "or more, while the camera stands still.",
)
FROZEN = Rule(
    id="footage.frozen",
    title="The picture stands still while the recording goes on.",
    remedy="Close other programs while recording, and record locally rather than in a call.",
    severity=Severity.WARNING,
    limit=0.5,
    unit="s",
    tavus_type="quality_issue_detected",
    how="Pictures that are the same as the one before near the head.",
)
DUPLICATED = Rule(
    id="footage.duplicated",
    title="Many pictures are shown twice: the real rate is lower than the file says.",
    remedy="Record at the rate that the camera delivers; add light, for cameras slow down in the dark.",
    severity=Severity.WARNING,
    limit=10.0,  # clean recordings: up to 6
    unit="% of the pictures",
    tavus_type="video_fps",
    how="Pictures that differ from the one before far less than their neighbours do.",
)

RULES: tuple[Rule, ...] = (
    TOO_DARK,
    DIM,
    OVEREXPOSED,
    LOW_CONTRAST,
    UNEVEN_LIGHT,
    LIGHT_CHANGES,
    FLICKER,
    FLASH,
    BLURRED,
    COMPRESSED,
    NOISE,
    LETTERBOX,
    CAMERA_SHAKE,
    CAMERA_MOVES,
    CUT,
    BACKGROUND_MOVES,
    FROZEN,
    DUPLICATED,
)
