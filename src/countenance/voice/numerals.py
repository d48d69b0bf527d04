"""How numbers are said that are more than digits: versions, ranges, measures, sums of money, codes, kings."""

from __future__ import annotations

import re
from collections.abc import Callable

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_BIG = {"k": "thousand", "m": "million", "mn": "million", "mln": "million", "b": "billion", "bn": "billion"}
_BIG |= {"bln": "billion", "t": "trillion", "tn": "trillion", "trn": "trillion"}
_SCALE = r"thousand|million|billion|trillion|[kmb]\b|[mb]n\b|[mb]ln\b|trn?\b|tn\b"
_COINS = {"$": "dollars", "€": "euros", "£": "pounds"}
_ABROAD = {"C": "Canadian", "CA": "Canadian", "A": "Australian", "AU": "Australian", "NZ": "New Zealand"}
_ABROAD |= {"HK": "Hong Kong", "S": "Singapore"}
_CODES = {"USD": "dollars", "EUR": "euros", "GBP": "pounds", "CHF": "Swiss francs", "JPY": "yen"}
_MIXED = {"1/2": "a half", "1/4": "a quarter", "3/4": "three quarters", "1/3": "a third", "2/3": "two thirds"}
_DAYS = {"Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday"}
_DAYS |= {"Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday"}
_MASS = {"mg": "milligram", "mcg": "microgram", "µg": "microgram", "g": "gram", "kg": "kilogram", "U": "unit"}
_MASS |= {"mL": "milliliter", "ml": "milliliter", "mmol": "millimole", "m": "meter", "IU": "international unit"}
_EACH = {"kg": "kilogram", "L": "liter", "l": "liter", "dL": "deciliter", "dl": "deciliter", "mL": "milliliter"}
_EACH |= {
    "ml": "milliliter",
    "day": "day",
    "h": "hour",
    "hr": "hour",
    "min": "minute",
    "s": "second",
    "m²": "square meter",
}
_PRICED = {"mo": "month", "yr": "year", "hr": "hour", "h": "hour", "wk": "week", "kg": "kilogram"}
_UNITS = {"tsp": "teaspoon", "tbsp": "tablespoon", "kcal": "kilocalorie", "m²": "square meter"}
_UNITS |= {" L": "liter", "km²": "square kilometer", "m³": "cubic meter"}

_CARDINAL = (
    "Chapter|Part|Act|Scene|Section|Volume|Book|Phase|Article|World War|Mark|Type|Level|Stage|Class|Grade|Super Bowl|"
    "Apollo|Gemini|Final Fantasy|Episode|Round|Rocky|Star Wars Episode|Title|Annex|Appendix|Table|Schedule|Vatican|"
    "chapter|part|section|volume|book|phase|article|type|level|stage|class|grade|round"
)
_RULER = (
    "Henry|Louis|Edward|George|William|Charles|James|Richard|Elizabeth|Napoleon|Pius|Benedict|Leo|John Paul|Ramses|"
    "Frederick|Philip|Alexander|Nicholas|Peter|Catherine|Ivan|Umberto|Victor Emmanuel|Gustav|Christian|Ferdinand|Mary"
)
_REIGNS = r"(?:King|Queen|Pope|Emperor|Empress|Tsar|Czar|Kaiser|Prince|Sultan) [A-Z][a-zé]+(?: [A-Z][a-zé]+)?"
_ROMAN = re.compile(r"(X{0,3})(IX|IV|V?I{0,3})")
"""1 to 39: C and L are initials of names, grades and vitamins."""
_LARGE_ROMAN = re.compile(r"(?:XC|L?X{0,3}|XL)(?:IX|IV|V?I{0,3})")
HIBARIS_ROMAN = re.compile(rf"\b(?:{_CARDINAL}|{_RULER}|King|Queen|Pope) (?=[IVXLC])")
"""Behind these hibari takes the first letters of any word, even none of them, for a Roman number."""


def _times(one: str, count: str) -> str:
    return one if count == "1" else f"{one}s"


def _value(roman: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[letter] for letter in roman]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _chapter(found: re.Match[str]) -> str:
    known = _LARGE_ROMAN.fullmatch(found[2]) and found[2] not in ("L", "XL")
    return f"{found[1]} {_value(found[2])}" if known else found[0]


def _reign(found: re.Match[str]) -> str:
    from hibari.g2p.numbers import ordinal

    return f"{found[1]} the {ordinal(_value(found[2]))}" if _ROMAN.fullmatch(found[2]) else found[0]


def _range_of_money(found: re.Match[str]) -> str:
    """`$5-10m` as `5 to 10 million dollars`."""
    coin, low, low_scale, high, high_scale = found.groups()
    scales = [_BIG.get((scale or "").lower(), scale or "") for scale in (low_scale, high_scale)]
    first = f"{low} {scales[0]}".strip() if scales[0] != scales[1] else low
    return " ".join(f"{first} to {high} {scales[1]}".split()) + f" {_COINS[coin]}"


def _large(found: re.Match[str]) -> str:
    """`1.2bn` as `1.2 billion`, which goes with any money."""
    return f"{found[1]} {_BIG[found[2].lower()]}"


def _abroad(found: re.Match[str]) -> str:
    scale = _BIG.get((found[3] or "").lower(), found[3] or "")
    return f"{found[2]} {scale}".strip() + f" {_ABROAD[found[1].upper()]} dollars"


def _range(found: re.Match[str]) -> str:
    is_telephone = len(found[1]) == 3 and len(found[2]) == 4
    return found[0] if is_telephone else f"{found[1]} to {found[2]}"


def _spelled(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{' '.join(found[3])}"


def _version(found: re.Match[str]) -> str:
    """`2.3.1` as `2 point 3 point 1`, and an address of the internet with dots; days (`12.10.25`) stay."""
    parts = found[2].split(".")
    named = found[1] or ""
    looks_like_day = len(parts) == 3 and (len(parts[2]) == 4 or all(len(part) == 2 for part in parts))
    if looks_like_day and not named:
        return found[0]
    return named + (" dot " if len(parts) > 3 else " point ").join(parts)


THOUSANDS = re.compile(
    r"(?<![\w.,/-])(?<!\b\d[ \u2009\u202f])(?<!\b\d\d[ \u2009\u202f])(?<!\b\d\d\d[ \u2009\u202f])"
    r"[$€£]?[1-9]\d{0,2}(?:[ \xa0\u2009\u202f]\d{3})+(?![\w]|[ \xa0\u2009\u202f.,]\d)"
)
"""With blanks between; what goes before or follows is no further group, as of a telephone number."""
RULES: tuple[Rule, ...] = (
    (re.compile(r"\b(v|[Vv]ersion |[Rr]elease )?(\d+(?:\.\d+){2,})\b"), _version),
    (re.compile(r"(?<![\w.])\.(?=\d)"), "point "),
    # Money.
    (re.compile(r"\bUS\$(?=\d)"), "$"),
    (re.compile(rf"\b(CA?|AU?|NZ|HK|S)\$({_NUMBER})(?:\s?({_SCALE}))?", re.IGNORECASE), _abroad),
    (
        re.compile(rf"([$€£])({_NUMBER})(?:\s?({_SCALE}))?\s?[-–]\s?[$€£]?({_NUMBER})(?:\s?({_SCALE}))?", re.I),
        _range_of_money,
    ),
    (re.compile(rf"(?<![\w.,])({_NUMBER})\s?([mb]l?n|tr?n)\b"), _large),
    (re.compile(rf"(?<![\w$€£.,])({_NUMBER})(M)\b(?= [a-z])"), _large),
    (re.compile(r"(?<![\w$€£.,])(\d+\.\d+)([BK])\b(?= [a-z])"), _large),
    (re.compile(rf"\bCHF\s?({_NUMBER})"), r"\1 Swiss francs"),
    (re.compile(rf"(?<![\w.,])({_NUMBER}) (USD|EUR|GBP|CHF|JPY)\b"), lambda found: f"{found[1]} {_CODES[found[2]]}"),
    (
        re.compile(rf"([$€£]{_NUMBER})/(mo|yr|hr|h|wk|kg|month|year|week|day|hour|user|person|seat|night|share|ton)\b"),
        lambda found: f"{found[1]} per {_PRICED.get(found[2], found[2])}",
    ),
    # Codes and emergency calls go digit by digit.
    (re.compile(r"\b([Cc]all|[Dd]ial|[Rr]ing)(\s)(\d{3})\b(?![ .,-]?\d)"), _spelled),
    (
        re.compile(
            r"(?i)\b((?:(?:zip|access|pass|security|area|promo|dialling|dialing) ?codes?|zip|pin|"
            r"(?:account|case|ticket|reference|confirmation|policy|serial|invoice|tracking|phone) (?:number|no\.))"
            r"(?: is)?)(:? )(\d{3,})\b(?![.,-]?\d)"
        ),
        _spelled,
    ),
    # Days, hours and other ranges.
    (
        re.compile(rf"\b({'|'.join(_DAYS)})\.?\s?[-–]\s?({'|'.join(_DAYS)})\b"),
        lambda found: f"{_DAYS[found[1]]} to {_DAYS[found[2]]}",
    ),
    (re.compile(r"\b(Tue|Tues|Thu|Thur|Thurs)\b(?!\.)"), lambda found: _DAYS[found[1]]),
    (re.compile(r"\b(Mon|Wed|Fri|Sat|Sun)(?=,? \d)"), lambda found: _DAYS[found[1]]),
    (re.compile(r"(?i)(\d:\d\d|\d ?[ap]\.?m\.?)\s?[-–]\s?(?=\d)"), r"\1 to "),
    (re.compile(r"\b(7[0-8]7)-(\d{3})\b"), r"\1 \2"),
    (re.compile(r"(?<=\d) - (\d+)(?= ?=)"), r" minus \1"),
    (
        re.compile(r"(?<![\w.,/:–-])(\d+(?:[.,]\d+)*)\s?[-–]\s?(\d+(?:[.,]\d+)*)(?![\w–/-]|[.,:]\d)(?!\s?[-–])"),
        _range,
    ),
    (re.compile(r"(?<![A-Z][a-z] )(?<![\d:A-Z])(?<![a-z]{3} )\b(\d{1,2}):(\d)\b(?![\d:])"), r"\1 to \2"),
    (re.compile(r"\b(ratio|odds|score)( of| is| was)? (\d+):(\d+)\b"), r"\1\2 \3 to \4"),
    # Fractions, and what looks like one.
    (
        re.compile(r"\b(\d+) ?(1/2|1/4|3/4|1/3|2/3)(?![\w/])"),
        lambda found: f"{found[1]} and {_MIXED[found[2]]}" if found[0][len(found[1])] == " " else found[0],
    ),
    (re.compile(r"\b9/11\b(?!/)"), "9 11"),
    (re.compile(r"\b24/7\b"), "24 7"),
    (re.compile(r"(?<![\d/])(50/50|[4-9]0/[1-6]0|20/20)(?![\d/])"), lambda found: found[1].replace("/", " ")),
    (re.compile(r"\b(\d{2,3})/(\d{2,3}) ?mmHg\b"), r"\1 over \2 millimeters of mercury"),
    (re.compile(r"(?<=\d) ?mmHg\b"), " millimeters of mercury"),
    (re.compile(r"(?<=\d) / (?=\d+ ?=)"), " divided by "),
    # Measures.
    (re.compile(r"(?<=\d)(?<!\b0) ?[x×] ?(?=\d)"), " by "),
    (re.compile(r"\b(\d+(?:\.\d+)?)[x×](?= [a-z])"), r"\1 times"),
    (re.compile(r"(?<=\d) ?\* ?(?=\d)"), " times "),
    (re.compile(r"\b(\d)['’′] ?(\d{1,2})(?:[\"”″]|''|’’)"), r"\1 foot \2"),
    (re.compile(r"(\d)[″\"”] ?(?=(?:screen|display|monitor|TV|pipe|pizza)\b)"), r"\1 inch "),
    (re.compile(r"(?<=ft )(\d+) ?in\b"), r"\1 inches"),
    (
        re.compile(rf"(?<![\w$€£.])({_NUMBER}) ?({'|'.join(_MASS)})/({'|'.join(_EACH)})(?![\w/²])"),
        lambda found: f"{found[1]} {_times(_MASS[found[2]], found[1])} per {_EACH[found[3]]}",
    ),
    (
        re.compile(rf"(?<![\w.])({_NUMBER}) ?({'|'.join(_UNITS)})(?![\w/])"),
        lambda found: f"{found[1]} {_times(_UNITS[found[2]], found[1])}",
    ),
    (re.compile(rf"(?<![\w$€£.,])({_NUMBER}) m\b(?![./'’])"), lambda found: f"{found[1]} {_times('meter', found[1])}"),
    (re.compile(r"(\d\.\d+) s\b(?!')"), r"\1 seconds"),
    (re.compile(r"(\d)° ?(?=(?:angle|turn|rotation|corner|view|bend)s?\b)"), r"\1 degree "),
    # Roman numbers.
    (re.compile(r"\bWW ?(II|I|2|1)\b"), lambda found: f"World War {'2' if found[1] in ('II', '2') else '1'}"),
    (re.compile(rf"\b({_CARDINAL}) ([IVXL]+)\b(?![.'’]\w|\.\s[A-Z][a-z])"), _chapter),
    (
        re.compile(
            rf"\b({_RULER}|{_REIGNS}) ([IVX]+)\b(?!\.\w|\.\s[A-Z][a-z]|['’](?!s\b))"
            r"(?!(?<=\bI) (?:am|was|have|had|think|know|do|did|will|would|can|could|want|need|see|said)\b)"
        ),
        _reign,
    ),
    # Signs that touch a number make hibari say its digits one by one.
    (re.compile(r"(?<=\d)[\"”\]](?!\w)|(?<!\w)[\"“\[](?=\d)"), ""),
)
