"""What can be wrong with a link that asks for consent."""

from __future__ import annotations

from countenance.errors import Rule

REQUEST_UNKNOWN = Rule(
    id="service.consent_request_unknown",
    title="There is no such request for consent.",
    remedy="Copy the whole link, or ask the person who sent it for a new one.",
)
REQUEST_CLOSED = Rule(
    id="service.consent_request_closed",
    title="This request for consent is closed.",
    remedy="It was answered, taken back or has expired. Ask the person who sent it for a new one if one is needed.",
)
NOT_WAITING = Rule(
    id="service.consent_not_awaited",
    title="This replica does not wait for anybody's consent.",
    remedy="Only a replica that was created to be consented to by a link can ask for it.",
)
NAME_ODD = Rule(
    id="service.consent_name_odd",
    title="This cannot be the full name of a person who agrees.",
    remedy="Give the full name as the person says it in the statement, and nothing else: it is read aloud, and "
    "stands in the e-mail that asks for it. Up to 100 characters, without digits, slashes, @ and names of sites.",
    limit=100,
    unit="characters",
)
LINK_LANGUAGE = Rule(
    id="service.consent_link_language",
    title="Nobody can agree by a link in this language: it has no one-time words.",
    remedy="Use another language for the link, such as English; or record the statement on a machine of your own and "
    "give it with the replica; or add 256 words or more to the language's file (docs/consent.md).",
)
REQUESTS_OPEN = Rule(
    id="service.consent_requests_open",
    title="This replica has as many open requests for consent as it may have.",
    remedy="Use one of those links, or take one back.",
    limit=3,
)
MAILS_SENT = Rule(
    id="service.consent_mails",
    title="The workspace has asked as many people by e-mail today as it may.",
    remedy="Ask again tomorrow, or leave the address out and send the link yourself.",
    limit=50,
    unit="e-mails/day",
)
REQUEST_EXPIRED = Rule(
    id="consent.request_expired",
    title="Nobody answered the request for consent in time.",
    remedy="Nothing was charged. Create the replica again and ask once more.",
    tavus_type="consent_phrase_mismatch",
)
REQUEST_DECLINED = Rule(
    id="consent.request_declined",
    title="The person who was asked does not agree to be replicated.",
    remedy="Nothing was charged. Use material of somebody who agrees.",
    tavus_type="consent_phrase_mismatch",
)
RULES = (
    REQUEST_UNKNOWN,
    REQUEST_CLOSED,
    NOT_WAITING,
    NAME_ODD,
    LINK_LANGUAGE,
    REQUESTS_OPEN,
    MAILS_SENT,
    REQUEST_EXPIRED,
    REQUEST_DECLINED,
)
