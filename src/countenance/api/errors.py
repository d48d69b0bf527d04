"""What can be wrong with a request before anybody looks at what it asks for."""

from __future__ import annotations

from countenance.errors import Rule

PATH_UNKNOWN = Rule(
    id="api.path_unknown",
    title="There is nothing at this address.",
    remedy="Look the path up in the API's description, `/openapi.json`.",
)
METHOD_NOT_ALLOWED = Rule(
    id="api.method_not_allowed",
    title="This cannot be done at this address.",
    remedy="Use one of the methods that the header `Allow` names.",
)
TOO_LARGE = Rule(
    id="api.too_large",
    title="The request is too large.",
    remedy="Send media as an upload (`POST /v2/uploads`) or as a URL, not inside a request.",
)
NO_JSON = Rule(
    id="api.no_json",
    title="The request's body is not JSON.",
    remedy="Send one JSON value in UTF-8: texts in double quotes, no comma behind the last value.",
)
MALFORMED = Rule(
    id="api.malformed",
    title="The request cannot be read.",
    remedy="Send JSON with the header `Content-Type: application/json`.",
)
NOT_OFFERED = Rule(
    id="api.not_offered",
    title="Live conversations are not part of this product.",
    remedy="Make videos with `POST /v2/videos`; for live conversations use a service that offers them.",
)
REPLACEMENTS_NOT_MADE = Rule(
    id="api.replacements_not_made",
    title="Words in a finished film are not replaced.",
    remedy="Make a new video with `POST /v2/videos`, or move the lips in a film to another sound with "
    "`POST /v2/lipsync`.",
)
VOICES_NOT_MADE = Rule(
    id="api.voices_not_made",
    title="Voices are not made from recordings alone.",
    remedy="Create a replica from footage: it gets the person's own voice, and that person agrees to it.",
)
VOICE_NOT_FOUND = Rule(
    id="api.voice_not_found",
    title="There is no such voice.",
    remedy="List the voices with `GET /v2/voices`.",
)
CONVERSATION_UNKNOWN = Rule(
    id="api.conversation_unknown",
    title="There is no such conversation.",
    remedy="Live conversations are not part of this product; there are none.",
)
SUBJECT_UNKNOWN = Rule(
    id="api.subject_unknown",
    title="There is no such thing here.",
    remedy="What Tavus has under this name is not part of this product; there is none.",
)
BUSY = Rule(
    id="api.busy",
    title="Too many files are being looked at.",
    remedy="Try again in a few seconds.",
)
STREAMS_OPEN = Rule(
    id="api.streams_open",
    title="Too many trainings are watched with this key.",
    remedy="Close a stream that is not needed any more, or ask with `GET /v2/replicas/{id}` now and then.",
    limit=10.0,
    unit="streams",
)
IMAGE_UNREADABLE = Rule(
    id="api.image_unreadable",
    title="The picture is not base64.",
    remedy="Send the bytes of a JPEG or PNG file in base64 as `imageBase64`.",
)
FOREIGN_PAGE = Rule(
    id="api.foreign_page",
    title="The request comes from a page of another site.",
    remedy="Open Countenance itself and do it there; programs send a key in the header `x-api-key`.",
)
RULES = (
    PATH_UNKNOWN,
    METHOD_NOT_ALLOWED,
    TOO_LARGE,
    NO_JSON,
    MALFORMED,
    NOT_OFFERED,
    REPLACEMENTS_NOT_MADE,
    VOICES_NOT_MADE,
    VOICE_NOT_FOUND,
    CONVERSATION_UNKNOWN,
    SUBJECT_UNKNOWN,
    BUSY,
    STREAMS_OPEN,
    IMAGE_UNREADABLE,
    FOREIGN_PAGE,
)
