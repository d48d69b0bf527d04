"""The drawings beside the guidelines: what each pair shows, in words, and which rules it illustrates.

The files are drawn by `scripts/draw_guidelines.py` and lie in `portal/static`; each is 320 by 180.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drawing:
    """A good picture beside a bad one."""

    subject: str
    """Names the pair: `light`."""
    title: str
    """What is asked, as short as a heading."""
    good: str
    """What the good one shows, for those who do not see it; a caption too."""
    bad: str
    """The same for the bad one."""
    group: str
    """The group of the guidelines to which it belongs: a name of `footage.guidelines.groups`, or `consent`."""
    rules: tuple[str, ...]
    """Ids of the rules that check for it."""

    @property
    def good_file(self) -> str:
        return f"guide-{self.subject}-good.svg"

    @property
    def bad_file(self) -> str:
        return f"guide-{self.subject}-bad.svg"


DRAWINGS: tuple[Drawing, ...] = (
    Drawing(
        "framing",
        "Head and shoulders, in the middle",
        "The head has room above it, and shoulders and chest are in the picture.",
        "The head is cut off at the edge of the picture.",
        "person",
        ("footage.head_cut", "footage.headroom", "footage.off_centre", "footage.face_leaves"),
    ),
    Drawing(
        "distance",
        "Close to the camera",
        "The face fills a good part of the picture.",
        "The person stands so far away that the face is tiny.",
        "person",
        ("footage.face_too_small", "footage.face_small", "footage.face_far", "footage.distance_changes"),
    ),
    Drawing(
        "eye-level",
        "Camera at eye level",
        "The camera stands on a tripod, as high as the eyes.",
        "The camera lies on a table and looks up at the face.",
        "person",
        ("footage.camera_angle", "footage.face_turned", "footage.head_tilted"),
    ),
    Drawing(
        "uncovered",
        "Nothing before the face",
        "The whole face is seen.",
        "A hand with a cup covers the mouth.",
        "person",
        ("footage.face_covered", "footage.eyes_covered", "footage.mouth_hidden"),
    ),
    Drawing(
        "eyes",
        "Eyes on the camera",
        "The eyes look into the lens.",
        "The eyes look down at a sheet of paper.",
        "person",
        ("portrait.looks_away",),
    ),
    Drawing(
        "alone",
        "One person",
        "One person, alone.",
        "Two people are in the picture.",
        "person",
        ("footage.second_person", "footage.someone_passes"),
    ),
    Drawing(
        "light",
        "Soft light from the front",
        "A lamp in front of the person lights the face evenly.",
        "A bright window behind the person leaves the face in the dark.",
        "light",
        ("footage.too_dark", "footage.dim", "footage.low_contrast", "footage.uneven_light"),
    ),
    Drawing(
        "background",
        "A background that stands still",
        "Behind the person there is a plain wall with a shelf and a plant.",
        "Behind the person other people walk past.",
        "picture",
        ("footage.background_moves",),
    ),
    Drawing(
        "sound",
        "A quiet room",
        "The sound rises where the person speaks and rests in the pauses.",
        "Music and noise from outside are as loud as the person.",
        "sound",
        ("footage.noisy", "footage.music", "footage.second_voice"),
    ),
    Drawing(
        "speaking",
        "Speak, then listen with closed lips",
        "The person speaks, and afterwards listens with closed lips, eyes on the camera.",
        "In the pauses the person turns away, or eats.",
        "listening",
        ("footage.no_listening", "footage.little_listening", "footage.mouth_moves", "footage.lips_never_close"),
    ),
    Drawing(
        "picture",
        "Sharp, and from the front",
        "A sharp portrait of one person who looks into the camera.",
        "A blurred portrait from the side.",
        "image",
        ("portrait.blurred", "portrait.too_blurred", "portrait.turned", "portrait.turned_away"),
    ),
    Drawing(
        "statement",
        "In person",
        "The person reads the statement aloud into the camera.",
        "A telephone that plays a recording is held before the camera.",
        "consent",
        ("consent.still_picture", "consent.mouth_still", "consent.not_in_sync", "consent.phrase_not_spoken"),
    ),
)


def drawings_of(group: str) -> tuple[Drawing, ...]:
    """The pairs of one group of the guidelines."""
    return tuple(drawing for drawing in DRAWINGS if drawing.group == group)
