"""What can be wrong with the picture of who speaks the statement.

A recording of the person that was given another sound, or a sound that was given a photograph, must not pass as
consent. What these rules cannot tell is a mouth that a machine made to move with the sound.
"""

from __future__ import annotations

from countenance.errors import Rule, Severity
from countenance.people.lipsync import IN_SYNC, LEAST_S, SYNC_REVIEW

_RECORD_SPEAKING = (
    "Record the statement in one go: the person looks into the camera, in good light, and reads it aloud."
)
_MEASURED = "A linear map from Whisper's encoder gives the opening that the sound lets one expect. "

MOST_RIGID = 0.0065
"""`Liveness.nonrigid` of photographs that are held still, moved, turned and tilted is 0 to 0.0061; of people who speak
0.007 to 0.022."""

STILL_PICTURE = Rule(
    id="consent.still_picture",
    title="The consent recording shows a picture of a person, not a person who speaks.",
    remedy=_RECORD_SPEAKING,
    limit=0.012,
    unit="movement of the lips",
    tavus_type="consent_phrase_mismatch",
    how="As for `consent.mouth_still`; besides, nobody blinks, and a flat picture that is moved before the camera "
    f"explains all but {MOST_RIGID} of the movement of the face (share of the distance of the eyes).",
)
MOUTH_STILL = Rule(
    id="consent.mouth_still",
    title="The mouth of the person who is seen does not move while the statement is heard.",
    remedy=_RECORD_SPEAKING,
    limit=0.012,
    unit="movement of the lips",
    tavus_type="consent_phrase_mismatch",
    how="Root mean square of the lips' opening within a second while somebody speaks, as a share of the distance of "
    "the outer eye corners. Photographs that are moved measured up to 0.008, people who speak 0.027 and more.",
)
LIPS_NOT_SEEN = Rule(
    id="consent.lips_not_seen",
    title="The mouth is not seen long enough to tell whether it speaks the statement; watch the recording.",
    remedy="If the person is seen speaking, go on; else record again with the whole face in view all the time.",
    severity=Severity.WARNING,
    limit=LEAST_S,
    unit="s of speech with the mouth in view",
    tavus_type="consent_phrase_mismatch",
)
NOT_IN_SYNC = Rule(
    id="consent.not_in_sync",
    title="The statement is not spoken by the mouth that is seen: lips and sound do not fit.",
    remedy=_RECORD_SPEAKING + " Do not put another sound under a video.",
    limit=SYNC_REVIEW,
    tavus_type="consent_phrase_mismatch",
    how=_MEASURED + "Its correlation with the opening that is seen, with the sound up to half a second late or early. "
    "It is refused too if sound and lips fit better where the sound is moved by more than that.",
)
SYNC_UNSURE = Rule(
    id="consent.sync_unsure",
    title="It is not certain that the mouth that is seen speaks the statement; watch the recording.",
    remedy="If lips and sound fit, go on; else record again, closer to the camera and in a quiet room.",
    severity=Severity.WARNING,
    limit=IN_SYNC,
    tavus_type="consent_phrase_mismatch",
    how=_MEASURED + "Its correlation with the opening that is seen, or how little it stands out from chance.",
)
SOUND_OFFSET = Rule(
    id="consent.sound_offset",
    title="Sound and picture of the consent recording are not in step; watch the recording.",
    remedy="If lips and sound fit apart from that, go on; else record again with another program.",
    severity=Severity.WARNING,
    limit=200.0,  # people in step measured -60 to 70 ms
    unit="ms",
    tavus_type="consent_phrase_mismatch",
    how="The displacement of the sound at which lips and sound fit best; true to about 40 ms.",
)

RULES: tuple[Rule, ...] = (STILL_PICTURE, MOUTH_STILL, LIPS_NOT_SEEN, NOT_IN_SYNC, SYNC_UNSURE, SOUND_OFFSET)
