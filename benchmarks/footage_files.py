"""The sample data's faulty recordings and portraits against what their names promise."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from countenance.errors import CountenanceError, Finding, Severity
from countenance.footage.report import check
from countenance.settings import Settings

Promise = tuple[tuple[str, ...], ...]
"""Each of these is to be found; each by any one of its rules."""

RECORDINGS: dict[str, Promise] = {
    "silent_track_single_face_20s.mp4": (("footage.silent",),),
    "webcam_no_speech_8s_720p.mp4": (("footage.no_speech",), ("footage.too_short",)),
    "too_short_single_face_2s.mp4": (("footage.too_short",),),
    "face_then_no_face_vfr.mov": (("footage.face_missing",), ("footage.rate_uneven",)),
    "no_face_animation.mp4": (("footage.no_face",),),
    "cartoon_animals_51audio_5s.mp4": (("footage.no_face",), ("footage.too_short",)),
    "dark_scene_no_face_5s.mp4": (("footage.too_dark",), ("footage.no_face",), ("footage.too_short",)),
    "two_people_webcam_no_audio_38s_720p.webm": (("footage.second_person",), ("media.no_audio",)),
    "ai_two_people_video_call_10s.mp4": (("footage.second_person",), ("footage.no_speech",)),
    "people_far_no_audio_10fps_139s.mp4": (
        ("footage.no_face", "footage.face_too_small"),
        ("footage.rate_too_low",),
        ("media.no_audio",),
    ),
    "broken_no_duration.webm": (("footage.no_face",), ("footage.silent",), ("footage.too_dark",)),
    "corrupt_header_a.wav": (("media.bad_sound",),),
    "empty_44_bytes.wav": (("media.empty_file",),),
}
PORTRAITS: dict[str, Promise] = {
    "ai_good_man_0001.png": (),
    "ai_good_man_0415.png": (),
    "ai_good_woman_0033.png": (),
    "ai_good_woman_0588.png": (),
    "real_good_author_572.jpg": (),
    "group_five_people.jpg": (("portrait.several_people",),),
    "alpha_channel_hand_over_face.png": (("portrait.alpha_channel", "portrait.transparent"), ("portrait.covered",)),
    "no_face_landscape.jpg": (("portrait.no_face",),),
    "nonphoto_painting_mona_lisa.jpg": (("portrait.not_a_photo",),),
    "nonphoto_painting_turned_head_turban.jpg": (("portrait.not_a_photo", "portrait.turned", "portrait.hat"),),
    "animal_alpaca.jpg": (("portrait.no_face", "portrait.not_human"),),
    "animal_dog_face.jpg": (("portrait.no_face", "portrait.not_human"),),
}
"""Nothing promised: no errors."""
GOOD = ("talking/contracted_man_sofa_20s.mp4",)


def measure_files(data: Path, only: Sequence[str]) -> int:
    """Print one line for each file; returns how many are not as promised."""
    from countenance.stock.clips import presenter_clip

    settings = Settings()
    cases = [(data / "defects" / name, promise) for name, promise in RECORDINGS.items()]
    cases += [(data / name, ()) for name in GOOD] + [(presenter_clip(), ())]
    cases += [(data / "portraits" / name, promise) for name, promise in PORTRAITS.items()]
    forgotten = {path.name for folder in ("defects", "portraits") for path in (data / folder).iterdir()}
    forgotten -= {path.name for path, _ in cases}
    for name in sorted(forgotten):
        print(f"nothing is promised for {name}")
    wrong = len(forgotten)
    for path, promise in cases:
        if only and not any(part in path.name for part in only):
            continue
        found = _findings(path, settings)
        raised = {finding.rule.id for finding in found}
        errors = {finding.rule.id for finding in found if finding.severity is Severity.ERROR}
        kept = all(raised & set(any_of) for any_of in promise) if promise else not errors
        wrong += not kept
        print(f"{'ok   ' if kept else 'WRONG'} {path.name}: {', '.join(sorted(raised)) or 'nothing'}")
        sys.stdout.flush()
    return wrong


def _findings(path: Path, settings: Settings) -> tuple[Finding, ...]:
    try:
        if path.suffix in {".png", ".jpg"}:
            from countenance.footage.portrait import check_image

            return check_image(path, settings).findings
        return check(path, settings).findings
    except CountenanceError as error:
        return error.findings
