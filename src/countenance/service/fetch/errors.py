"""What can be wrong with a URL, and with what lies there."""

from __future__ import annotations

from countenance.errors import Rule

URL_REFUSED = Rule(
    id="service.url_refused",
    title="This server does not go to that address.",
    remedy="Give an https:// link to a public server; the operator of this server can allow others "
    "(COUNTENANCE_FETCH_ALLOW, COUNTENANCE_WEBHOOK_ALLOW).",
    tavus_type="download_link",
    how="The URL, the address that its host stands for, and those of every redirect, before anything is sent there.",
)
URL_HOST = Rule(
    id="service.url_host",
    title="There is no such host on the internet.",
    remedy="Check how it is spelled, and that it is public; the operator of this server can allow others "
    "(COUNTENANCE_FETCH_ALLOW, COUNTENANCE_WEBHOOK_ALLOW).",
    tavus_type="download_link",
)
URL_UNREACHABLE = Rule(
    id="service.url_unreachable",
    title="The link cannot be fetched.",
    remedy="Open it in a private window of a browser: it must download without a login, and be valid for 24 hours.",
    tavus_type="download_link",
)
URL_TOO_LARGE = Rule(
    id="service.url_too_large",
    title="The file behind the link is larger than the limit.",
    remedy="Trim it, or export it with a lower bit rate.",
    limit=750.0,
    unit="MB",
    tavus_type="file_size",
)
URL_TIMEOUT = Rule(
    id="service.url_timeout",
    title="Fetching the link took longer than the limit.",
    remedy="Put the file on a faster server, or upload it.",
    limit=600.0,
    unit="s",
    tavus_type="download_link",
)
URL_NOT_MEDIA = Rule(
    id="service.url_not_media",
    title="What lies behind the link is not a file of the kind that is needed.",
    remedy="Use a link that downloads the file itself; a page that shows it, or asks for a login first, is not enough.",
    tavus_type="download_link",
    how="The first bytes of the file; its name, and what the server calls it, are not looked at.",
)
ALLOW_SETTING = Rule(
    id="service.fetch_allow",
    title="A list of networks and hosts that the server may speak to cannot be understood.",
    remedy="Correct COUNTENANCE_FETCH_ALLOW or COUNTENANCE_WEBHOOK_ALLOW: networks (`10.1.0.0/16`), addresses or hosts "
    "with a port or without, separated by commas.",
)
RULES = (URL_REFUSED, URL_HOST, URL_UNREACHABLE, URL_TOO_LARGE, URL_TIMEOUT, URL_NOT_MEDIA, ALLOW_SETTING)
