"""What was typed into a form, as the request that the API would be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError

from countenance.portal.page import headers, is_fragment, see_other
from countenance.service.errors import REQUEST_INVALID, refused

Body = TypeVar("Body", bound=BaseModel)


def read(model: type[Body], values: Mapping[str, Any], **words: str) -> Body:
    """The message; `words` say of each field what must be in it.

    Raises:
        CountenanceError: service.request_invalid, in those words.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        wrong = dict.fromkeys(str(each["loc"][0]) if each["loc"] else "" for each in error.errors())
        raise refused(
            REQUEST_INVALID, " ".join(words.get(name, f"{name}: not like this.") for name in wrong)
        ) from error


def done(request: Request, path: str) -> Response:
    """After a form: the page to look at, also where htmx has sent it."""
    if is_fragment(request):
        return Response(status_code=204, headers={**headers(request), "HX-Redirect": path})
    return see_other(path)


def number(text: str, otherwise: int = 1, most: int = 1_000_000) -> int:
    """A whole number from 1 on, of an address that somebody may have typed."""
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 12 else otherwise
