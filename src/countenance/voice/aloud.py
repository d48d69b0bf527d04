"""What people write short and say long: web addresses, telephone numbers, short forms, words in capitals.

It goes before hibari's own rules for numbers and short forms, which read these wrongly or not at all.
"""

from __future__ import annotations

import re

from countenance.voice.numerals import RULES, THOUSANDS

_WEB = re.compile(
    r"(?i)\b(?:(?:https?://|www\.)[^\s<>\"“”]+"  # an address
    r"|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"  # of e-mail
    r"|[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.[a-z]{2,63}/[^\s<>\"“”]+)"  # of a page
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
    r"(?<![\w.])(?:\+\d[\d ().-]{6,}\d|\(\d{3}\) ?\d{3}[ .-]\d{4}|(?:1-)?\d{3}[.-]\d{3}[.-]\d{4}"
    r"|\d{3} \d{3} \d{4}|0\d{1,4}(?:[ -]\d{2,4}){2,})(?![\w-])"
)
_BEHIND = re.compile(r"(?<![\w.,$€£])(\d+)(?:,(\d\d))?(?:\s?([€£])|\s([$]))(?![\w$€£])")
_COINS = {"$": ("dollar", "cents"), "€": ("euro", "cents"), "£": ("pound", "pence")}
_LEAKING = re.compile(r"([$€£])(\d+(?:,\d{3})*)(?:\.(\d\d))?(?=\s?[;:(—]\s*\d|,\s+[¥₹₩]?\d)")
"""An amount before another number, to which hibari would give the same coins."""
_TENTHS = re.compile(r"([$€£])(\d[\d,]*\.\d)(?![\d.]|\s?(?:[kmb]\b|(?:thousand|[mbtr]+illion)\b))", re.IGNORECASE)


_NAMED_SIGNS = str.maketrans(
    {"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3", "−": "-", "μ": "µ", "⁄": "/"}
    | {"±": " plus or minus ", "≥": " at least ", "≤": " at most ", "≈": " about ", "→": " to ", "÷": " divided by "}
    | {sign: str(digit) for digit, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")}
)
READ_SIGNS = frozenset("½¼¾⅓⅔−µμ⁄÷±≥≤≈→×₀₁₂₃₄₅₆₇₈₉²³")
"""They are neither letters nor punctuation, and are read all the same."""
_WORDS_BY_CHANCE = re.compile(r"\b(no|fig|Sun|Sat)\.(?=[\"”'’)]*$)")
"""At the end of a sentence a word, where hibari sees a short form: `He said no.`"""
_SHORT_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bGen (?=[XYZ]\b|Alpha\b)"), "Generation "),
    (re.compile(r"\bca?\. ?(?=\d{3,4}\b)"), "circa "),
    (re.compile(r"\bb\. (?=\d{4}\b)"), "born "),
    (re.compile(r"\bd\. (?=\d{4}\b)"), "died "),
    (re.compile(r"\bp\. ?(?=\d)"), "page "),
    (re.compile(r"\bpp\. ?(?=\d)"), "pages "),
    (re.compile(r"\b[Ss]ec\. (?=\d)"), "section "),
    (re.compile(r"\b([CF])#(?!\w)"), r"\1 sharp"),
    (re.compile(r"\bCO2\b"), "C O 2"),
    (re.compile(r"\bpsi\b"), "PSI"),
    (re.compile(r"\bEBITDA\b"), "E bit dah"),
    (re.compile(r"\bYoY\b"), "year over year"),
    (re.compile(r"\bQoQ\b"), "quarter over quarter"),
)
_CRIED = re.compile(r"\b(?:[A-Z][A-Z'’]*\b[ ,]+){2,}[A-Z][A-Z'’]+\b")
"""Three words or more in capitals."""
_LOUD = re.compile(r"\b(?:HE|SHE|HIM|HAS|HAD|SOME|MY|PUT)\b")
_ASKED = re.compile(r"\b(CONTACT|CALL|JOIN|FOLLOW|E-?MAIL|TELL|HELP|ASK|ABOUT|WITH|FOR|VISIT|TEXT|LET|GIVE|SHOW) US\b")
_PLAIN_WORD = re.compile(
    r"THE|AND|FOR|YOU|NOT|THIS|THAT|WITH|ARE|WAS|HAVE|HAS|HAD|HE|SHE|HIM|HER|HIS|THEY|THEM|WE|OUR|MY|YOUR|"
    r"ITS|IS|BE|AN|AS|AT|BY|DO|GO|IF|IN|ME|NO|OF|ON|OR|SO|TO|UP|PUT|SOME|HI|WHAT|WHEN|WHERE|WHY|HOW"
)


def written_out(text: str) -> str:
    """The text with these in words."""
    text = text.translate(_NAMED_SIGNS)
    text = _WEB.sub(_address, text)
    text = _TELEPHONE.sub(_telephone, text)
    text = THOUSANDS.sub(lambda found: re.sub(r"\s", ",", found[0]), text)
    text = _BEHIND.sub(lambda found: f"{found[3] or found[4]}{found[1]}{'.' + found[2] if found[2] else ''}", text)
    for short, long in _SHORT_FORMS:
        text = short.sub(long, text)
    for pattern, said in RULES:
        text = pattern.sub(said, text)
    text = _LEAKING.sub(_amount, text)
    text = _TENTHS.sub(lambda found: f"{found[2]} {_COINS[found[1]][0]}s", text)
    text = _ASKED.sub(r"\1 us", _LOUD.sub(lambda word: word[0].lower(), _CRIED.sub(_not_spelled, text)))
    return _WORDS_BY_CHANCE.sub(r"\1 .", text)


def _not_spelled(cried: re.Match[str]) -> str:
    """Words in capitals, of which hibari would spell the short ones as if they were names."""
    words = re.findall(r"[A-Z]+", cried[0])
    if all(len(word) <= 3 for word in words):
        return cried[0]
    return re.sub(r"[A-Z]+", lambda word: word[0].lower() if _PLAIN_WORD.fullmatch(word[0]) else word[0], cried[0])


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
