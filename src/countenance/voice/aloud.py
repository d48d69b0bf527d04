"""What people write short and say long: web addresses, telephone numbers, money. The rest is read as it stands.

It goes before hibari's own rules for numbers and short forms, which read these wrongly or not at all.
"""

from __future__ import annotations

import re

_WEB = re.compile(
    r"(?i)\b(?:(?:https?://|www\.)[^\s<>\"“”]+"  # an address
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # of e-mail
    r"|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/[^\s<>\"“”]+)"  # of a page
)
_SCHEME = re.compile(r"(?i)^https?://")
_SIGNS = {
    ".": "dot",
    "/": "slash",
    "@": "at",
    "-": "dash",
    "_": "underscore",
    "?": "question mark",
    "=": "equals",
    "&": "and",
    "#": "hash",
    ":": "colon",
    "%": "percent",
    "+": "plus",
    "~": "tilde",
}
_COUNTRY = re.compile(r"(?<=\.)(?!(?:co|me|us|so|to|is|in|it|at|be|my|no)\b)[a-z]{2}(?=[./:]|$)")
"""The letters behind a dot that are no word, such as of a country."""
_TELEPHONE = re.compile(
    r"(?<![\w.])(?:\+\d[\d ().-]{6,}\d|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4})(?![\w-])"
)
_BEHIND = re.compile(r"(?<![\w.,$€£])(\d+)(?:,(\d\d))?(?:\s?([€£])|\s([$]))(?![\w$€£])")
_COINS = {"$": ("dollar", "cents"), "€": ("euro", "cents"), "£": ("pound", "pence")}
_LEAKING = re.compile(r"([$€£])(\d+(?:,\d{3})*)(?:\.(\d\d))?(?=\s?[;:(—]\s*\d|,\s+\d)")
"""An amount before another number, to which hibari would give the same coins."""
_TENTHS = re.compile(r"([$€£])(\d[\d,]*\.\d)(?![\d.]|\s?(?:[kmb]\b|(?:thousand|[mbtr]+illion)\b))", re.IGNORECASE)


def written_out(text: str) -> str:
    """The text with these in words."""
    text = _WEB.sub(_address, text)
    text = _TELEPHONE.sub(_telephone, text)
    text = _BEHIND.sub(lambda found: f"{found[3] or found[4]}{found[1]}{'.' + found[2] if found[2] else ''}", text)
    text = _LEAKING.sub(_amount, text)
    text = _TENTHS.sub(lambda found: f"{found[2]} {_COINS[found[1]][0]}s", text)
    return re.sub(r"\b24/7\b", "24 7", text)


def _address(found: re.Match[str]) -> str:
    """`https://www.example.com/a.` as `W W W dot example dot com slash a.`"""
    whole = found[0].rstrip(".,;:!?)'’]")
    after = found[0][len(whole) :]
    bare = _SCHEME.sub("", whole).rstrip("/")
    bare = _COUNTRY.sub(lambda letters: " ".join(letters[0].upper()), bare)
    bare = re.sub(r"(?i)^www(?=\.)", "W W W", bare)
    said = re.sub(r"[^\w\s]|_", lambda sign: f" {_SIGNS.get(sign[0], '')} ", bare)
    return " ".join(said.split()) + after


def _telephone(found: re.Match[str]) -> str:
    """`+1 (555) 123-4567` as `plus 1, 5 5 5, 1 2 3, 4 5 6 7`."""
    groups = ", ".join(" ".join(digits) for digits in re.findall(r"\d+", found[0]))
    return f"plus {groups}" if found[0].startswith("+") else groups


def _amount(found: re.Match[str]) -> str:
    """`$5.99` as `5 dollars and 99 cents`."""
    coin, part = _COINS[found[1]]
    whole = f"{found[2]} {coin}{'' if found[2] == '1' else 's'}"
    return whole if found[3] in (None, "00") else f"{whole} and {int(found[3])} {part}"
