"""What can be wrong with a consent recording."""

from __future__ import annotations

from countenance.errors import Rule, Severity
from countenance.people.identity import FACE_MATCH, FACE_REVIEW
from countenance.people.voice import VOICE_MATCH, VOICE_REVIEW

_READ_AGAIN = "Read the statement aloud once more, word for word, clearly and without a break."
_SAME_PERSON = "The person in the footage must record the statement in person, with the same camera and microphone."

NAME_MISSING = Rule(
    id="consent.name_missing",
    title="It is not said whose consent this is.",
    remedy="Give the person's full name, in Latin letters, as it is spoken in the statement.",
    tavus_type="consent_phrase_mismatch",
)
UNKNOWN_LANGUAGE = Rule(
    id="consent.unknown_language",
    title="There is no consent statement in this language.",
    remedy="Choose one of the languages that are named, or add a file for it to the folder that "
    "COUNTENANCE_STATEMENTS_DIR names (docs/consent.md).",
)
STATEMENT_FILE_INVALID = Rule(
    id="consent.statement_file_invalid",
    title="A file with wordings of the consent statement cannot be used.",
    remedy="Correct what is named; docs/consent.md describes the file.",
)
NO_SPEECH = Rule(
    id="consent.no_speech",
    title="Nobody speaks in the consent recording.",
    remedy="Check the microphone, then read the statement aloud.",
    limit=3.0,
    unit="s of speech",
    tavus_type="consent_phrase_mismatch",
)
STATEMENT_NOT_SPOKEN = Rule(
    id="consent.statement_not_spoken",
    title="The consent statement is not spoken as it is written.",
    remedy=_READ_AGAIN,
    limit=85.0,
    unit="% of the words",
    tavus_type="consent_phrase_mismatch",
    how="share of the wording's words heard in their order (edit distance with free ends, Needleman and Wunsch 1970); "
    "key phrases must be whole, and no more than a fifth of other words may stand between",
)
NEGATED = Rule(
    id="consent.negated",
    title="Something is said with the statement that takes the consent back.",
    remedy=_READ_AGAIN + " Leave a pause before and after it.",
    tavus_type="consent_phrase_mismatch",
    how="words of denial among those that do not belong to the statement, or within six words of it in one breath",
)
NAME_NOT_HEARD = Rule(
    id="consent.name_not_heard",
    title="The statement is spoken in another name.",
    remedy="The person must say the name under which the consent is filed, slowly and clearly.",
    limit=0.5,
    tavus_type="consent_phrase_mismatch",
    how="likeness of the name and of what was heard in its place, by spelling and by sound, 0 to 1",
)
NAME_UNSURE = Rule(
    id="consent.name_unsure",
    title="The name was not understood for certain; listen to it.",
    remedy="If the name is right, go on; else record again and say the name slowly and clearly.",
    severity=Severity.WARNING,
    limit=0.65,
    tavus_type="consent_phrase_mismatch",
    how="as for consent.name_not_heard",
)
ORGANISATION_NOT_HEARD = Rule(
    id="consent.organisation_not_heard",
    title="The statement gives consent to somebody else.",
    remedy="The statement must name the organisation exactly as it is shown.",
    limit=0.45,
    tavus_type="consent_phrase_mismatch",
    how="as for consent.name_not_heard",
)
PHRASE_NOT_SPOKEN = Rule(
    id="consent.phrase_not_spoken",
    title="The one-time words are not spoken, so the recording may be an old one.",
    remedy="Ask for new one-time words and read the whole statement with them, clearly, one after the other.",
    limit=75.0,
    unit="% of the words",
    tavus_type="consent_phrase_mismatch",
    how="share of the one-time words that the recogniser heard in their order",
)
PHRASE_UNSURE = Rule(
    id="consent.phrase_unsure",
    title="Not every one-time word was understood for certain; listen to them.",
    remedy="If the words are right, go on; else ask for new ones and record again.",
    severity=Severity.WARNING,
    limit=100.0,
    unit="% of the words",
    tavus_type="consent_phrase_mismatch",
    how="share of the one-time words that the recogniser heard in their order",
)
PHRASE_UNKNOWN = Rule(
    id="consent.phrase_unknown",
    title="These one-time words were never given to this person, or were used already.",
    remedy="Ask for a new statement with one-time words and record it.",
    tavus_type="consent_phrase_mismatch",
)
PHRASE_EXPIRED = Rule(
    id="consent.phrase_expired",
    title="The one-time words are too old.",
    remedy="Ask for new ones, record the statement at once, and send it.",
    limit=30.0,
    unit="minutes",
    tavus_type="consent_phrase_mismatch",
)
PHRASE_NO_WORDS = Rule(
    id="consent.phrase_no_words",
    title="There are no one-time words in this language.",
    remedy="Do without them, or add 256 words or more to the language's file (docs/consent.md).",
)
CANNOT_STORE = Rule(
    id="consent.cannot_store",
    title="The data folder cannot be written to.",
    remedy="Check that you may write to it and that the disk is not full, or name another in COUNTENANCE_DATA_DIR.",
)
STATEMENT_NOT_FIRST = Rule(
    id="consent.statement_not_first",
    title="The statement does not stand at the beginning of the footage.",
    remedy="Begin the footage with the statement, or give it as a recording of its own.",
    limit=5.0,
    unit="s before the statement",
    tavus_type="consent_phrase_mismatch",
    how="What comes before the statement is held against nobody, so there may be next to nothing.",
)
NO_FACE = Rule(
    id="consent.no_face",
    title="The person who speaks the statement is not seen all the time.",
    remedy="Look into the camera while reading the statement.",
    limit=90.0,
    unit="% of the time",
    tavus_type="video_processing",
    how="share of 32 moments, spread evenly over the statement, at which a face is found",
)
SEVERAL_FACES = Rule(
    id="consent.several_faces",
    title="More than one face is in the consent recording.",
    remedy="Record the statement alone.",
    limit=5.0,  # one of the 32 moments may be the detector's slip
    unit="% of the time",
    tavus_type="second_person_detected",
    how="share of 32 moments at which a second face is at least a quarter as wide as the main one",
)
FACE_NOT_COMPARED = Rule(
    id="consent.face_not_compared",
    title="The faces could not be compared, because one of the recordings shows none.",
    remedy=_SAME_PERSON,
    tavus_type="video_processing",
)
OTHER_FACE = Rule(
    id="consent.other_face",
    title="The face in the consent recording is not the face in the footage.",
    remedy=_SAME_PERSON,
    limit=FACE_REVIEW,
    how="cosine of the median SFace embeddings of the most frontal faces, one from each sixteenth of the time",
)
FACE_UNSURE = Rule(
    id="consent.face_unsure",
    title="The faces in the two recordings are not certain to be one person's; look at both.",
    remedy="If it is one person, go on; else record the statement again in good light.",
    severity=Severity.WARNING,
    limit=FACE_MATCH,
    how="as for consent.other_face; also where a tenth of the single faces of one recording fits the other badly",
)
VOICE_NOT_COMPARED = Rule(
    id="consent.voice_not_compared",
    title="The voices could not be compared, because too little is spoken in the footage.",
    remedy="Use footage in which the person speaks.",
    severity=Severity.WARNING,
    limit=3.0,
    unit="s of speech",
)
OTHER_VOICE = Rule(
    id="consent.other_voice",
    title="The voice in the consent recording is not the voice in the footage.",
    remedy=_SAME_PERSON,
    limit=VOICE_REVIEW,
    how="cosine of the speaker embeddings of all that is spoken in both recordings",
)
VOICE_UNSURE = Rule(
    id="consent.voice_unsure",
    title="The voices in the two recordings are not certain to be one person's; listen to both.",
    remedy="If it is one person, go on; else record the statement again in a quiet room.",
    severity=Severity.WARNING,
    limit=VOICE_MATCH,
    how="as for consent.other_voice; also where a tenth of the footage's stretches of eight seconds fits badly",
)

RULES: tuple[Rule, ...] = (
    NAME_MISSING,
    UNKNOWN_LANGUAGE,
    STATEMENT_FILE_INVALID,
    NO_SPEECH,
    STATEMENT_NOT_SPOKEN,
    NEGATED,
    NAME_NOT_HEARD,
    NAME_UNSURE,
    ORGANISATION_NOT_HEARD,
    STATEMENT_NOT_FIRST,
    PHRASE_NOT_SPOKEN,
    PHRASE_UNSURE,
    PHRASE_UNKNOWN,
    PHRASE_EXPIRED,
    PHRASE_NO_WORDS,
    CANNOT_STORE,
    NO_FACE,
    SEVERAL_FACES,
    FACE_NOT_COMPARED,
    OTHER_FACE,
    FACE_UNSURE,
    VOICE_NOT_COMPARED,
    OTHER_VOICE,
    VOICE_UNSURE,
)
