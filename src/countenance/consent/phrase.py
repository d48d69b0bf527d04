"""One-time words in the statement, so that an old recording cannot be played again as a new consent.

The words are drawn when the statement is shown, are good for half an hour and for one consent, and are kept in the
data folder, one file each. Four of 256 words are 32 bits: enough where every try costs a recording.
"""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from countenance.consent import rules
from countenance.consent.align import align
from countenance.consent.language import Language
from countenance.consent.words import folded
from countenance.errors import CountenanceError, Finding, Span
from countenance.media.private import write_once
from countenance.people.speech import Transcript
from countenance.settings import Settings

WORD_COUNT = 4
LEAST_WORDS = 256
VALID_FOR = timedelta(minutes=30)
_KEPT_FOR = timedelta(days=1)
_ID_BYTES = 8
_USED = ".used"


@dataclass(frozen=True, slots=True)
class OneTimePhrase:
    """Words that were given to one person to speak."""

    id: str
    words: tuple[str, ...]
    language: str
    name: str
    """Whose consent they belong to."""
    issued_at: str
    """ISO 8601, UTC."""
    expires_at: str
    account: str = ""
    """Who asked for them, and alone may use them: a workspace; empty on a machine that has none."""


def has_words(language: Language) -> bool:
    """Whether one-time words can be drawn in this language."""
    return bool(language.phrase) and len(language.phrase_words) >= LEAST_WORDS


def draw(
    name: str, language: Language, settings: Settings, now: datetime | None = None, account: str = ""
) -> OneTimePhrase:
    """New words for `name`, remembered until `forget_old`, which is done here where there is no `account`.

    Raises:
        CountenanceError: consent.phrase_no_words, consent.cannot_store.
    """
    if not has_words(language):
        raise CountenanceError(Finding(rules.PHRASE_NO_WORDS, measured=language.language))
    now = now or datetime.now(UTC)
    words = secrets.SystemRandom().sample(language.phrase_words, WORD_COUNT)
    phrase = OneTimePhrase(
        id=secrets.token_hex(_ID_BYTES),
        words=tuple(words),
        language=language.language,
        name=name,
        issued_at=now.isoformat(timespec="seconds"),
        expires_at=(now + VALID_FOR).isoformat(timespec="seconds"),
        account=account,
    )
    folder = _folder(settings)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not account:
            # Where no service sweeps. What workspaces have drawn is theirs to sweep.
            forget_old(settings, _of_workspaces(folder, settings), now)
        path = folder / f"{phrase.id}.json"
        path.touch(0o600, exist_ok=False)
        path.write_text(json.dumps(asdict(phrase)), "utf-8")
    except OSError as error:
        raise _cannot_store(folder, error) from error
    return phrase


def recall(
    phrase_id: str, name: str, settings: Settings, now: datetime | None = None, account: str = ""
) -> OneTimePhrase:
    """The words that were drawn under this id for this person, if they are still good, or were at the moment `now`.

    `account` is who wants to use them.

    Raises:
        CountenanceError: consent.phrase_unknown, consent.phrase_expired.
    """
    phrase = known(phrase_id, settings)
    if phrase is None or _path(phrase_id, settings).with_suffix(_USED).exists():
        raise CountenanceError(Finding(rules.PHRASE_UNKNOWN, measured=phrase_id[:80]))
    if phrase.account and phrase.account != account:
        raise CountenanceError(Finding(rules.PHRASE_UNKNOWN, measured=phrase_id))
    if not same_name(phrase.name, name):
        detail = f"They were given to {phrase.name}."
        raise CountenanceError(Finding(rules.PHRASE_UNKNOWN, detail=detail, measured=phrase_id))
    now = now or datetime.now(UTC)
    if now > datetime.fromisoformat(phrase.expires_at):
        minutes = (now - datetime.fromisoformat(phrase.issued_at)).total_seconds() / 60
        raise CountenanceError(Finding(rules.PHRASE_EXPIRED, measured=minutes))
    return phrase


def known(phrase_id: str, settings: Settings) -> OneTimePhrase | None:
    """The words that were drawn under this id, good or not; None where there are none."""
    try:
        stored = json.loads(_path(phrase_id, settings).read_text("utf-8"))
        phrase = OneTimePhrase(**{**stored, "words": tuple(stored["words"])})
        datetime.fromisoformat(phrase.expires_at), datetime.fromisoformat(phrase.issued_at)
    except (CountenanceError, OSError, ValueError, TypeError, KeyError):
        return None
    return phrase


def use_up(phrase: OneTimePhrase, settings: Settings, by: str = "") -> None:
    """The words are not good for a second consent. Of two who use them at once one gets the error.

    `by` names what uses them: whatever has used them may do so again, after its process died.

    Raises:
        CountenanceError: consent.phrase_unknown, consent.cannot_store.
    """
    path = _path(phrase.id, settings)
    used = path.with_suffix(_USED)
    try:
        with suppress(FileNotFoundError):
            if by and used.read_text("utf-8") == by:
                return
        if path.exists() and write_once(used, by.encode()):
            return
    except OSError as error:
        raise _cannot_store(used, error) from error
    raise CountenanceError(Finding(rules.PHRASE_UNKNOWN, measured=phrase.id))


def give_back(phrase: OneTimePhrase, settings: Settings) -> None:
    """Nothing came of it: the words are good again, until they expire."""
    with suppress(OSError):
        _path(phrase.id, settings).with_suffix(_USED).unlink()


def forget(phrase_id: str, settings: Settings) -> None:
    """Nobody needs to know of these words any more.

    Raises:
        OSError: what the disk refuses.
    """
    with suppress(CountenanceError):
        path = _path(phrase_id, settings)
        path.unlink(missing_ok=True)
        path.with_suffix(_USED).unlink(missing_ok=True)


def forget_old(settings: Settings, kept: Collection[str] = (), now: datetime | None = None) -> int:
    """Forget the words that expired a day ago, which need no explanation any more; how many files that were.

    `kept` are the ids of those that something is still to be made with, however long that takes.
    """
    moment, gone = (now or datetime.now(UTC)).timestamp(), 0
    with suppress(FileNotFoundError, NotADirectoryError):
        for path in sorted(_folder(settings).iterdir()):
            with suppress(FileNotFoundError):  # others forget too
                if path.stem not in kept and moment - path.stat().st_mtime > _KEPT_FOR.total_seconds():
                    path.unlink()
                    gone += 1
    return gone


def _of_workspaces(folder: Path, settings: Settings) -> set[str]:
    drawn = (known(path.stem, settings) for path in folder.glob("*.json"))
    return {words.id for words in drawn if words is not None and words.account}


def same_name(one: str, other: str) -> bool:
    """Whether two texts are one name, whatever its case, accents and punctuation; in any script."""
    return _name(one) == _name(other)


def _name(text: str) -> tuple[str, ...]:
    words = re.findall(r"\w+", folded(text).replace("'", ""))
    return tuple(words) or (" ".join(unicodedata.normalize("NFC", text).casefold().split()),)


def spoken_share(words: Sequence[str], transcript: Transcript, language: Language) -> tuple[float, str, Span | None]:
    """The share of the words that were said in their order and side by side, 0 to 1, what was heard there, and when."""
    said = language.joined([(part, word) for word in transcript.words for part in language.parts_of(word.text)])
    spoken = [text for text, _ in said]
    wanted = [part for word in words for part in language.tokens(word)]
    found = align(wanted, spoken)
    inside = said[found.first : found.stop]
    when = Span(inside[0][1].start_s, inside[-1][1].end_s) if inside else None
    return len(found.matched) / len(wanted), " ".join(text for text, _ in inside), when


def _folder(settings: Settings) -> Path:
    return settings.data_dir / "phrases"


def _path(phrase_id: str, settings: Settings) -> Path:
    if len(phrase_id) != 2 * _ID_BYTES or not set(phrase_id) <= set("0123456789abcdef"):
        raise CountenanceError(Finding(rules.PHRASE_UNKNOWN, measured=phrase_id[:80]))
    return _folder(settings) / f"{phrase_id}.json"


def _cannot_store(folder: Path, error: OSError) -> CountenanceError:
    detail = f"{error.strerror}." if error.strerror else ""
    return CountenanceError(Finding(rules.CANNOT_STORE, file=str(folder), detail=detail))
