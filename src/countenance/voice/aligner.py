"""The process in which PocketSphinx finds the times of phones: it can crash, and then nothing else goes with it.

    python -m countenance.voice.aligner

Standard input: one line of JSON, `[{"samples": n, "words": [[word, "P R O N"], ...]}, ...]`, and after it the sound of
all chunks as 16-bit samples at 16 kHz. Standard output: one line of JSON a chunk, `[[phone, start, frames], ...]` in
frames of 10 ms, or `null` where the words cannot be heard in the sound. `phone` is ARPAbet, or SIL.
"""

from __future__ import annotations

import json
import sys
from typing import Any

FRAME_S = 0.01
_SAMPLE_BYTES = 2
_BEAM = 1e-80
"""Wide: there is only one sentence to be found, and a narrow beam loses it where somebody mumbles."""
_NOT_SPEECH = ("SIL", "+")


def main() -> None:
    import pocketsphinx

    pocketsphinx.set_loglevel("FATAL")
    chunks = json.loads(sys.stdin.buffer.readline())
    # Without dithering the same sound always gives the same times. The best path through the lattice of words leaves
    # some phones a single frame, which is less than the second pass can give them.
    search = {"beam": _BEAM, "wbeam": _BEAM, "pbeam": _BEAM, "bestpath": False}
    decoder = pocketsphinx.Decoder(lm=None, samprate=16000, dither=False, **search)
    for chunk in chunks:
        sound = sys.stdin.buffer.read(_SAMPLE_BYTES * chunk["samples"])
        print(json.dumps(_aligned(decoder, chunk["words"], sound)), flush=True)


def _aligned(decoder: Any, words: list[list[str]], sound: bytes) -> list[list[Any]] | None:
    known = [_known(decoder, word, phones) for word, phones in words]
    text = " ".join(word for word in known if word is not None)
    if not text:
        return None
    try:
        decoder.set_align_text(text)
        _hear(decoder, sound)
        decoder.set_alignment()
        _hear(decoder, sound)
        alignment = decoder.get_alignment()
    except RuntimeError:
        return None
    found: list[list[Any]] = []
    # Entries are gone as soon as the next one is asked for: what is wanted of one is read at once.
    for word in alignment or ():
        for phone in word:
            name = "SIL" if phone.name.startswith(_NOT_SPEECH) else phone.name
            found.append([name, int(phone.start), int(phone.duration)])
    return found or None


def _hear(decoder: Any, sound: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()


def _known(decoder: Any, word: str, phones: str) -> str | None:
    """The word as the dictionary has it, where it must be with these phones first; None if it has no phones."""
    if decoder.lookup_word(word) is not None:
        return word
    if not phones:
        return None
    try:
        decoder.add_word(word, phones, update=True)
    except RuntimeError:
        return None
    return word


if __name__ == "__main__":
    main()
