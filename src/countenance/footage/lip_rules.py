"""What is asked of the mouth in footage: that it is seen, speaks what is heard, and rests where nothing is heard.

Measured at 12.5 pictures a second. On recordings in step (volunteers who read commands, a man on a sofa, a woman who
speaks to the camera, the stock presenter) sound and lips agreed to 0.56 to 0.93 over 10 s of speech and more.
"""

from __future__ import annotations

from countenance.errors import Rule, Severity
from countenance.people.lipsync import IN_SYNC, SYNC_REVIEW

_EXPECTED = (
    "A linear map from Whisper's encoder gives the lip opening that the sound lets one expect; it is correlated with "
    "the opening that is seen, 12.5 times a second, while somebody speaks, with the sound up to half a second late or "
    "early. "
)

SOUND_OFFSET = Rule(
    id="footage.sound_offset",
    title="Sound and picture are not in step.",
    remedy="Record with one device, or move the sound in an editing program until lips and words fit.",
    severity=Severity.WARNING,
    limit=100.0,  # recordings in step measured -40 to 70 ms; people notice 45 ms early, 125 ms late (ITU-R BT.1359)
    unit="ms",
    tavus_type="other_quality_issue",
    how=_EXPECTED + "The displacement at which they fit best, true to about 40 ms.",
)
DUBBED = Rule(
    id="footage.dubbed",
    title="What is heard is not spoken by the mouth that is seen.",
    remedy="Use the sound that was recorded with the picture; a voice-over or other music and talk teach the replica "
    "wrong lips.",
    limit=SYNC_REVIEW,
    unit="agreement of lips and sound",
    tavus_type="other_quality_issue",
    how=_EXPECTED + "It is refused too if they fit better with the sound elsewhere, or if half of the speech does not "
    "fit; from 6 s of speech on.",
)
DUBBED_PART = Rule(
    id="footage.dubbed_part",
    title="In parts, what is heard is not spoken by the mouth that is seen; these parts are not used.",
    remedy="Cut off the parts with a voice-over, or use the sound that was recorded with the picture.",
    severity=Severity.WARNING,
    limit=0.28,  # 6 s of speech in step measured 0.32 at least, foreign sound 0.05 typically and 0.46 at most
    unit="agreement of lips and sound",
    tavus_type="other_quality_issue",
    how=_EXPECTED + "Here within 6 s around each moment.",
)
SYNC_UNSURE = Rule(
    id="footage.sync_unsure",
    title="Lips and sound fit only loosely.",
    remedy="See that the sound is the one that was recorded with the picture, that the mouth is well lit and not "
    "covered, and that nobody else speaks.",
    severity=Severity.WARNING,
    limit=IN_SYNC,
    unit="agreement of lips and sound",
    tavus_type="other_quality_issue",
    how=_EXPECTED + "Also if they fit hardly better than with the sound elsewhere.",
)
MOUTH_HIDDEN = Rule(
    id="footage.mouth_hidden",
    title="The mouth cannot be followed while the person speaks.",
    remedy="Keep hands, the microphone and hair away from the mouth, and face the camera.",
    severity=Severity.WARNING,
    limit=0.5,
    unit="s",
    tavus_type="face_or_obstruction_detected",
    how="Stretches of speech in which a face is found, but the face mesh is not.",
)
MOUTH_STILL = Rule(
    id="footage.mouth_still",
    title="Somebody speaks while the mouth that is seen rests.",
    remedy="Only the person in the picture should be heard; leave out voice-overs and other people's questions.",
    severity=Severity.WARNING,
    limit=0.012,  # mouths that speak measured 0.027 on the whole, still ones up to 0.008
    unit="movement of the lips",
    tavus_type="other_quality_issue",
    how="Root mean square of the changes of the lips' opening within 2 s of speech, as a share of the distance of the "
    "outer eye corners.",
)
LIPS_NEVER_CLOSE = Rule(
    id="footage.lips_never_close",
    title="The lips never close while the person speaks.",
    remedy="Close the lips between sentences, and speak p, b and m clearly.",
    severity=Severity.HINT,
    limit=0.045,  # 0.002 to 0.02 for those who close them
    unit="of the distance of the eyes",
    tavus_type="other_quality_issue",
    how="The opening of the lips that 98 % of the speech exceeds.",
)
MOUTH_OPENS_LITTLE = Rule(
    id="footage.mouth_opens_little",
    title="The mouth opens so little that the teeth are hardly seen.",
    remedy="Speak clearly and lively, and smile for two seconds at the beginning.",
    severity=Severity.HINT,
    limit=0.08,  # 0.13 to 0.23 for those who speak clearly
    unit="of the distance of the eyes",
    tavus_type="teeth_not_visible",
    how="The opening of the lips that 5 % of the speech exceeds. The teeth themselves are not looked for.",
)
NO_LISTENING = Rule(
    id="footage.no_listening",
    title="The person never listens: there is no stretch of silence with closed lips.",
    remedy="After speaking, look into the camera for 30 s, silent, with closed lips and a friendly face.",
    severity=Severity.WARNING,
    limit=2.0,
    unit="s",
    tavus_type="video_duration",
    how="The longest stretch without speech in which the lips are open by less than 0.03 of the distance of the eyes.",
)
LITTLE_LISTENING = Rule(
    id="footage.little_listening",
    title="The person listens for a short time only.",
    remedy="Let the person look into the camera for 30 s, silent, with closed lips.",
    severity=Severity.HINT,
    limit=30.0,
    unit="s",
    tavus_type="video_duration",
    how="As for `footage.no_listening`.",
)
MOUTH_MOVES = Rule(
    id="footage.mouth_moves",
    title="The mouth moves while nothing is heard.",
    remedy="Keep the lips closed and at rest while listening; if words are missing, check the microphone.",
    severity=Severity.WARNING,
    limit=0.012,
    unit="movement of the lips",
    tavus_type="other_quality_issue",
    how="Root mean square of the changes of the lips' opening within a second, for 1.5 s and longer while nobody "
    "speaks, as a share of the distance of the outer eye corners. Shut mouths measured up to 0.005.",
)

VOICE_BESIDE = Rule(
    id="footage.voice_beside",
    title="Somebody is heard while the lips of the person who is seen are closed.",
    remedy="Let nobody else speak while you record, and switch radios and televisions off.",
    severity=Severity.WARNING,
    # Clean recordings up to 7; another voice that never stops, 25 dB below the person 30 to 60, 10 dB 80 and more.
    limit=30.0,
    unit="% of the time",
    tavus_type="background_noise_detected",
    how="Share of the time in which the lips rest closed, for 0.4 s or longer, that the voice detector takes for "
    "speech. Not measured where they rest for less than a second in all.",
)

RULES: tuple[Rule, ...] = (
    SOUND_OFFSET,
    DUBBED,
    DUBBED_PART,
    SYNC_UNSURE,
    MOUTH_HIDDEN,
    MOUTH_STILL,
    LIPS_NEVER_CLOSE,
    MOUTH_OPENS_LITTLE,
    NO_LISTENING,
    LITTLE_LISTENING,
    MOUTH_MOVES,
    VOICE_BESIDE,
)
