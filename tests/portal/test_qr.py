"""QR codes on pages."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from countenance.portal.qr import qr_svg


def _modules(svg: str) -> np.ndarray:
    """What the picture's path draws, one pixel for each module."""
    side = int(re.search(r'viewBox="0 0 (\d+) \d+"', svg)[1])  # type: ignore[index]
    picture = np.full((side, side), 255, np.uint8)
    path = re.search(r'<path[^>]*stroke="#000"[^>]* d="([^"]+)"', svg) or re.search(
        r'd="([^"]+)"[^>]*stroke="#000"', svg
    )
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1]):  # type: ignore[index]
        values = [float(each) for each in numbers.split()]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            picture[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
    return picture


@pytest.mark.parametrize("url", ["http://127.0.0.1:8642/consent/abc", "https://studio.example/consent/" + "x" * 60])
def test_a_camera_reads_the_address(url: str) -> None:
    picture = cv2.resize(_modules(qr_svg(url, "The link")), None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == url


def test_it_has_no_style_and_a_name() -> None:
    svg = qr_svg("http://127.0.0.1/", 'Ann’s "link"')
    assert "style" not in svg
    assert "&#34;link&#34;" in svg
    assert svg.startswith('<span role="img" aria-label=')
