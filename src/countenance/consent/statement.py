"""The sentence that a person speaks to agree, in versions that never change once they were published."""

from __future__ import annotations

from dataclasses import dataclass

NAME = "{name}"
ORGANISATION = "{organisation}"


@dataclass(frozen=True, slots=True)
class Wording:
    """A statement with gaps for the names of the person and of the organisation."""

    version: str
    """Stable; a changed text is a new version."""
    language: str
    """ISO 639-1."""
    template: str
    key_phrases: tuple[str, ...]
    """Parts of `template` that carry the consent: without every word of them it is none."""

    def fill(self, name: str, organisation: str) -> str:
        return self.template.replace(NAME, name).replace(ORGANISATION, organisation)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a certain person is to speak."""

    version: str
    language: str
    text: str


OWN_WORDING = Wording(
    version="en-1",
    language="en",
    template=(
        "My name is {name}. I am the person speaking here, and I give my consent to {organisation} to create an "
        "artificial intelligence clone of me from the video and voice samples that I provide. "
        "I understand that this clone can be used to make videos that look and sound like me."
    ),
    key_phrases=("give my consent", "artificial intelligence clone"),
)

# The wordings that Tavus published for its replicas (API reference and training guide, 2024 to 2026), so that
# recordings made for such scripts need not be made again. They too must name this organisation.
_TAVUS_GIVE = Wording(
    version="tavus-give",
    language="en",
    template=(
        "I, {name}, am currently speaking and give consent to {organisation} to create an AI clone of me by using the "
        "audio and video samples I provide. I understand that this AI clone can be used to create videos that look "
        "and sound like me."
    ),
    key_phrases=("give consent", "AI clone of me"),
)
_TAVUS_CONSENT = Wording(
    version="tavus-consent",
    language="en",
    template=(
        "I, {name}, am currently speaking and consent {organisation} to create an AI clone of me by using the audio "
        "and video samples I provide. I understand that this AI clone can be used to create videos that look and "
        "sound like me."
    ),
    key_phrases=("speaking and consent", "AI clone of me"),
)

WORDINGS: tuple[Wording, ...] = (OWN_WORDING, _TAVUS_GIVE, _TAVUS_CONSENT)
"""All that are accepted; the first is the one to show to people."""


def statement_for(name: str, organisation: str) -> Statement:
    """The statement for this person to read aloud."""
    return Statement(OWN_WORDING.version, OWN_WORDING.language, OWN_WORDING.fill(name, organisation))
