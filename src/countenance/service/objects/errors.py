"""What can be wrong with a stored object, and with a link to one."""

from __future__ import annotations

from countenance.errors import Rule

OBJECT_MISSING = Rule(
    id="service.object_missing",
    title="The file is not stored any more.",
    remedy="It was deleted, or its time was over; make it again.",
)
STORE_UNREACHABLE = Rule(
    id="service.store_unreachable",
    title="The place where files are stored does not answer, or refuses.",
    remedy="Try again in a few minutes; if it happens again, tell the operator of this server.",
)
STORE_SETTING = Rule(
    id="service.store_setting",
    title="The settings of the object store cannot be used.",
    remedy="Correct COUNTENANCE_OBJECTS_URL (`s3://bucket/prefix`) and COUNTENANCE_OBJECTS_OPTIONS (a JSON object).",
)
LINK_INVALID = Rule(
    id="service.link_invalid",
    title="This link was not made here, or it was altered.",
    remedy="Copy the whole link again, or ask the API for a new one.",
)
LINK_EXPIRED = Rule(
    id="service.link_expired",
    title="The time of this link is over.",
    remedy="Ask the API for a new one.",
    unit="s",
)
LINK_KEY = Rule(
    id="service.link_key",
    title="The secret that signs links cannot be used.",
    remedy="Correct COUNTENANCE_LINK_KEY (32 bytes or more in base64), or delete keys/links.key in the data folder: "
    "a new one is made, and links that were given out end.",
)
RANGE_OUTSIDE = Rule(
    id="service.range_outside",
    title="The part of the file that was asked for lies behind its end.",
    remedy="Ask for a part that is there, or for the whole file.",
    unit="bytes",
)
RULES = (OBJECT_MISSING, STORE_UNREACHABLE, STORE_SETTING, LINK_INVALID, LINK_EXPIRED, LINK_KEY, RANGE_OUTSIDE)
