"""The table of rules for footage: what is asked of it, why it matters to a person, and what to do.

Limits marked (Tavus) are those that Tavus publishes for its replicas; the others were chosen so that recordings
which train well pass, and are explained where they are.
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
TOO_SHORT = Rule(
    id="footage.too_short",
    title="The recording is too short.",
    remedy="Record a minute or more of natural speech.",
    limit=10.0,
    unit="s",
    tavus_type="video_duration",
)
SILENT = Rule(
    id="footage.silent",
    title="The sound track is digital silence.",
    remedy="Check that the microphone was on and not muted, and record again.",
    tavus_type="audio_processing",
)
NO_SPEECH = Rule(
    id="footage.no_speech",
    title="Nobody speaks in the recording.",
    remedy="Record the person speaking; how the mouth moves can be learnt only from speech.",
    limit=1.0,
    unit="s of speech",
    tavus_type="audio_processing",
)
TOO_LITTLE_SPEECH = Rule(
    id="footage.too_little_speech",
    title="There is too little speech in the parts that can be used.",
    remedy="Record a minute or more of speech with the face in full view.",
    limit=8.0,
    unit="s of speech",
    tavus_type="video_duration",
)
LITTLE_SPEECH = Rule(
    id="footage.little_speech",
    title="There is little speech; the replica will know fewer shapes of the mouth than it could.",
    remedy="Record a minute or more (Tavus asks for 60 s).",
    severity=Severity.WARNING,
    limit=60.0,
    unit="s of speech",
    tavus_type="video_duration",
)
TOO_DARK = Rule(
    id="footage.too_dark",
    title="The picture is too dark to see anyone.",
    remedy="Face a window or a lamp; the light should come from the front.",
    limit=35.0,
    unit="of 255",
    tavus_type="poor_lighting",
)
DIM = Rule(
    id="footage.dim",
    title="The light on the face is dim.",
    remedy="Face a window or a lamp; the light should come from the front.",
    severity=Severity.WARNING,
    limit=45.0,  # dark skin in good light is above it
    unit="of 255",
    tavus_type="poor_lighting",
)
RATE_TOO_LOW = Rule(
    id="footage.rate_too_low",
    title="The recording has too few pictures a second to follow lips.",
    remedy="Record with 25 pictures a second or more; in poor light cameras lower the rate, so add light.",
    limit=15.0,
    unit="pictures/s",
    tavus_type="video_fps",
)
RATE_LOW = Rule(
    id="footage.rate_low",
    title="The recording has fewer pictures a second than it should.",
    remedy="Record with 25 pictures a second or more (Tavus asks for 25).",
    severity=Severity.WARNING,
    limit=23.9,
    unit="pictures/s",
    tavus_type="video_fps",
)
RATE_UNEVEN = Rule(
    id="footage.rate_uneven",
    title="The rate of pictures varies; movement may look less smooth.",
    remedy="Record with a camera program that keeps a constant rate.",
    severity=Severity.HINT,
    tavus_type="video_fps",
)
RESOLUTION_LOW = Rule(
    id="footage.resolution_low",
    title="The picture has a low resolution.",
    remedy="Record with 1920 x 1080; Tavus names less than 720 lines as a cause of poor replicas.",
    severity=Severity.WARNING,
    limit=720.0,
    unit="px on the shorter side",
    tavus_type="quality_issue_detected",
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
    TOO_SHORT,
    SILENT,
    NO_SPEECH,
    TOO_LITTLE_SPEECH,
    LITTLE_SPEECH,
    TOO_DARK,
    DIM,
    RATE_TOO_LOW,
    RATE_LOW,
    RATE_UNEVEN,
    RESOLUTION_LOW,
)
