"""The voices' part of the error catalogue."""

from __future__ import annotations

from countenance.errors import Rule

NOTHING_TO_SAY = Rule(
    id="voice.nothing_to_say",
    title="The script has no word in it.",
    remedy="Write at least one word for the replica to say.",
)

CANNOT_BE_SPOKEN = Rule(
    id="voice.cannot_be_spoken",
    title="The script has characters that the stock voice cannot speak.",
    remedy="The stock voice speaks English. Remove these characters or write them out as English words, "
    "or give a recording instead of a script.",
)

SCRIPT_TOO_LONG = Rule(
    id="voice.script_too_long",
    title="The script is longer than the voice speaks at once.",
    remedy="Split the script and render the parts one after another.",
    limit=20_000,
    unit="characters",
)

SPOKEN_TOO_LONG = Rule(
    id="voice.spoken_too_long",
    title="With the pronunciation dictionary the script is far longer than can be spoken.",
    remedy="Shorten what the dictionary says in place of words that the script has often, or split the script.",
    limit=200_000,
    unit="characters",
)

UNKNOWN_VOICE = Rule(
    id="voice.unknown_voice",
    title="There is no voice of this name.",
    remedy="Choose one that `countenance voices` lists, or install the plug-in that brings it.",
)

PLUGIN_FAILED = Rule(
    id="voice.plugin_failed",
    title="A voice that was added to this installation does not work.",
    remedy="Update or remove the package that is named, or choose another voice; the built-in voices need none.",
)

PROGRAM_FAILED = Rule(
    id="voice.program_failed",
    title="The program that speaks for this voice did not do it.",
    remedy="Check that COUNTENANCE_PIPER_PROGRAM names the piper program and COUNTENANCE_PIPER_VOICES a voice "
    "(.onnx with its .onnx.json) or a folder of voices, and that piper speaks when it is run by hand.",
)

SERVICE_FAILED = Rule(
    id="voice.service_failed",
    title="The speech service that this installation is set to use did not give speech.",
    remedy="Check COUNTENANCE_SPEECH_SERVICE_URL and its headers, and that the service answers a POST with a sound "
    "file; or choose another voice.",
)

SOUNDS_NOT_READ = Rule(
    id="voice.sounds_not_read",
    title="This voice cannot be told the sounds of a word.",
    remedy='Give the word an alias (type "alias") instead of IPA in the pronunciation dictionary, or choose a voice '
    "that reads sounds.",
)

DICTIONARY_INVALID = Rule(
    id="voice.dictionary_invalid",
    title="A pronunciation dictionary cannot be used.",
    remedy='Write a JSON object with "name" and "rules"; each rule has "text", "pronunciation" and "type" '
    '("alias" or "ipa"), and if wanted "case_sensitive" and "word_boundaries".',
)

UNKNOWN_SOUND = Rule(
    id="voice.unknown_sound",
    title="A pronunciation dictionary asks for a sound that the voices do not have.",
    remedy="Write the word with the sounds of English in IPA, such as /ˈwɪn/ for Nguyen, or give it an alias.",
)

TOO_LITTLE_TO_LEARN = Rule(
    id="voice.too_little_to_learn",
    title="There is too little clear speech to learn the person's voice from.",
    remedy="Record at least thirty seconds of one person speaking English without noise or music, or use a stock "
    "voice.",
    limit=5.0,
    unit="seconds of sound",
    how="Moments of understood words that lie beside the same words from the stock voice, without pauses.",
)

RULES: tuple[Rule, ...] = (
    NOTHING_TO_SAY,
    CANNOT_BE_SPOKEN,
    SCRIPT_TOO_LONG,
    SPOKEN_TOO_LONG,
    UNKNOWN_VOICE,
    PLUGIN_FAILED,
    PROGRAM_FAILED,
    SERVICE_FAILED,
    SOUNDS_NOT_READ,
    DICTIONARY_INVALID,
    UNKNOWN_SOUND,
    TOO_LITTLE_TO_LEARN,
)
