"""From the body of a request to the replica that is wanted."""

from __future__ import annotations

from countenance.api.asked.media import ref
from countenance.consent.declaration import AI_GENERATED, LIKENESS, PICTURE_RIGHTS
from countenance.consent.policy import Subject
from countenance.consent.receipt_content import Material
from countenance.service.replicas.wanted import NewReplica
from countenance.wire.replicas import MODEL, CreateReplica


def new_replica(body: CreateReplica) -> NewReplica:
    """What is asked for, with what the request declares by what it is."""
    footage = ref(body.train_video_url, body.train_upload_id)
    picture = ref(body.train_image_url, body.image_upload_id)
    return NewReplica(
        name=body.replica_name or "",
        model_name=body.model_name or MODEL,
        material=material(body.synthetic, picture is not None),
        subject=Subject(body.subject) if body.subject else None,
        full_name=body.full_name,
        language=body.language,
        phrase_id=body.phrase_id,
        declarations=declarations(body.synthetic, picture is not None, body.accept_responsibility),
        footage=footage,
        consent=ref(body.consent_video_url, body.consent_upload_id),
        picture=picture,
        voice_name=body.voice_name or body.default_voice_id,
        callback_url=body.callback_url,
        properties=body.properties.model_dump() if body.properties else {},
        consent_by_link=body.consent_by_link,
    )


def material(synthetic: bool, pictured: bool) -> Material | None:
    """None where it is real footage."""
    if synthetic:
        return Material.SYNTHETIC
    return Material.IMAGE if pictured else None


def declarations(synthetic: bool, pictured: bool, accept_responsibility: bool) -> tuple[str, ...]:
    """What is declared by sending this: the description of each field says so."""
    given = ((synthetic, AI_GENERATED), (pictured, PICTURE_RIGHTS), (accept_responsibility, LIKENESS))
    return tuple(declaration for is_given, declaration in given if is_given)
