"""Words as they sound: what is left of a text when spelling, case, accents and punctuation are taken away."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "’": "'", "ʼ": "'"}
)
# Spellings of one sound in the languages that names come from, longest first.
_SOUNDS = (
    ("tsch", "S"), ("sch", "S"), ("tch", "S"), ("cz", "S"), ("sz", "S"), ("sh", "S"), ("ch", "S"), ("dj", "S"),
    ("dz", "S"), ("j", "S"), ("ph", "f"), ("th", "t"), ("gh", "g"), ("ck", "k"), ("qu", "kf"), ("x", "ks"),
    ("wr", "r"), ("kn", "n"),
)  # fmt: skip
# Consonants that a recogniser exchanges for one another when it does not know a word.
_CONFUSED = str.maketrans("bdgcqzvwm", "ptkkksffn")
_SILENT = re.compile(r"[aeiouyh]")
_REPEATED = re.compile(r"(.)\1+")


def words_of(text: str) -> list[str]:
    """Words of a-z and 0-9 in lower case, without accents; what stands around an apostrophe is one word."""
    return re.findall(r"[a-z0-9]+", folded(text).replace("'", ""))


@lru_cache(maxsize=20_000)
def likeness(a: str, b: str) -> float:
    """How alike two words or names are, 0 to 1: the mean of how alike they are written and how alike they sound."""
    a, b = "".join(words_of(a)), "".join(words_of(b))
    sounds = _sound(a), _sound(b)
    # Names of vowels alone have no sound left: then the spelling must do.
    return (_ratio(a, b) + _ratio(*sounds)) / 2 if any(sounds) else _ratio(a, b)


def folded(text: str) -> str:
    """Lower case, without accents, special letters as their nearest of a-z."""
    text = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def _sound(word: str) -> str:
    """The consonants, those that are easily confused as one, doubled ones once."""
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound)
    return _REPEATED.sub(r"\1", _SILENT.sub("", word.translate(_CONFUSED)))


def _ratio(a: str, b: str) -> float:
    """1 minus the edit distance (Levenshtein 1966) as a share of the longer word; two empty words are unlike."""
    longer = max(len(a), len(b))
    return 1 - _distance(a, b) / longer if longer else 0.0


def _distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
    return row[-1]
