"""Facts of Tavus's public API v2 that this product answers to: paths, fields, types and statuses.

`source` says where a fact comes from: `O` Tavus's own OpenAPI description (May 2026), `D` later pages of its
documentation (faces and PALs), `T` what clients saw the live API do.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Operation:
    """One operation."""

    method: str
    path: str
    source: str
    request: tuple[str, ...] = ()
    """fields of the body, or with `?` of the query"""
    response: tuple[str, ...] = ()
    """`name: type` of the body; a list is `data[].name`"""
    status: int = 200
    refusals: tuple[int, ...] = (401,)


_REPLICA = (
    "replica_id: string",
    "replica_name: string",
    "thumbnail_video_url: string?",
    "training_progress: string",
    "status: string",
    "created_at: string",
    "updated_at: string",
    "error_message: string?",
    "replica_type: string",
    "model_name: string",
)
_FACE = (
    "face_id: string",
    "face_name: string",
    "face_type: string",
    "finetune_status: string?",
    "default_voice_id: string?",
    "original_voice_id: string?",
)
_VIDEO = (
    "video_id: string",
    "video_name: string",
    "status: string",
    "data: object",
    "replica_id: string",
    "download_url: string?",
    "stream_url: string?",
    "hosted_url: string",
    "status_details: string",
    "error_details: string?",
    "generation_progress: string",
    "created_at: string",
    "updated_at: string",
    "still_image_thumbnail_url: string?",
    "gif_thumbnail_url: string?",
)
_CREATE_REPLICA = (
    "train_video_url",
    "train_image_url",
    "consent_video_url",
    "voice_name",
    "auto_fix_training_image",
    "replica_name",
    "callback_url",
    "model_name",
    "properties",
)


def _rows(fields: tuple[str, ...]) -> tuple[str, ...]:
    return ("total_count: integer", *(f"data[].{field}" for field in fields))


OPERATIONS = (
    Operation(
        "POST",
        "/v2/replicas",
        "O",
        _CREATE_REPLICA,
        ("replica_id: string", "status: string"),
        refusals=(400, 401),
    ),
    Operation(
        "POST",
        "/v2/faces",
        "D",
        ("face_name", "train_video_url", "train_image_url", "callback_url", "voice_name", "default_voice_id"),
        ("face_id: string", "status: string"),
        refusals=(400, 401),
    ),
    Operation("GET", "/v2/replicas/{}", "O", (), _REPLICA, refusals=(400, 401)),
    Operation("GET", "/v2/replicas/{}", "T", (), (), refusals=(404,)),
    Operation("GET", "/v2/faces/{}", "D", (), (*_REPLICA, *_FACE)),
    Operation(
        "GET",
        "/v2/replicas",
        "O",
        ("?limit", "?page", "?replica_type", "?replica_ids", "?model_name"),
        _rows(_REPLICA),
    ),
    Operation("GET", "/v2/faces", "T", ("?limit", "?page", "?face_type"), _rows(_FACE)),
    Operation("PATCH", "/v2/replicas/{}/name", "T", ("replica_name",), status=204),
    Operation("PATCH", "/v2/faces/{}/name", "T", ("face_name",), status=204),
    Operation("DELETE", "/v2/replicas/{}", "T", ("?hard",), status=204),
    Operation(
        "PATCH",
        "/v2/faces/{}",
        "D",
        ("face_name", "default_voice_id"),
        ("face_id: string", "face_name: string", "default_voice_id: string?", "original_voice_id: string?"),
    ),
    *(
        Operation(
            "POST",
            f"/v2/{name}/image-validation",
            "D",
            ("imageBase64", "mimeType", "model"),
            (
                "passed: boolean",
                "checks[].id: string",
                "checks[].label: string",
                "checks[].passed: boolean",
                "details: object",
            ),
        )
        for name in ("faces", "replicas")
    ),
    Operation(
        "POST",
        "/v2/videos",
        "O",
        (
            "replica_id",
            "script",
            "audio_url",
            "video_name",
            "callback_url",
            "background_url",
            "background_source_url",
            "fast",
            "transparent_background",
            "watermark_image_url",
            "properties",
        ),
        ("video_id: string", "video_name: string", "status: string", "hosted_url: string", "created_at: string"),
        refusals=(400, 401),
    ),
    Operation("GET", "/v2/videos/{}", "O", (), _VIDEO),
    Operation("GET", "/v2/videos", "O", ("?limit", "?page"), _rows(_VIDEO)),
    Operation("PATCH", "/v2/videos/{}/name", "T", ("video_name",), status=204),
    Operation("DELETE", "/v2/videos/{}", "T", ("?hard",), status=204),
    Operation(
        "GET",
        "/v2/voices",
        "O",
        ("?limit", "?page", "?search", "?tag"),
        (
            "total_count: integer",
            "page: integer",
            "limit: integer",
            "data[].voice_name: string",
            "data[].replica_id: string?",
            "data[].audio_url: string?",
            "data[].tags: array",
        ),
    ),
    Operation(
        "POST",
        "/v2/pronunciation-dictionaries",
        "O",
        ("name", "rules"),
        (
            "name: string",
            "rules[].text: string",
            "rules[].pronunciation: string",
            "rules[].type: string",
            "rules[].case_sensitive: boolean",
            "rules[].word_boundaries: boolean",
        ),
        status=201,
        refusals=(400, 401),
    ),
    Operation("GET", "/v2/pronunciation-dictionaries", "O", ("?limit", "?page"), _rows(("name: string",))),
    Operation("GET", "/v2/pronunciation-dictionaries", "T", (), _rows(("uuid: string",))),
    Operation("GET", "/v2/pronunciation-dictionaries/{}", "O", (), ("name: string",)),
    Operation("PATCH", "/v2/pronunciation-dictionaries/{}", "O", (), ("name: string",), refusals=(304, 400, 401, 422)),
    Operation("DELETE", "/v2/pronunciation-dictionaries/{}", "O", status=204),
    Operation(
        "POST",
        "/v2/lipsync",
        "O",
        ("original_video_url", "source_audio_url", "lipsync_name", "callback_url"),
        ("lipsync_id: string", "status: string"),
    ),
    Operation("GET", "/v2/lipsync", "O", (), _rows(("lipsync_id: string",))),
    Operation("GET", "/v2/lipsync/{}", "O", (), ("lipsync_id: string", "status: string")),
    Operation("DELETE", "/v2/lipsync/{}", "O", status=204),
    Operation("GET", "/v2/transcriptions", "O", (), ("total_count: integer",)),
    *(
        Operation("GET", f"/v2/{subject}", "T", (), ("total_count: integer", "data: array"))
        for subject in (
            *("conversations", "personas", "pals", "documents", "objectives", "guardrails", "tools"),
            *("deployments", "builder", "pals/{}/tools", "pals/{}/skills", "replacements"),
        )
    ),
    Operation("GET", "/v2/conversations/{}", "O", refusals=(400, 401)),
    Operation("POST", "/v2/conversations/{}/end", "O", refusals=(400, 401)),
)
