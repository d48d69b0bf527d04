"""How well a consent is verified: who is taken for whom, and which recordings pass for a consent.

`python benchmarks/consent.py --data DIR` prints

1. over all pairs of recordings of real people with face and voice: false acceptances and refusals by the face, by the
   voice and by both, with the margins, judged as the product judges a consent against footage;
2. the verdict on recordings that are a consent and on recordings that are none: the stock presenter, who speaks the
   statement, with her recording cut, spliced, dubbed, frozen or used for somebody else; and real people, whose own
   words are made the statement, so that face, voice and lips are real;
3. the wall time of each verification.

Exits with 1 if a recording that is none was accepted or one that is was refused.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from consent_clips import Footage, join_clips, read_clip, write_clip
from numpy.typing import NDArray
from recordings import DEFAULT_DATA, shuffled

from countenance.consent import faces, voices
from countenance.consent.judge import Decision, face_scores, voice_scores
from countenance.consent.language import language_of
from countenance.consent.phrase import draw
from countenance.consent.verify import Verdict, verify
from countenance.errors import Span
from countenance.media.probe import probe
from countenance.media.read import SAMPLE_RATE, audio
from countenance.media.sound import resampled
from countenance.people.speech import transcribe
from countenance.settings import Settings
from countenance.stock.clips import CONSENT_NAME, consent_clip, presenter_clip
from countenance.voice.hibari import speak

CLIPS_JOINED = 5
Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Case:
    """A recording, and what it should be taken for."""

    name: str
    is_consent: bool
    consent: Path
    footage: Path
    person: str
    settings: Settings
    with_phrase: bool = False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the recordings (default: %(default)s)")
    parser.add_argument("--only", choices=("pairs", "verdicts"), help="only one of the two parts")
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(threads=options.threads, data_dir=Path(folder) / "data")
        wrong = 0
        if options.only != "verdicts":
            wrong += pairs(options.data, Path(folder), settings)
        if options.only != "pairs":
            wrong += verdicts(options.data, Path(folder), settings)
    return int(wrong > 0)


def pairs(data: Path, folder: Path, settings: Settings) -> int:
    """Print the figures of all pairs; how many are decided wrongly."""
    seen = [(name, _person(path, settings)) for name, path in people(data, folder)]
    wrong = 0
    decided: list[tuple[bool, dict[str, float], dict[str, Decision]]] = []
    for (name_a, a), (name_b, b) in itertools.combinations(seen, 2):
        face = face_scores(faces.compare(a[0], b[0]))[0]
        voice = voice_scores(voices.compare(a[1], b[1], settings))[0]
        values = {"face": face.value, "voice": voice.value}
        decisions = {"face": face.decision, "voice": voice.decision}
        decisions["both"] = max(decisions.values(), key=list(Decision).index)
        decided.append((name_a == name_b, values, decisions))
    for what in ("face", "voice", "both"):
        same = [decision[what] for is_same, _, decision in decided if is_same]
        different = [decision[what] for is_same, _, decision in decided if not is_same]
        row: dict[str, object] = {
            "what": what,
            "recordings": len(seen),
            "people": len({name for name, _ in seen}),
            "same_pairs": len(same),
            "different_pairs": len(different),
            "false_refusals": same.count(Decision.REFUSED),
            "same_in_review": same.count(Decision.REVIEW),
            "false_acceptances": different.count(Decision.ACCEPTED),
            "different_in_review": different.count(Decision.REVIEW),
        }
        if what != "both":
            row["lowest_same"] = round(min(values[what] for is_same, values, _ in decided if is_same), 3)
            row["highest_different"] = round(max(values[what] for is_same, values, _ in decided if not is_same), 3)
        print(json.dumps(row), flush=True)
        wrong += same.count(Decision.REFUSED) + different.count(Decision.ACCEPTED) if what == "both" else 0
    return wrong


def _person(path: Path, settings: Settings) -> tuple[tuple[faces.Embedding, ...], Samples]:
    span = Span(0.0, probe(path).duration_s)
    return faces.look(path, span, settings).embeddings, voices.speech_only(audio(path), settings)


def people(data: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Recordings with a face and a voice: whose, and the file."""
    for talker in ("s1", "s26"):
        clips = shuffled(data / "grid" / talker, "*.mpg")
        for start in range(0, len(clips) - CLIPS_JOINED + 1, CLIPS_JOINED):
            path = folder / f"{talker} {start}.mp4"
            write_clip(path, join_clips([read_clip(clip) for clip in clips[start : start + CLIPS_JOINED]]))
            yield talker, path
    sofa = read_clip(data / "talking/contracted_man_sofa_20s.mp4", max_side=960)
    for half in (0, 1):
        path = folder / f"sofa {half}.mp4"
        write_clip(path, sofa.part(10.0 * half, 10.0 * (half + 1)))
        yield "man on a sofa", path
    yield "talent b", data / "talking/avatar_talent_b_speaking_4k50.mp4"
    yield "presenter (synthetic)", presenter_clip()
    yield "presenter (synthetic)", consent_clip()


def verdicts(data: Path, folder: Path, settings: Settings) -> int:
    """Print the verdict on every case; how many are wrong."""
    wrong, times = 0, []
    for case in cases(data, folder, settings):
        began = time.monotonic()
        verdict = _verified(case)
        seconds = time.monotonic() - began
        times.append(seconds)
        is_wrong = (verdict.decision is Decision.ACCEPTED) != case.is_consent
        is_wrong &= not (case.is_consent and verdict.decision is Decision.REVIEW)
        wrong += is_wrong
        raised = ", ".join(finding.rule.id.removeprefix("consent.") for finding in verdict.findings)
        mark = "WRONG " if is_wrong else ""
        print(f"{mark}{case.name:58} {verdict.decision.value:9} {seconds:5.1f} s  {raised}", flush=True)
    print(json.dumps({"cases": len(times), "wrong": wrong, "longest_s": round(max(times), 1),
                      "median_s": round(float(np.median(times)), 1)}))  # fmt: skip
    return wrong


def _verified(case: Case) -> Verdict:
    phrase = draw(case.person, language_of("en", case.settings), case.settings) if case.with_phrase else None
    return verify(case.consent, case.footage, case.person, case.settings, phrase=phrase)


def cases(data: Path, folder: Path, settings: Settings) -> Iterator[Case]:
    yield from _of_the_presenter(data, folder, settings)
    yield from _of_real_people(data, folder, settings)
    yield from _dubbed(data, folder, settings)


def _of_the_presenter(data: Path, folder: Path, settings: Settings) -> Iterator[Case]:
    consent, footage = consent_clip(), presenter_clip()
    spoken = read_clip(consent, max_side=960)
    words = {word.text.strip(".,").lower(): word for word in transcribe(audio(consent), settings).words}

    def case(name: str, clip: Footage | None, *, good: bool = False, person: str = CONSENT_NAME,
             footage: Path = footage, with_phrase: bool = False) -> Case:  # fmt: skip
        path = folder / f"{name}.mp4"
        if clip is not None:
            write_clip(path, clip)
        return Case(name, good, path if clip else consent, footage, person, settings, with_phrase)

    yield case("spoken as written", None, good=True)
    yield case("spoken, 640 x 360, strongly compressed", read_clip(consent, max_side=640), good=True)
    yield case("spoken, with room noise at 20 dB", spoken.with_sound(lambda s: _noisy(s, data)), good=True)
    yield case("wrong name: filed under another", None, person="Peter Jones")
    yield case("wrong name: a first name in common", None, person="Ada Sutherland")
    half = spoken.seconds / 2
    yield case("truncated: the first half", spoken.part(0.0, half))
    yield case("truncated: the second half", spoken.part(half, spoken.seconds))
    start, end = words["give"].start_s, words["create"].start_s
    yield case("misread: who gives it left out", join_clips([spoken.part(0, start), spoken.part(end, spoken.seconds)]))
    start, end = words["artificial"].start_s, words["clone"].end_s
    yield case("misread: what is made left out", join_clips([spoken.part(0, start), spoken.part(end, spoken.seconds)]))
    yield case("other words: she talks of something else", read_clip(footage, max_side=960).part(0.0, 15.0))
    yield case("negated: a voice says never in between", _negated(spoken, words["give"].start_s, settings))
    yield case("replayed: one-time words asked for", None, with_phrase=True)
    yield case("still picture with her voice", spoken.frozen())
    yield case("still picture, zoomed and moved", spoken.as_moved_photo())
    talk = read_clip(footage, max_side=960).part(0.0, spoken.seconds)
    yield case("dubbed: her statement on her other pictures", talk.with_sound(lambda _: spoken.sound))
    yield case("dubbed: her statement a second late", spoken.with_sound(lambda s: np.roll(s, SAMPLE_RATE)))
    yield case("dubbed: on her listening, silent face", _listening(footage, spoken))
    yield case("wrong person: footage of a real man", None, footage=_joined(data, "s1", folder, 10, 20))
    stranger = folder / "other voice.mp4"
    reader = np.concatenate([audio(path) for path in sorted((data / "speech/librispeech").glob("1998*.flac"))])
    write_clip(stranger, read_clip(footage, max_side=960).part(0.0, 20.0).with_sound(lambda s: reader[: len(s)]))
    yield case("wrong voice: footage with another's", None, footage=stranger)


def _of_real_people(data: Path, folder: Path, settings: Settings) -> Iterator[Case]:
    """Real recordings whose own words are the statement: face, voice and lips belong together, or do not."""
    sofa = read_clip(data / "talking/contracted_man_sofa_20s.mp4", max_side=960)
    grid = {name: _joined(data, name, folder, 0, 5) for name in ("s1", "s26")}
    rest = {"s1": _joined(data, "s1", folder, 10, 20), "s26": _joined(data, "s26", folder, 5, 10)}
    whole = {"man on a sofa": sofa.part(0.0, 12.0), **{name: read_clip(path) for name, path in grid.items()}}
    shown = {"man on a sofa": _stored(folder, "sofa rest", sofa.part(12.0, sofa.seconds)), **rest}
    for number, (name, clip) in enumerate(whole.items()):
        path = _stored(folder, f"real {name}", clip)
        own, person = _own_words(path, folder / f"words {number}", settings)
        yield Case(f"real, own words: {name}", True, path, shown[name], person, own)
        late = _stored(folder, f"late {name}", clip.with_sound(lambda s: np.roll(s, round(0.6 * SAMPLE_RATE))))
        yield Case(f"real, dubbed: {name}, sound 0.6 s late", False, late, shown[name], person, own)
        still = _stored(folder, f"still {name}", clip.frozen())
        yield Case(f"real, still picture: {name}", False, still, shown[name], person, own)
        for other, pictures in whole.items():
            if other != name:
                mixed = _stored(folder, f"{name} on {other}", pictures.with_sound(lambda _, c=clip: c.sound))  # type: ignore[misc]
                yield Case(
                    f"real, dubbed: words of {name} on pictures of {other}", False, mixed, shown[other], person, own
                )
        for other, footage in shown.items():
            if other != name:
                yield Case(f"real, wrong person: {name} for footage of {other}", False, path, footage, person, own)


def _dubbed(data: Path, folder: Path, settings: Settings) -> Iterator[Case]:
    """The stock voice speaks the statement over people who said something else, or nothing."""
    spoken = speak(_statement(settings), settings)
    sound = resampled(spoken.samples, spoken.sample_rate, SAMPLE_RATE)
    for name in ("talking/ai_person_woman_idle_5s.mp4", "talking/ai_person_host_idle_10s.mp4",
                 "talking/avatar_talent_b_silent_4k50.mp4", "talking/contracted_man_sofa_20s.mp4",
                 "defects/silent_track_single_face_20s.mp4", "defects/webcam_no_speech_8s_720p.mp4"):  # fmt: skip
        clip = read_clip(data / name, max_side=640, seconds=20.0).lasting(len(sound) / SAMPLE_RATE)
        path = _stored(folder, f"voice-over {Path(name).stem}", clip.with_sound(lambda _: sound))
        yield Case(f"voice-over: {Path(name).stem}", False, path, path, CONSENT_NAME, settings)
    path = _stored(folder, "voice-over s1", read_clip(_joined(data, "s1", folder, 0, 7)).with_sound(lambda _: sound))
    yield Case("voice-over: GRID talker 1", False, path, path, CONSENT_NAME, settings)


def _statement(settings: Settings) -> str:
    return language_of("en", settings).wordings[0].fill(CONSENT_NAME, settings.organisation)


def _own_words(path: Path, folder: Path, settings: Settings) -> tuple[Settings, str]:
    """A language file whose statement is what the recording says, two of its words being the names."""
    words = [word.text.strip(" .,!?") for word in transcribe(audio(path), settings).words]
    longest = sorted(range(2, len(words) - 2), key=lambda i: -len(words[i]))
    person, organisation = longest[0], next(i for i in longest[1:] if abs(i - longest[0]) > 3)
    text = [*words]
    text[person], text[organisation] = "{name}", "{organisation}"
    english = language_of("en", settings).model_dump()
    wording = {
        "version": "own",
        "template": " ".join(text),
        "key_phrases": [" ".join(_key(words, person, organisation))],
    }
    folder.mkdir()
    negations = [word for word in english["negations"] if word not in {w.lower() for w in words}]
    (folder / "en.json").write_text(json.dumps({**english, "wordings": [wording], "negations": negations}), "utf-8")
    own = settings.model_copy(update={"statements_dir": folder, "organisation": words[organisation]})
    return own, words[person]


def _key(words: Sequence[str], *gaps: int) -> list[str]:
    """Two words beside each other that are no gap."""
    start = next(i for i in range(1, len(words) - 2) if i not in gaps and i + 1 not in gaps)
    return list(words[start : start + 2])


def _joined(data: Path, talker: str, folder: Path, start: int, stop: int) -> Path:
    path = folder / f"joined {talker} {start} {stop}.mp4"
    if not path.exists():
        clips = shuffled(data / "grid" / talker, "*.mpg")[start:stop]
        write_clip(path, join_clips([read_clip(clip) for clip in clips]))
    return path


def _stored(folder: Path, name: str, clip: Footage) -> Path:
    path = folder / f"{name}.mp4"
    write_clip(path, clip)
    return path


def _negated(spoken: Footage, at_s: float, settings: Settings) -> Footage:
    """Her pictures stand still while the stock voice, which is hers, says that she does not."""
    said = speak("do not, and will never,", settings)
    sound = resampled(said.samples, said.sample_rate, SAMPLE_RATE)
    held = spoken.part(at_s, at_s + len(sound) / SAMPLE_RATE)
    return join_clips([spoken.part(0, at_s), held.with_sound(lambda _: sound), spoken.part(at_s, spoken.seconds)])


def _noisy(sound: Samples, data: Path) -> Samples:
    noise = np.concatenate([audio(path) for path in sorted((data / "speech/noise").iterdir())])
    noise = np.resize(noise, len(sound))
    level = np.sqrt(np.mean(sound**2) / np.mean(noise**2)) * 10 ** (-20 / 20)
    return np.asarray(sound + level * noise, np.float32)


def _listening(footage: Path, spoken: Footage) -> Footage:
    whole = read_clip(footage, max_side=960)
    listening = whole.part(whole.seconds - 10.0, whole.seconds)
    return listening.lasting(spoken.seconds).with_sound(lambda _: spoken.sound)


if __name__ == "__main__":
    sys.exit(main())
