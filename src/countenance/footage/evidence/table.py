"""Which picture proves which rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL.Image import Image

from countenance.errors import Finding
from countenance.footage.evidence import framing, moments, person, picture, sound
from countenance.footage.evidence.moments import Value
from countenance.footage.evidence.scene import Case
from countenance.footage.timeline import Timeline

Sketch = Callable[[Case], Image | None]
Times = Callable[[Finding, Timeline, Value | None], list[float]]


@dataclass(frozen=True, slots=True)
class Shown:
    """How a rule is shown: what is drawn, what was measured, and when."""

    sketch: Sketch
    value: Value | None = None
    times: Times | None = moments.middle
    """None where no picture of the recording is needed."""
    has_wave: bool = False
    """Whether the sound around the worst stretch is needed."""


_ANYTHING = Shown(person.whole)

_FACES, _VIEW = moments.of_face, moments.of_view

TABLE: dict[str, Shown] = {
    # Who is seen
    "footage.no_face": Shown(person.no_face, times=moments.without_face),
    "footage.on_its_side": Shown(person.bare),
    "footage.face_missing": Shown(person.no_face),
    "footage.face_leaves": Shown(person.no_face),
    "footage.second_person": Shown(person.several_faces, moments.faces),
    "footage.someone_passes": Shown(person.several_faces),
    # How the person is framed
    "footage.face_too_small": Shown(framing.width_px, _FACES("width_px")),
    "footage.face_small": Shown(framing.width_px, _FACES("width_px")),
    "footage.face_far": Shown(framing.height_share, _FACES("frame_share", 100)),
    "footage.face_near": Shown(framing.height_share, _FACES("frame_share", 100)),
    "footage.off_centre": Shown(framing.margins, moments.off_centre),
    "footage.head_cut": Shown(framing.nearest_edge),
    "footage.headroom": Shown(framing.headroom),
    "footage.distance_changes": Shown(framing.distances, _FACES("width_px"), moments.extremes),
    # How the head is held
    "footage.face_turned": Shown(person.direction, moments.turn),
    "footage.camera_angle": Shown(person.raised, moments.raised),
    "footage.head_tilted": Shown(person.tilt, moments.tilted),
    "footage.head_moves": Shown(framing.moved, times=moments.both_ends),
    # What can be seen of the face
    "footage.face_covered": Shown(person.covered),
    "footage.eyes_covered": Shown(person.eyes),
    "footage.eyes_shut": Shown(person.eyes),
    "footage.mouth_hidden": Shown(person.covered),
    "footage.lips_never_close": Shown(person.mouth, _FACES("lip_gap")),
    "footage.mouth_opens_little": Shown(person.mouth, _FACES("lip_gap")),
    # Light
    "footage.too_dark": Shown(picture.brightness, moments.brightness),
    "footage.dim": Shown(picture.brightness, moments.brightness),
    "footage.overexposed": Shown(picture.lost_light, _VIEW("bright")),
    "footage.low_contrast": Shown(person.bare, moments.contrast),
    "footage.uneven_light": Shown(picture.halves, _VIEW("uneven")),
    "footage.light_changes": Shown(picture.light_over_time, moments.brightness, moments.extremes),
    "footage.flicker": Shown(picture.light_over_time),
    "footage.flash": Shown(picture.pair, times=moments.around_start),
    # Sharpness
    "footage.resolution_low": Shown(picture.close_up),
    "footage.blurred": Shown(picture.close_up, _VIEW("sharpness")),
    "footage.compressed": Shown(picture.close_up, _VIEW("blockiness")),
    "footage.noise": Shown(picture.close_up),
    "footage.letterbox": Shown(person.bare),
    # Movement and time
    "footage.camera_shake": Shown(picture.camera_over_time),
    "footage.camera_moves": Shown(picture.camera_over_time),
    "footage.background_moves": Shown(picture.stirred, moments.background, moments.a_little_later),
    "footage.cut": Shown(picture.pair, times=moments.edges),
    "footage.frozen": Shown(picture.pair, times=moments.both_ends),
    # Sound
    "footage.no_speech": Shown(sound.loudness, times=None),
    "footage.too_little_speech": Shown(sound.speech, times=None),
    "footage.little_speech": Shown(sound.speech, times=None),
    "footage.silent": Shown(sound.loudness, times=None),
    "footage.quiet": Shown(sound.loudness, times=None),
    "footage.noisy": Shown(sound.loudness, times=None),
    "footage.hum": Shown(sound.loudness, times=None),
    "footage.level_changes": Shown(sound.loudness, times=None),
    "footage.clipping": Shown(sound.clipped_wave, times=None, has_wave=True),
    "footage.dropouts": Shown(sound.broken_wave, times=None, has_wave=True),
    "footage.music": Shown(sound.loudness, times=None),
    "footage.reverberation": Shown(sound.decay, times=None),
    "footage.second_voice": Shown(sound.voices, times=None),
    # Lips and sound
    "footage.sound_offset": Shown(sound.lips_and_sound, times=None),
    "footage.dubbed": Shown(sound.lips_and_sound, times=None),
    "footage.dubbed_part": Shown(sound.lips_and_sound, times=None),
    "footage.sync_unsure": Shown(sound.lips_and_sound, times=None),
    "footage.mouth_still": Shown(sound.lips_and_sound, times=None),
    "footage.voice_beside": Shown(sound.lips_and_sound, times=None),
    "footage.mouth_moves": Shown(sound.lips_and_sound, times=None),
    "footage.no_listening": Shown(sound.lips_and_sound, times=None),
    "footage.little_listening": Shown(sound.lips_and_sound, times=None),
}

PORTRAITS: dict[str, Sketch] = {
    "portrait.no_face": person.bare,
    "portrait.on_its_side": person.bare,
    "portrait.not_human": person.whole,
    "portrait.face_unclear": person.whole,
    "portrait.several_people": person.several_faces,
    "portrait.face_behind": person.several_faces,
    "portrait.face_too_small": framing.width_px,
    "portrait.face_small": framing.width_px,
    "portrait.face_far": framing.height_share,
    "portrait.off_centre": framing.margins,
    "portrait.head_cut": framing.nearest_edge,
    "portrait.crown_cut": framing.nearest_edge,
    "portrait.shoulders_cut": framing.shoulders,
    "portrait.turned_away": person.direction,
    "portrait.turned": person.direction,
    "portrait.lying": person.tilt,
    "portrait.leaning": person.tilt,
    "portrait.looks_away": person.eyes,
    "portrait.eyes_closed": person.eyes,
    "portrait.mouth_open": person.mouth,
    "portrait.sunglasses": person.eyes,
    "portrait.glasses": person.eyes,
    "portrait.forehead_covered": person.covered,
    "portrait.cheek_covered": person.covered,
    "portrait.mouth_covered": person.covered,
    "portrait.covered": person.covered,
    "portrait.too_dark": picture.brightness,
    "portrait.dim": picture.brightness,
    "portrait.too_bright": picture.lost_light,
    "portrait.side_light": picture.halves,
    "portrait.too_blurred": picture.close_up,
    "portrait.blurred": picture.close_up,
    "portrait.blocky": picture.close_up,
    "portrait.not_a_photo": picture.close_up,
    "portrait.painted": picture.close_up,
    "portrait.drawn": picture.close_up,
    "portrait.transparent": person.bare,
    "portrait.face_transparent": person.whole,
    "portrait.framed": person.bare,
}


def shown(finding: Finding) -> Shown | None:
    """How to show it; None where there is nothing to see."""
    return TABLE.get(finding.rule.id) or (_ANYTHING if finding.spans else None)
