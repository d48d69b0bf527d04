"""QR codes, for what is to be opened on another device."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup

_QUIET_ZONE = 4
"""modules, as ISO/IEC 18004 asks"""


def qr_svg(url: str, label: str) -> Markup:
    """A picture of `url` for a page, dark on light in any colour scheme, since cameras want it so.

    It has no size of its own: the element around it says how large it is. `label` is read to those who do not see it.
    """
    code = segno.make(url, error="m", micro=False)
    drawn = io.BytesIO()
    code.save(
        drawn,
        kind="svg",
        border=_QUIET_ZONE,
        dark="#000",
        light="#fff",
        omitsize=True,
        xmldecl=False,
        svgns=False,
        nl=False,
        svgclass="qr",
        lineclass=None,
    )
    inner = Markup(drawn.getvalue().decode("ascii"))  # noqa: S704 - drawn here, from modules and not from text
    return Markup('<span role="img" aria-label="{}">{}</span>').format(label, inner)
