"""The International Phonetic Alphabet in the characters of sound that the voices read (`english.py`).

The voices speak the sounds of English. Signs for the same sound are brought together (r and ɹ, tʃ and ʧ), signs of
length and of fine detail are left out, and a sound that English does not have is named, not guessed.
"""

from __future__ import annotations

import re
import unicodedata

from countenance.voice.english import CONSONANTS, PRIMARY, SECONDARY, VOWELS

_LONGEST_FIRST: tuple[tuple[str, str], ...] = (
    # Diphthongs of American and of British English.
    ("eɪ", "A"), ("ei", "A"), ("ej", "A"), ("aɪ", "I"), ("ai", "I"), ("aj", "I"), ("oʊ", "O"), ("ou", "O"),
    ("ow", "O"), ("əʊ", "O"), ("aʊ", "W"), ("au", "W"), ("aw", "W"), ("ɔɪ", "Y"), ("ɔi", "Y"), ("ɔj", "Y"), ("oɪ", "Y"),
    # Two letters for one sound.
    ("tʃ", "ʧ"), ("dʒ", "ʤ"), ("ɜɹ", "ɜɹ"), ("ɜr", "ɜɹ"), ("hw", "w"),
    ("n\u0329", "ᵊn"), ("l\u0329", "ᵊl"), ("m\u0329", "ᵊm"), ("ɹ\u0329", "əɹ"), ("r\u0329", "əɹ"),
    # One letter for two sounds, and letters that mean the same to an American ear.
    ("ɝ", "ɜɹ"), ("ɚ", "əɹ"), ("ɜ", "ɜɹ"), ("r", "ɹ"), ("g", "ɡ"), ("ɫ", "l"), ("ɱ", "m"), ("ʍ", "w"), ("ɾ", "T"),
    ("ʔ", "t"), ("e", "ɛ"), ("o", "O"), ("a", "ɑ"), ("ɒ", "ɑ"), ("ɐ", "ʌ"), ("ɨ", "ᵻ"), ("ʦ", "ts"), ("ʣ", "dz"),
)  # fmt: skip
_MEANING = dict(_LONGEST_FIRST)
_SOUNDS = VOWELS | CONSONANTS
_STRESS = {"ˈ": PRIMARY, "'": PRIMARY, "ˌ": SECONDARY}
_LEFT_OUT = frozenset("/[].‿ːˑʰ-\u032f\u0325\u030a\u032a\u031a\u0306\u0320\u031f\u031e\u031d")
"""Brackets, borders of syllables, length, breath, and marks that move a sound a little."""
_TIES = re.compile("[\u0361\u035c]")


class UnknownSoundError(ValueError):
    """A text that is no sound of English; `symbols` are those that are not known, none where nothing is left."""

    def __init__(self, symbols: tuple[str, ...]) -> None:
        self.symbols = symbols
        super().__init__(" ".join(symbols))


def spoken_form(ipa: str) -> str:
    """`/ˈɑŋkoʊ/` to `ˈɑŋkO`: words of characters that the voices read, each with a stressed vowel.

    Raises UnknownSoundError.
    """
    text = _TIES.sub("", unicodedata.normalize("NFC", ipa))
    words = [_word(word) for word in text.split()]
    unknown = tuple(dict.fromkeys(symbol for _, unknown in words for symbol in unknown))
    sounds = [word for word, _ in words if word]
    if unknown or not sounds:
        raise UnknownSoundError(unknown)
    return " ".join(sounds)


def _word(ipa: str) -> tuple[str, list[str]]:
    """One word's sounds, and its signs that are not known. Stress stands right before its vowel there."""
    sounds: list[str] = []
    unknown: list[str] = []
    stress = ""
    at = 0
    while at < len(ipa):
        sign = next((ipa[at : at + n] for n in (2, 1) if ipa[at : at + n] in _MEANING), ipa[at])
        at += len(sign)
        if sign in _STRESS:
            stress = _STRESS[sign]
            continue
        meant = _MEANING.get(sign, sign)
        if not set(meant) <= _SOUNDS or sign in "AIOWYT":
            if sign not in _LEFT_OUT:
                unknown.append(ipa[max(0, at - 2) : at] if unicodedata.combining(sign) else sign)
            continue
        if stress and set(meant) & VOWELS:
            meant, stress = stress + meant, ""
        sounds.append(meant)
    word = "".join(sounds).replace("ɹɹ", "ɹ")
    return (word if PRIMARY in word else _stressed(word)), unknown


def _stressed(word: str) -> str:
    """A word without a main stress bears it on its first full vowel: it would be mumbled otherwise."""
    vowels = [at for at, sound in enumerate(word) if sound in VOWELS and word[at - 1 : at] != SECONDARY]
    full = [at for at in vowels if word[at] not in "əᵊᵻ"]
    if not full and SECONDARY in word:
        return word.replace(SECONDARY, PRIMARY, 1)
    at = next(iter(full or vowels), None)
    return word if at is None else word[:at] + PRIMARY + word[at:]
