"""What can be wrong with telling people and their software."""

from __future__ import annotations

from countenance.errors import Rule

ENDPOINT_UNKNOWN = Rule(
    id="service.endpoint_unknown",
    title="There is no such webhook endpoint in this workspace.",
    remedy="List the endpoints; one that was deleted does not come back.",
)
ENDPOINTS_TOO_MANY = Rule(
    id="service.endpoints_too_many",
    title="The workspace has as many webhook endpoints as it may have.",
    remedy="Delete one that is not used any more; one endpoint can be told of events of every type.",
    limit=50,
)
DELIVERY_UNKNOWN = Rule(
    id="service.delivery_unknown",
    title="There is no such delivery in this workspace.",
    remedy="List the deliveries; those of something that was deleted for good are gone.",
)
DELIVERY_OVER = Rule(
    id="service.delivery_over",
    title="This cannot be sent again.",
    remedy="Its receiver is not told of anything any more: the endpoint, or what it was about, was deleted; or the "
    "link for consent was answered, has expired, or has arrived. Make a new link to ask once more.",
)
MAIL_SETTING = Rule(
    id="service.mail_setting",
    title="The mail server's setting cannot be used.",
    remedy="Set `COUNTENANCE_SMTP_URL` to `smtp://user:password@host:587` or `smtps://user:password@host:465`, or "
    "remove it: e-mails are then written as files.",
)
MAIL_FAILED = Rule(
    id="service.mail_failed",
    title="The mail server did not take the e-mail.",
    remedy="It is tried again; look at what the server said, at its address, and at the password.",
)
RULES = (ENDPOINT_UNKNOWN, ENDPOINTS_TOO_MANY, DELIVERY_UNKNOWN, DELIVERY_OVER, MAIL_SETTING, MAIL_FAILED)
