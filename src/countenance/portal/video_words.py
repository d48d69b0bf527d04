"""How a video stands, and what it is, in the words of people."""

from __future__ import annotations

from collections.abc import Mapping

from countenance.portal.standing import Told
from countenance.service.db.tables import Replica, Video
from countenance.service.videos.waiting import FOR_REPLICA
from countenance.service.videos.wanted import look_of
from countenance.settings import Settings
from countenance.voice.catalogue import voices
from countenance.wire.videos import VideoBody

_STAGES: Mapping[str, str] = {
    "queued": "getting ready",
    "open": "opening the replica",
    "listen": "making the voice",
    "speak": "moving the lips",
    "render": "moving the lips",
    "external engine": "moving the lips",
    "store": "putting it away",
}
_COLOURS = {"green": "Green", "blue": "Blue", "white": "White", "black": "Black"}


def told_of_video(video: VideoBody) -> Told:
    """How a video stands."""
    if video.status == "ready":
        return Told("ready", "Ready", "good", news="is ready.")
    if video.status == "error":
        why = video.findings[0].title if video.findings else video.error_details or "It could not be made."
        return Told("failed", "Failed", "bad", why, news=f"has failed: {why}")
    if video.stage == FOR_REPLICA:
        note = "It begins by itself as soon as the replica can speak."
        return Told("waiting", "Waits for its replica", "wait", note)
    if video.status == "queued" or video.standing == "waiting":
        return Told("queued", "Queued", "quiet", "It begins by itself as soon as a worker is free.")
    percent = int(video.generation_progress.partition("/")[0])
    if video.standing == "stalled":
        note = "No worker is there. It begins again by itself as soon as one is."
        return Told("paused", "Paused", "wait", note, percent=percent)
    stage = _STAGES.get(video.stage, video.stage)
    return Told("making", "Being made", "busy", stage=stage, percent=percent, seconds_left=video.seconds_left)


def voice_of(video: Video, replica: Replica | None, settings: Settings) -> str:
    """Who is heard."""
    if video.script is None:
        return "The recording that was given"
    name = video.voice_name or (replica.voice_name if replica is not None else None)
    if name and name != "personal":
        return next((each.info.name for each in voices(settings) if each.id == name and each.info), name)
    if name == "personal" or (replica is not None and replica.has_voice):
        return "The replica’s own voice"
    return "The voice of this server"


def background_of(video: Video, roles: frozenset[str]) -> str:
    """What is behind the person; `roles` are those of the files that the video is made of."""
    colour, is_clear = look_of(video.properties)
    if is_clear:
        return "Transparent"
    if colour:
        return _COLOURS.get(colour, colour)
    return "A picture or a film" if "background" in roles else "As filmed"


def origin_of(replica: Replica | None) -> str:
    """What anybody should know who sees a video of this replica; no more than what is known here."""
    if replica is None or replica.purged_at is not None:
        return "It was made with a digital replica, which has been erased since."
    if replica.material == "footage" and replica.receipt_id is not None:
        return (
            "It was made with a digital replica of a real person, who agreed to that replica: their recorded consent "
            "was checked before it was made. They did not say this in front of a camera."
        )
    if replica.material == "footage":
        return (
            "It was made with a digital replica of a person who was filmed. They did not say this in front of a camera."
        )
    if replica.subject == "invented":
        return (
            "It was made with a digital replica of an AI-generated person: whoever made it says that it shows nobody."
        )
    if replica.material == "image":
        return (
            "It was made from one picture. Whoever made it says that they have the right to that picture. The person "
            "in it did not say this in front of a camera."
        )
    return (
        "It was made with a digital replica from AI-generated footage that resembles somebody. They did not say this "
        "in front of a camera, and whoever made it answers for the likeness."
    )
