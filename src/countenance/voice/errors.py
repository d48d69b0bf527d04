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

RULES: tuple[Rule, ...] = (NOTHING_TO_SAY, CANNOT_BE_SPOKEN, SCRIPT_TOO_LONG)
