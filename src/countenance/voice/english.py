"""English text as the characters of sound that the Kokoro family of voices reads.

The rules and word lists are those of hibari's text side. A word whose sounds are given is written
`[word](/phonemes/)`, as in the text side of Kokoro itself; `voice/pronunciation.py` writes it.
"""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from countenance.errors import CountenanceError, Finding
from countenance.voice.aloud import READ_SIGNS, written_out
from countenance.voice.errors import CANNOT_BE_SPOKEN, NOTHING_TO_SAY, SCRIPT_TOO_LONG
from countenance.voice.numerals import HIBARIS_ROMAN

VOWELS = frozenset("AIOWYaiuæɑɔɛɜɪʊʌəᵊᵻ")
CONSONANTS = frozenset("bdfhjklmnpstvwzðŋɡɹʃʒʤʧθT")
PRIMARY, SECONDARY = "ˈ", "ˌ"
NOTATION = re.compile(r"\[([^\[\]]+)\]\(/([^()/]+)/\)")
"""A word (group 1) and its sounds (group 2)."""

_MAX_PHONEMES = 400
_CLAUSE = re.compile(r"(?<=[,;:—])\s+")
_UNENDED = re.compile(
    r"\b(?:vs\. .|(?:[Nn]os?|[Vv]ol|[Ff]igs?|[Cc]h|[Ss]ec|pp?|approx|ca?|est|[bd]"
    r"|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\. \d)$"
    r"|\b[ap]\.m\. (?:Eastern|Central|Mountain|Pacific|[ECMP][SD]?T|GMT|UTC)$"
)
"""Short forms and what follows them: a sentence does not end there, whatever the dot says."""
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}$")
_OPENER = re.compile(
    r"a|all|also|an|and|another|as|at|before|both|but|buy|by|call|click|come|did|do|does|each|even|every|"
    r"first|for|from|get|go|he|her|here|his|how|however|i|if|in|is|it|its|join|last|learn|let|look|make|"
    r"many|most|my|next|no|nobody|not|now|of|on|one|or|our|perhaps|please|read|see|she|sign|since|so|some|"
    r"start|still|stop|such|take|tell|that|the|their|then|there|these|they|think|this|those|though|to|"
    r"today|try|two|until|use|visit|watch|we|what|when|where|which|while|who|why|will|with|yes|yet|you"
)
"""Words that begin a sentence; behind initials (`the U.S. Government`, `J.R.R. Tolkien`) any other word goes on."""
_WRAPPED_CHARACTERS = 40
"""Lines of poems and lists are shorter, and each is spoken on its own."""
_TAG = re.compile(r"""</?[A-Za-z][\w:-]*(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_POSSESSIVE = re.compile(NOTATION.pattern + r"['’]s\b")
_HISSING, _VOICELESS = frozenset("szʃʒʤʧ"), frozenset("pktfθ")


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence, and how it is read."""

    text: str
    """a part of the text"""
    utterances: tuple[str, ...]
    """strings of at most 400 phoneme characters, punctuation and stress marks; mostly one"""


def read(text: str) -> list[ReadSentence]:
    """The sentences of a text, in order.

    Raises:
        CountenanceError: voice.nothing_to_say, voice.cannot_be_spoken, voice.script_too_long.
    """
    from hibari import Hibari

    _check(text)
    parts = _rejoined(text, Hibari.split_sentences(text))
    sentences = [ReadSentence(part, tuple(_fit(_read(" ".join(part.split()))))) for part in parts]
    if not any(symbol.isalpha() for sentence in sentences for part in sentence.utterances for symbol in part):
        raise CountenanceError(Finding(NOTHING_TO_SAY))
    return sentences


def known(utterance: str) -> str:
    """The characters of an utterance that the voices know; each lasts a time of its own."""
    inventory = _inventory()
    return "".join(character for character in utterance if character in inventory)


def ids(utterance: str) -> list[int]:
    """The numbers by which the networks know an utterance, silence at both ends: `known` and two more."""
    inventory = _inventory()
    return [0, *(inventory[character] for character in known(utterance)), 0]


def _rejoined(text: str, parts: Sequence[str]) -> list[str]:
    """Sentences without those ends that are none: behind a short form, and where a long line was only wrapped."""
    joined: list[str] = []
    at = begin = 0
    for part in parts:
        start = text.index(part, at)
        if joined and _goes_on(joined[-1], text[at:start], part):
            joined[-1] = text[begin : start + len(part)]
        else:
            joined.append(part)
            begin = start
        at = start + len(part)
    return joined


def _goes_on(before: str, between: str, after: str) -> bool:
    if "\n" not in between:
        word = re.match(r"\w*", after)
        begun = word[0] if word else ""
        if begun and _INITIALS.search(before):
            return _OPENER.fullmatch(begun.lower()) is None
        return any(_UNENDED.search(f"{before} {start}") for start in (after[:1], begun))
    line = before.rsplit("\n", 1)[-1].strip()
    wrapped = len(line) >= _WRAPPED_CHARACTERS and line[-1] not in ".!?…:;"
    return wrapped and between.count("\n") == 1 and re.match(r"[a-z]|I\b", after) is not None


def _read(sentence: str) -> str:
    """Phoneme characters of a sentence. Sounds that are given are kept from the rules for numbers and short forms."""
    from hibari.g2p import normalize

    parts: list[str] = []
    at = 0
    sentence = _POSSESSIVE.sub(_with_s, sentence)
    for given in (*NOTATION.finditer(sentence), None):
        between = sentence[at : given.start() if given else len(sentence)]
        around = [" " if edge and edge.isspace() else "" for edge in (between[:1], between[-1:])]
        plain = " ".join(normalize(part) for part in _apart(written_out(between))).strip()
        parts += [around[0], plain, around[1] if plain else "", given[0] if given else ""]
        at = given.end() if given else at
    return str(_reader()("".join(parts).strip(), normalize_text=False))


def _apart(text: str) -> list[str]:
    """The text, cut where hibari would see a Roman number in the beginning of a word."""
    cuts = [found.end() for found in HIBARIS_ROMAN.finditer(text)]
    return [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]


@lru_cache
def _reader() -> Any:
    from hibari.g2p import G2P

    return G2P()


@lru_cache
def _inventory() -> dict[str, int]:
    import hibari

    file = Path(hibari.__file__).parent / "assets" / "vocab.json"
    return {str(key): int(value) for key, value in json.loads(file.read_text(encoding="utf-8")).items()}


def _check(text: str) -> None:
    plain = NOTATION.sub(r"\1", text)
    if not plain.strip():
        raise CountenanceError(Finding(NOTHING_TO_SAY))
    if SCRIPT_TOO_LONG.limit is not None and len(plain) > SCRIPT_TOO_LONG.limit:
        raise CountenanceError(Finding(SCRIPT_TOO_LONG, measured=len(plain)))
    if tag := _TAG.search(plain):
        raise CountenanceError(Finding(CANNOT_BE_SPOKEN, detail=f"Found markup: {tag[0]}"))
    foreign = sorted({c for c in unicodedata.normalize("NFC", plain) if not _speakable(c)})
    if foreign:
        shown = " ".join(foreign[:10]) + (" ..." if len(foreign) > 10 else "")
        raise CountenanceError(Finding(CANNOT_BE_SPOKEN, detail=f"Found: {shown}"))


def _speakable(character: str) -> bool:
    """Latin letters, decimal digits, white space, punctuation, money and the arithmetic signs that have a name."""
    kind = unicodedata.category(character)
    if kind[0] == "L":
        return unicodedata.name(character, "").startswith("LATIN")
    named = character in "+=<>~^|`°©®™" or character in READ_SIGNS
    return character.isspace() or kind in {"Nd", "Sc"} or kind[0] == "P" or named


def _with_s(word: re.Match[str]) -> str:
    """A word of given sounds with the sound of its 's."""
    sounds = word[2]
    end = "ᵻz" if sounds[-1] in _HISSING else "s" if sounds[-1] in _VOICELESS else "z"
    return f"[{word[1]}](/{sounds}{end}/)"


def _fit(sentence: str) -> list[str]:
    """A sentence longer than the networks take is split between clauses, and a clause between words."""
    if len(sentence) <= _MAX_PHONEMES:
        return [sentence] if sentence else []
    clauses = [""]
    for part in _CLAUSE.split(sentence):
        if clauses[-1] and len(clauses[-1]) + len(part) + 1 > _MAX_PHONEMES:
            clauses.append(part)
        else:
            clauses[-1] = f"{clauses[-1]} {part}".strip()
    return [piece for clause in clauses for piece in textwrap.wrap(clause, _MAX_PHONEMES, break_on_hyphens=False)]
