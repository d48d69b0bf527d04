"""From the body of a request to what is wanted of a replica or a film."""

from __future__ import annotations

from countenance.api.asked.media import ref
from countenance.api.asked.replicas import declarations, material
from countenance.consent.policy import Subject
from countenance.service.errors import REQUEST_INVALID, refused
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos.lipsyncs import NewLipsync
from countenance.service.videos.transcriptions import NewTranscription
from countenance.service.videos.wanted import NewVideo
from countenance.wire.videos import CreateVideo
from countenance.wire.works import CreateLipsync, CreateTranscription


def new_video(body: CreateVideo) -> NewVideo:
    """The video that is asked for.

    Raises:
        CountenanceError: service.request_invalid for a web page as background.
    """
    if body.background_url:
        raise refused(REQUEST_INVALID, "Web pages are not shown behind the person: use `background_source_url`.")
    return NewVideo(
        replica_id=body.replica_id,
        name=body.video_name or "",
        script=body.script or None,
        audio=ref(body.audio_url, body.audio_upload_id),
        voice_name=body.voice_name or None,
        dictionary_id=body.pronunciation_dictionary_id or None,
        background=ref(body.background_source_url, body.background_upload_id),
        colour=body.background_colour or None,
        transparent=body.transparent_background,
        watermark=ref(body.watermark_image_url),
        callback_url=body.callback_url,
        properties=body.properties or {},
    )


def new_lipsync(body: CreateLipsync) -> NewLipsync:
    """The lip-synced film that is asked for."""
    return NewLipsync(
        video=_given(body.original_video_url, body.original_upload_id),
        audio=_given(body.source_audio_url, body.audio_upload_id),
        name=body.lipsync_name or "",
        material=material(body.synthetic, False),
        subject=Subject(body.subject) if body.subject else None,
        full_name=body.full_name,
        language=body.language,
        phrase_id=body.phrase_id,
        declarations=declarations(body.synthetic, False, body.accept_responsibility),
        consent=ref(body.consent_video_url, body.consent_upload_id),
        callback_url=body.callback_url,
    )


def new_transcription(body: CreateTranscription) -> NewTranscription:
    """The transcription that is asked for."""
    return NewTranscription(
        media=_given(body.media_url, body.upload_id), name=body.transcription_name or "", callback_url=body.callback_url
    )


def _given(url: str | None, upload_id: str | None) -> MediaRef:
    return MediaRef(url=url or None, upload_id=upload_id or None)
