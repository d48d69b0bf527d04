"""How good a replica is, in plain words: what was measured on footage that it was not trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_LEAST_CLOSURES = 5.0
"""Of fewer p, b and m nothing is said."""
_FRAME_MS = 40.0
_IN_STEP_FRAMES = 1.0
TOO_SHORT = "Too short to tell"


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured."""

    id: str
    title: str
    word: str
    """what it comes to"""
    tone: str
    """good, wait, bad or quiet"""
    share: float | None
    """for a meter, 0 to 1, where more is better; None where nothing can be told"""
    measured: str
    """the figures themselves"""
    means: str
    """what it says and what it does not"""


def figures(metrics: Mapping[str, Any] | None, *, has_voice: bool) -> tuple[Figure, ...]:
    """What can be said of the figures of `engine.evaluate`, and of the report of the personal voice under `voice`.
    Nothing where nothing was measured."""
    if not metrics:
        return ()
    known = {name: float(value) for name, value in metrics.items() if _is_number(value)}
    voice = metrics.get("voice")
    said = voice if isinstance(voice, Mapping) else {}
    lips = (_follows, _closes, _in_step, _sharp, _steady, _rests, _seam)
    return (*(tell(known) for tell in lips), *_voice(said, has_voice=has_voice))


def _follows(known: Mapping[str, float]) -> Figure:
    value = known.get("gap_correlation_in_speech", known.get("gap_correlation"))
    means = (
        "How far the lips of the replica open and close together with the filmed ones, while it speaks what was really "
        "said there. 1 is the same at every moment. “By chance” is what another sentence of the same person gives: the "
        "further apart the two are, the more it means."
    )
    if value is None:
        return _untold("lips-follow", "Lips follow the sound", means)
    word, tone = _step(value, ((0.8, "Very well", "good"), (0.65, "Well", "good"), (0.45, "Fairly", "wait")), "Poorly")
    chance = known.get("gap_correlation_by_chance")
    beside = f"; {chance:.2f} by chance" if chance is not None else ""
    return Figure("lips-follow", "Lips follow the sound", word, tone, _part(value), f"{value:.2f} of 1{beside}", means)


def _closes(known: Mapping[str, float]) -> Figure:
    rate, real, count = known.get("closure"), known.get("closure_real"), known.get("closures")
    title = "Lips close on p, b and m"
    means = (
        "Lips meet at these sounds, and everybody notices when they do not. Counted is how often they do, in the video "
        "and in the real footage beside it; nobody’s lips meet every time. “At other sounds” is how often they happen "
        "to be closed anyway."
    )
    if rate is None or not real or (count is not None and count < _LEAST_CLOSURES):
        return _untold("lips-close", title, means)
    steps = ((0.9, "As often as the real ones", "good"), (0.7, "A little less often", "wait"))
    word, tone = _step(rate / real, steps, "Clearly less often")
    chance = known.get("closure_by_chance")
    measured = f"{_percent(rate)}, filmed {_percent(real)}"
    measured += f"; at other sounds {_percent(chance)}" if chance is not None else ""
    measured += f"; {count:.0f} sounds" if count is not None else ""
    return Figure("lips-close", title, word, tone, _part(rate / real), measured, means)


def _in_step(known: Mapping[str, float]) -> Figure:
    title = "Lips and sound at the same moment"
    means = "By how much the lips come after (or before) those in the footage. Half a tenth of a second is not noticed."
    lag = known.get("lag_frames")
    if lag is None:
        return _untold("in-step", title, means)
    late_ms, off = lag * _FRAME_MS, abs(lag)
    word, tone = ("Yes", "good") if off <= _IN_STEP_FRAMES else ("Nearly", "wait") if off <= 3 else ("No", "bad")
    measured = f"{abs(late_ms):.0f} ms {'late' if late_ms >= 0 else 'early'}"
    return Figure("in-step", title, word, tone, _part(1.0 - off / 10.0), measured, means)


def _sharp(known: Mapping[str, float]) -> Figure:
    return _beside_footage(
        known.get("sharpness_ratio"),
        "sharpness",
        "Sharpness beside the footage",
        (
            "How much fine detail there is around the lips, divided by that of the footage: 1.00 is the same. Soft "
            "footage gives a replica that is as soft, and this does not show it."
        ),
        ((0.9, "As sharp"), (0.75, "A little softer"), (0.0, "Softer")),
        (1.15, "Harder than it should be"),
    )


def _steady(known: Mapping[str, float]) -> Figure:
    return _beside_footage(
        known.get("flicker_ratio"),
        "steadiness",
        "Steadiness beside the footage",
        (
            "How much changes from picture to picture around the lips, divided by the same of the footage: 1.00 is the "
            "same. More is restless, much less is stiff."
        ),
        ((0.85, "As steady"), (0.65, "A little stiff"), (0.0, "Stiff")),
        (1.2, "A little restless"),
    )


def _rests(known: Mapping[str, float]) -> Figure:
    title = "Lips rest when nobody speaks"
    means = "How much the lips move in silence, beside how much real lips move in speech. 0 is still."
    value = known.get("movement_in_silence")
    if value is None:
        return _untold("rests", title, means)
    word, tone = ("Yes", "good") if value <= 0.12 else ("Nearly", "good") if value <= 0.25 else ("They move", "wait")
    return Figure("rests", title, word, tone, _part(1.0 - value), f"{_percent(value)} of speech", means)


def _seam(known: Mapping[str, float]) -> Figure:
    title = "No edge around the mouth"
    means = "How steep brightness changes where the mouth is put into the picture, divided by the same of the footage."
    value = known.get("seam_ratio")
    if value is None:
        return _untold("seam", title, means)
    word, tone = ("None to be seen", "good") if value <= 1.12 else ("Hardly any", "good") if value <= 1.3 else (
        "One may be seen", "wait",
    )  # fmt: skip
    return Figure("seam", title, word, tone, _part(2.0 - max(1.0, value)), f"{value:.2f} times the footage", means)


def _voice(report: Mapping[str, Any], *, has_voice: bool) -> Iterator[Figure]:
    """The figures of `voice.personal.PersonalReport`, where they are kept."""
    known = {name: float(value) for name, value in report.items() if _is_number(value)}
    alike, real, stock = (known.get(f"similarity_{name}") for name in ("personal", "real", "stock"))
    title = "The voice sounds like the person"
    means = (
        "How near the voice is to recordings of the person, on a scale on which the built-in voice is 0 and the person "
        "is 1. It has the person’s pitch, pace and colour, not their accent or melody."
    )
    if not has_voice:
        reason = "It speaks with a stock voice"
        yield Figure("voice-likeness", title, reason, "quiet", None, "", means)
        return
    if alike is None or real is None or stock is None or real <= stock:
        yield Figure("voice-likeness", title, "Not measured", "quiet", None, "", means)
    else:
        share = (alike - stock) / (real - stock)
        word, tone = _step(share, ((0.7, "Close", "good"), (0.4, "Recognisably", "good")), "Faintly")
        measured = f"{alike:.2f}; the person {real:.2f}, the built-in voice {stock:.2f}"
        yield Figure("voice-likeness", title, word, tone, _part(share), measured, means)
    wrong = known.get("wer_personal")
    if wrong is not None:
        yield _understood(wrong, known.get("wer_stock"))


def _understood(wrong: float, stock: float | None) -> Figure:
    means = (
        "Twenty sentences are spoken in this voice, and a recogniser writes down what it hears. A person understands "
        "more of them than it does."
    )
    understood = 1.0 - wrong
    steps = ((0.96, "Nearly all", "good"), (0.9, "Most", "wait"))
    word, tone = _step(understood, steps, "Too few")
    beside = f"; the built-in voice {_percent(1.0 - stock)}" if stock is not None else ""
    measured = f"{_percent(understood)} of words{beside}"
    return Figure("voice-words", "Words are understood", word, tone, _part(understood), measured, means)


def _beside_footage(
    value: float | None,
    figure_id: str,
    title: str,
    means: str,
    below: tuple[tuple[float, str], ...],
    above: tuple[float, str],
) -> Figure:
    """A ratio of which 1 is like the footage; `below` are steps from the best on, `above` what is too much."""
    if value is None:
        return _untold(figure_id, title, means)
    is_over = value > above[0]
    word = above[1] if is_over else next(words for least, words in below if value >= least)
    tone = "good" if word == below[0][1] else "wait"
    share = 1.0 - abs(1.0 - value)
    return Figure(figure_id, title, word, tone, _part(share), f"{value:.2f} times the footage", means)


def _step(value: float, steps: tuple[tuple[float, str, str], ...], otherwise: str) -> tuple[str, str]:
    for least, word, tone in steps:
        if value >= least:
            return word, tone
    return otherwise, "bad"


def _untold(figure_id: str, title: str, means: str) -> Figure:
    return Figure(figure_id, title, TOO_SHORT, "quiet", None, "", means)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value


def _part(value: float) -> float:
    return min(max(value, 0.0), 1.0)


_percent: Callable[[float], str] = "{:.0%}".format
