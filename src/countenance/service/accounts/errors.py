"""What can be wrong with who asks, from where, and how often."""

from __future__ import annotations

from countenance.errors import Rule

KEY_INVALID = Rule(
    id="service.key_invalid",
    title="The API key is missing or not valid.",
    remedy="Send a key of your workspace in the header `x-api-key`. A key that was lost cannot be shown again: make a "
    "new one and revoke the old one.",
)
KEY_EXPIRED = Rule(
    id="service.key_expired",
    title="The API key has expired.",
    remedy="Make a new key; ask an owner of the workspace if you cannot.",
)
KEY_UNKNOWN = Rule(
    id="service.key_unknown",
    title="There is no such API key in this workspace.",
    remedy="List the keys of the workspace; a key goes by its public part, which follows the first `_`.",
)
ADDRESS_NOT_ALLOWED = Rule(
    id="service.address_not_allowed",
    title="The API key may not be used from this address.",
    remedy="Use it from one of the networks that were named when it was made, or make a key for this network.",
)
SCOPE_MISSING = Rule(
    id="service.scope_missing",
    title="The API key is not allowed to do this.",
    remedy="Use a key whose role and scopes allow it; an owner of the workspace can make one.",
)
RATE_LIMITED = Rule(
    id="service.rate_limited",
    title="Too many requests were made with this API key.",
    remedy="Wait as many seconds as the header `Retry-After` says, and make fewer requests at once.",
    unit="requests/min",
)
IDEMPOTENCY_KEY_INVALID = Rule(
    id="service.idempotency_key_invalid",
    title="The header `Idempotency-Key` cannot be used.",
    remedy="Send 1 to 255 visible ASCII characters, such as a random UUID.",
    limit=255,
    unit="characters",
)
IDEMPOTENCY_MISMATCH = Rule(
    id="service.idempotency_mismatch",
    title="This idempotency key was already used for another request.",
    remedy="Use a new key for every new request; repeat a request with the same key and exactly the same content.",
)
IDEMPOTENCY_RUNNING = Rule(
    id="service.idempotency_running",
    title="The first request with this idempotency key is still at work.",
    remedy="Repeat the request in a few seconds: it will be given the first one's answer.",
)
IDEMPOTENCY_GONE = Rule(
    id="service.idempotency_gone",
    title="The answer to this request was deleted, with what it was about.",
    remedy="What the request made is gone for good; to make it anew, send the request with a new idempotency key.",
)
WORKSPACE_UNKNOWN = Rule(
    id="service.workspace_unknown",
    title="There is no such workspace.",
    remedy="Leave the workspace out to be told which there are.",
)
MEMBER_UNKNOWN = Rule(
    id="service.member_unknown",
    title="There is no such person in this workspace.",
    remedy="List the workspace's members.",
)
SESSION_OVER = Rule(
    id="service.session_over",
    title="You are no longer signed in.",
    remedy="Sign in again; nothing that was saved is lost.",
)
SIGN_IN_LINK_USED = Rule(
    id="service.sign_in_link_used",
    title="This sign-in link was used already, or has expired.",
    remedy="Sign in with a key, or make a new link on the server's machine with `countenance keys link`.",
)
RULES = (
    KEY_INVALID,
    KEY_EXPIRED,
    KEY_UNKNOWN,
    ADDRESS_NOT_ALLOWED,
    SCOPE_MISSING,
    RATE_LIMITED,
    IDEMPOTENCY_KEY_INVALID,
    IDEMPOTENCY_MISMATCH,
    IDEMPOTENCY_RUNNING,
    IDEMPOTENCY_GONE,
    WORKSPACE_UNKNOWN,
    MEMBER_UNKNOWN,
    SESSION_OVER,
    SIGN_IN_LINK_USED,
)
