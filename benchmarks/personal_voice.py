"""How near the personal voice comes to a person, and what it costs in words, measured on real recordings of people.

`python benchmarks/personal_voice.py --data DIR` learns the voice of each person from some recordings, speaks twenty
sentences that played no part in learning, and compares with recordings that played none either: similarity of the
stock voice, of the personal voice and of the person's own recordings, word error rates, strength, and process time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from recordings import DEFAULT_DATA

from countenance.media.read import audio
from countenance.people.voice import similarity, voice_embedding
from countenance.settings import Settings
from countenance.voice.hibari import speak
from countenance.voice.personal import convert
from countenance.voice.personal_fit import fit_personal_voice, word_error_rate
from countenance.voice.vocoder import resampled

SENTENCES = (
    "Thank you for watching, and welcome to our weekly report.",
    "The price of coffee has risen by nearly a third this year.",
    "Press the green button twice to open the front door.",
    "She poured hot water into the pot and waited a few minutes.",
    "Our team will send you an answer before the end of the week.",
    "The river was too deep to cross without a boat.",
    "He forgot his umbrella at the office and came home wet.",
    "Most people need about eight hours of sleep every night.",
    "The museum is closed on Monday, but the garden stays open.",
    "I would rather walk to the station than take the bus.",
    "Fill in the form carefully and check your address again.",
    "A loud noise from the kitchen woke the whole family.",
    "They planted apples, pears and plums along the southern wall.",
    "This video explains how to set up your new camera.",
    "The judge listened quietly while both sides gave their reasons.",
    "Every ship in the harbour had lost its sails in the storm.",
    "Would you like some more soup, or shall we have dessert?",
    "The teacher drew a large circle on the blackboard.",
    "Fresh vegetables are cheaper at the market than in the shop.",
    "In the evening the valley was filled with thick white fog.",
)

PEOPLE = {
    "GRID 1, man, commands": ("grid/s1/*.mpg", slice(0, 30), slice(40, 65)),
    "GRID 26, man, commands": ("grid/s26/*.mpg", slice(0, 8), slice(8, None)),
    "LibriSpeech 1998, woman": ("speech/librispeech/1998-*.flac", slice(0, 3), slice(3, None)),
    "LibriSpeech 533, woman": ("speech/librispeech/533-*.flac", slice(0, 3), slice(3, None)),
    "LibriSpeech 3080, woman": ("speech/librispeech/3080-*.flac", slice(1, None), slice(0, 1)),
    "LibriVox, man": ("speech/librivox/*.wav", slice(0, 4), slice(4, None)),
}
"""Recordings of each person, those to learn from, and those to compare with."""

RATE = 16_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with the recordings")
    parser.add_argument("--only", default="", help="people whose name holds this")
    options = parser.parse_args()
    settings = Settings(threads=1)
    stock = [speak(sentence, settings) for sentence in SENTENCES]
    stock_said = np.concatenate([resampled(speech.samples, speech.sample_rate, RATE) for speech in stock])
    stock_errors = word_error_rate(SENTENCES, stock_said, settings)
    print(
        "| person | learned | strength | stock | personal | real | words stock | words personal | learning | speaking |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, (pattern, learned, compared) in PEOPLE.items():
        if options.only not in name:
            continue
        files = sorted(options.data.glob(pattern))
        samples, others = joined(files[learned]), joined(files[compared])
        began = time.process_time()
        voice = fit_personal_voice(samples, RATE, settings)
        took_s = time.process_time() - began
        if voice is None:
            print(f"| {name} | {len(samples) / RATE:.0f} s | none is nearer without losing words |", flush=True)
            continue
        began = time.process_time()
        said = [convert(speech, voice, settings) for speech in stock]
        share = (time.process_time() - began) / sum(speech.duration_s for speech in stock)
        personal_said = np.concatenate([resampled(speech.samples, speech.sample_rate, RATE) for speech in said])
        person = voice_embedding(others, settings)
        near = (similarity(voice_embedding(x, settings), person) for x in (stock_said, personal_said, samples))
        errors = word_error_rate(SENTENCES, personal_said, settings)
        cells = [
            name,
            f"{len(samples) / RATE:.0f} s",
            f"{voice.report.strength:.1f}",
            *(f"{value:.3f}" for value in near),
        ]
        cells += [f"{100 * stock_errors:.1f} %", f"{100 * errors:.1f} %", f"{took_s:.0f} s", f"{share:.2f} x"]
        print(f"| {' | '.join(cells)} |", flush=True)


def joined(files: Sequence[Path]) -> NDArray[np.float32]:
    return np.concatenate([audio(file) for file in files])


if __name__ == "__main__":
    main()
