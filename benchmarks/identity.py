"""How well faces and voices are told apart, measured on real recordings of people.

`python benchmarks/identity.py --data DIR` compares every pair of recordings. Faces come from single clips; voices
from groups of five clips joined, because a clip of three seconds holds under two seconds of speech, from pairs of
readings of audiobooks, and from single readings. Prints for each: pairs, false refusals and false acceptances at the
thresholds that the product uses, how many pairs fall into the review band, and the margins. "gallery" holds one face
against many stored ones, as the search for protected people does: everybody against everybody else, people in groups
included, and false alarms at that search's thresholds. Exits with 1 if any pair is on the wrong side.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from recordings import DEFAULT_DATA

from countenance.consent import gallery
from countenance.consent.claim_rules import GALLERY_REVIEW
from countenance.media.read import audio, frames
from countenance.people import identity, voice
from countenance.people.face import detect_faces
from countenance.settings import Settings

CLIPS_PER_VOICE = 5
READINGS_PER_VOICE = 2
FRAMES_PER_CLIP = 8
FRAME_RATE = 3.0

Recording = tuple[str, str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Sample:
    """An embedding, whose it is, and of which recording."""

    person: str
    name: str
    embedding: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """A person, real or generated, and single looks at the face."""

    kind: str
    name: str
    looks: Sequence[NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two recordings and how alike they are."""

    likeness: float
    same: bool
    names: tuple[str, str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, help="folder with the recordings (default: %(default)s)"
    )
    parser.add_argument("--pairs", action="store_true", help="print every pair's likeness too")
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    settings = Settings(threads=options.threads)
    data, pairs = options.data, options.pairs
    face_limits, voice_limits = (identity.FACE_MATCH, identity.FACE_REVIEW), (voice.VOICE_MATCH, voice.VOICE_REVIEW)
    wrong = measure("face, single clips", faces(data, settings), face_limits, pairs)
    wrong += measure_gallery(lineup(data, settings))
    wrong += measure("voice, clips joined", voices(joined_speech(data), settings), voice_limits, pairs)
    wrong += measure("voice, single readings", voices(readings(data), settings), voice_limits, pairs)
    return int(wrong > 0)


def measure(what: str, samples: Sequence[Sample], limits: tuple[float, float], list_pairs: bool) -> int:
    """Print the figures of all pairs as JSON; returns how many pairs are on the wrong side of the match limit."""
    match, review = limits
    pairs = sorted(all_pairs(samples), key=lambda pair: -pair.likeness)
    if list_pairs:
        for pair in pairs:
            print(f"{what}\t{pair.likeness:+.3f}\t{'same' if pair.same else 'different'}\t{'  '.join(pair.names)}")
    genuine = [pair for pair in pairs if pair.same]
    impostor = [pair for pair in pairs if not pair.same]
    refused = [pair for pair in genuine if pair.likeness < match]
    accepted = [pair for pair in impostor if pair.likeness >= match]
    figures = {
        "what": what,
        "recordings": len(samples),
        "people": len({sample.person for sample in samples}),
        "match": match,
        "review": review,
        "same_pairs": len(genuine),
        "different_pairs": len(impostor),
        "false_refusals": len(refused),
        "false_acceptances": len(accepted),
        "different_pairs_in_review": sum(review <= pair.likeness < match for pair in impostor),
        "lowest_same": [round(genuine[-1].likeness, 3), *genuine[-1].names],
        "highest_different": [round(impostor[0].likeness, 3), *impostor[0].names],
        "mean_same": round(float(np.mean([pair.likeness for pair in genuine])), 3),
        "mean_different": round(float(np.mean([pair.likeness for pair in impostor])), 3),
        "margin": round(genuine[-1].likeness - impostor[0].likeness, 3),
    }
    print(json.dumps(figures, indent=2))
    return len(refused) + len(accepted)


def measure_gallery(people: Sequence[Seen]) -> int:
    """Print how often a face is taken for somebody else's among stored faces; returns how often for certain."""
    wrong = 0
    for kinds in (("real", "real"), ("real", "generated"), ("generated", "generated")):
        likenesses = sorted(
            (gallery.likeness(a.looks, _stored(b)), a.name, b.name)
            for a, b in itertools.permutations(people, 2)
            if sorted((a.kind, b.kind), reverse=True) == sorted(kinds, reverse=True)
        )
        values = np.array([likeness for likeness, *_ in likenesses])
        certain = int((values >= identity.FACE_MATCH).sum())
        figures = {
            "what": f"gallery, {kinds[0]} against {kinds[1]}",
            "people": len({name for _, *names in likenesses for name in names}),
            "comparisons": len(values),
            "mean": round(float(values.mean()), 3),
            "deviation": round(float(values.std()), 3),
            "highest": [round(likenesses[-1][0], 3), *likenesses[-1][1:]],
            f"from {identity.FACE_REVIEW} (review of two recordings)": int((values >= identity.FACE_REVIEW).sum()),
            f"from {GALLERY_REVIEW} (review)": int((values >= GALLERY_REVIEW).sum()),
            f"from {identity.FACE_MATCH} (match)": certain,
        }
        print(json.dumps(figures, indent=2))
        wrong += certain
    return wrong


def _stored(seen: Seen) -> gallery.Person:
    face = identity.combined(seen.looks)
    return gallery.Person(seen.name, gallery.Group.PROTECTED, added_at="", model="", faces=(face,))


def lineup(data: Path, settings: Settings) -> list[Seen]:
    """Everybody once; whoever is seen only beside others too."""
    singles = {
        "real": [
            *(sorted((data / "grid" / talker).glob("*.mpg"))[0] for talker in ("s1", "s26")),
            data / "talking/contracted_man_sofa_20s.mp4",
            data / "talking/avatar_talent_b_speaking_4k50.mp4",
            data / "defects/too_short_single_face_2s.mp4",
            data / "defects/silent_track_single_face_20s.mp4",
            data / "defects/webcam_no_speech_8s_720p.mp4",
        ],
        "generated": [
            *sorted((data / "talking").glob("ai_person_*.mp4")),
            *sorted((data / "portraits").glob("ai_good_*")),
        ],
    }
    groups = [
        ("real", data / "portraits/group_five_people.jpg", 5),
        ("real", data / "defects/two_people_webcam_no_audio_38s_720p.webm", 2),
        ("generated", data / "defects/ai_two_people_video_call_10s.mp4", 2),
    ]
    wanted = [*((kind, path, 1) for kind, paths in singles.items() for path in paths), *groups]
    return [seen for kind, path, count in wanted for seen in seen_in(kind, path, count, settings)]


def seen_in(kind: str, path: Path, count: int, settings: Settings) -> Iterator[Seen]:
    """`count` people, known by their order from left to right in the pictures that show so many."""
    looks: list[list[NDArray[np.float32]]] = [[] for _ in range(count)]
    for picture in pictures(path):
        boxes = detect_faces(picture, settings)[:count]
        if len(boxes) == count:
            for own, box in zip(looks, sorted(boxes, key=lambda box: box.x), strict=True):
                own.append(identity.face_embedding(picture, box, settings))
    yield from (Seen(kind, f"{path.stem} {i}", own) for i, own in enumerate(looks) if own)


def all_pairs(samples: Sequence[Sample]) -> Iterator[Pair]:
    for a, b in itertools.combinations(samples, 2):
        yield Pair(identity.similarity(a.embedding, b.embedding), a.person == b.person, (a.name, b.name))


def faces(data: Path, settings: Settings) -> list[Sample]:
    samples = []
    for person, path in face_clips(data):
        embeddings = []
        for picture in pictures(path):
            boxes = detect_faces(picture, settings)
            if boxes:
                embeddings.append(identity.face_embedding(picture, boxes[0], settings))
        samples.append(Sample(person, path.name, identity.combined(embeddings)))
    return samples


def pictures(path: Path) -> Iterator[NDArray[np.uint8]]:
    if path.suffix in {".png", ".jpg"}:
        yield np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)
    else:
        yield from (frame.image for frame in itertools.islice(frames(path, fps=FRAME_RATE), FRAMES_PER_CLIP))


def face_clips(data: Path) -> Iterator[tuple[str, Path]]:
    for talker in ("s1", "s26"):
        yield from ((talker, path) for path in sorted((data / "grid" / talker).glob("*.mpg")))
    for path in sorted((data / "talking").glob("*.mp4")):
        yield ("talent_b" if path.name.startswith("avatar_talent_b") else path.stem), path
    for path in sorted((data / "portraits").glob("ai_good_*")):
        yield path.stem, path
    # One man twice, years apart; then two other people.
    yield "author", data / "portraits/real_good_author_572.jpg"
    yield "author", data / "defects/too_short_single_face_2s.mp4"
    yield "silent_track", data / "defects/silent_track_single_face_20s.mp4"
    yield "webcam", data / "defects/webcam_no_speech_8s_720p.mp4"


def voices(recordings: Iterable[Recording], settings: Settings) -> list[Sample]:
    return [Sample(person, name, voice.voice_embedding(sound, settings)) for person, name, sound in recordings]


def joined_speech(data: Path) -> Iterator[Recording]:
    for talker in ("s1", "s26"):
        yield from joined(talker, sorted((data / "grid" / talker).glob("*.mpg")), CLIPS_PER_VOICE)
    for reader in ("1998", "2609", "3080", "533", "1089"):
        yield from joined(reader, sorted((data / "speech/librispeech").glob(f"{reader}-*.flac")), READINGS_PER_VOICE)
    yield from joined("librivox", sorted((data / "speech/librivox").glob("*.wav")), READINGS_PER_VOICE)
    sound = audio(data / "talking/contracted_man_sofa_20s.mp4")
    for half, part in enumerate(np.array_split(sound, 2)):
        yield "man_sofa", f"man_sofa half {half}", part
    yield "talent_b", "talent_b", audio(data / "talking/avatar_talent_b_speaking_4k50.mp4")


def joined(person: str, paths: Sequence[Path], size: int) -> Iterator[Recording]:
    for start in range(0, len(paths) - size + 1, size):
        clips = [audio(path) for path in paths[start : start + size]]
        yield person, f"{person}[{start}:{start + size}]", np.concatenate(clips)


def readings(data: Path) -> Iterator[Recording]:
    for path in sorted((data / "speech/librispeech").glob("*.flac")):
        yield path.name.split("-")[0], path.name, audio(path)
    for path in sorted((data / "speech/librivox").glob("*.wav")):
        yield "librivox", path.name, audio(path)


if __name__ == "__main__":
    sys.exit(main())
