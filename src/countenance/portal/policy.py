"""Where pages may send what is uploaded: here, and straight to the object store where parts go there."""

from __future__ import annotations

from importlib.util import find_spec
from urllib.parse import urlsplit

from countenance.service.objects.s3 import s3_options
from countenance.settings import Settings

_FIRST_REGION = "us-east-1"
"""The default; its endpoint alone does not name it."""


def connect_sources(settings: Settings) -> list[str]:
    """The sources of `connect-src` in the pages' content security policy: `'self'`, then the store's origin.

    Raises:
        CountenanceError: service.store_setting for options that cannot be read.
    """
    store = _store(settings)
    return ["'self'", store] if store else ["'self'"]


def _store(settings: Settings) -> str | None:
    """The origin that the signed URLs of parts have (see `service.uploads.bucket`); None where parts come here."""
    if settings.objects_url is None or find_spec("boto3") is None:
        return None
    options = {name.removeprefix("aws_"): value for name, value in s3_options(settings)["config"].items()}
    bucket = urlsplit(settings.objects_url).netloc
    region = options.get("region") or options.get("default_region") or _FIRST_REGION
    amazon = "https://s3.amazonaws.com" if region == _FIRST_REGION else f"https://s3.{region}.amazonaws.com"
    url = urlsplit(str(options.get("endpoint") or amazon))
    if str(options.get("virtual_hosted_style_request", False)).lower() == "true":
        return f"{url.scheme}://{bucket}.{url.netloc}"
    return f"{url.scheme}://{url.netloc}"
