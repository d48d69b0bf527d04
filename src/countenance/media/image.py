"""A still picture from a file: upright, in sRGB, with its transparency, and nothing decoded that was not weighed."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps

from countenance.errors import CountenanceError
from countenance.media.container import check_file
from countenance.media.errors import (
    IMAGE_DAMAGED,
    IMAGE_FILE_TOO_LARGE,
    IMAGE_MOVES,
    PICTURE_TOO_LARGE,
    UNKNOWN_IMAGE,
    UNREADABLE,
    problem,
)
from countenance.media.limits import Limits

_FORMATS = {"JPEG": "jpeg", "MPO": "jpeg", "PNG": "png", "WEBP": "webp"}
"""By Pillow's names. MPO is the JPEG of telephones that store a second picture (depth, gain map) behind the first."""
_MAGIC = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (8, b"WEBP", "WebP"),
    (0, b"GIF8", "GIF"),
    (0, b"BM", "BMP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (4, b"ftypheic", "HEIC"),
    (4, b"ftypheix", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftypavif", "AVIF"),
    (0, b"8BPS", "Photoshop"),
)
_HEAD_BYTES = 16
_BMP_HEADERS = [bytes([size]) for size in (12, 40, 52, 56, 108, 124)]
_JPEG_SHRINKS = (2, 4, 8)
_SHRUNK_PIXELS = 8
"""A JPEG may have this many times the limit's pixels, because it can be decoded at a half, a quarter or an eighth of
its size: telephones make 12 to 50 megapixels. A progressive one still needs memory for all of its coefficients."""
_TEXT_CHARACTERS = 200
_EXIF_NAMES = {0x010F: "make", 0x0110: "model", 0x0131: "software", 0x0132: "date"}
_TEXT_NAMES = ("Software", "parameters", "Comment", "Description", "Source")


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A decoded picture."""

    rgb: NDArray[np.uint8]
    """(H, W, 3), sRGB, turned upright as its EXIF orientation says, not blended with anything."""
    alpha: NDArray[np.uint8] | None
    """(H, W), 0 is transparent; None where the file says nothing of transparency."""
    format: str
    """`jpeg`, `png` or `webp`."""
    size: tuple[int, int]
    """Width and height of the upright picture in the file; `rgb` is smaller where a large JPEG was shrunk."""
    metadata: Mapping[str, str]
    """What the file says of its origin: `make`, `model`, `software`, `date` of EXIF, and texts of a PNG as
    `png:Software` and so on. Places and names of people are not read."""


def is_image(path: Path) -> bool:
    """Whether the file begins like a still picture, also one of a format that is not read here. Never raises."""
    return _kind(path) != ""


def read_image(path: Path, limits: Limits = Limits()) -> Image:  # noqa: B008 - frozen
    """The picture in a JPEG, PNG or WebP file.

    Size and format are read from the header and weighed before anything is decoded. Depths beyond 8 bits, palettes,
    grey and CMYK become 8-bit RGB; an embedded colour profile is followed to sRGB.

    Raises:
        CountenanceError: media.unknown_image, media.image_damaged, media.image_moves, media.image_file_too_large,
            media.picture_too_large, and what is wrong with any file (media.file_missing and so on).
    """
    check_file(path, limits)
    size = path.stat().st_size
    most = min(limits.file_bytes, int((IMAGE_FILE_TOO_LARGE.limit or 0.0) * 1e6))
    if size > most:
        raise problem(IMAGE_FILE_TOO_LARGE, path, measured=size / 1e6, limit=most / 1e6)
    kind = _kind(path)
    if kind not in ("JPEG", "PNG", "WebP"):
        raise problem(UNKNOWN_IMAGE, path, f"It is a {kind} picture." if kind else "")
    with _complaints_as(path), Pillow.open(path, formats=("JPEG", "PNG", "WEBP")) as opened:
        return _decoded(path, opened, limits)


def _kind(path: Path) -> str:
    """The format that the first bytes name, or an empty text."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except (OSError, ValueError):
        return ""
    for at, magic, name in _MAGIC:
        # Two letters alone would make a BMP of many a text.
        if head[at : at + len(magic)] == magic and (name != "BMP" or head[14:15] in _BMP_HEADERS):
            return name
    return ""


@contextmanager
def _complaints_as(path: Path) -> Iterator[None]:
    """Whatever the decoder makes of a broken file becomes a typed error.

    Its parsers raise what they happen to meet (struct.error, KeyError, zlib.error, MemoryError and more), so that no
    list of exceptions would be complete; nothing but decoding happens inside.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except CountenanceError:
            raise
        except PermissionError as error:
            raise problem(UNREADABLE, path) from error
        except Pillow.DecompressionBombError as error:
            raise problem(PICTURE_TOO_LARGE, path) from error
        except Exception as error:
            raise problem(IMAGE_DAMAGED, path) from error


def _decoded(path: Path, opened: Pillow.Image, limits: Limits) -> Image:
    width, height = opened.size
    name = _FORMATS[str(opened.format)]
    pictures = int(getattr(opened, "n_frames", 1))
    if name != "jpeg" and pictures > 1:
        raise problem(IMAGE_MOVES, path, measured=pictures)
    _weigh(path, opened, name, limits)
    orientation = opened.getexif().get(0x0112, 1)
    metadata = _metadata(opened)
    profile = opened.info.get("icc_profile")
    opened.load()
    upright = ImageOps.exif_transpose(opened)
    colours, alpha = _split(upright)
    rgb = np.asarray(_in_srgb(colours, profile), np.uint8)
    turned = orientation in (5, 6, 7, 8)
    return Image(
        rgb=np.ascontiguousarray(rgb),
        alpha=None if alpha is None else np.asarray(alpha, np.uint8).copy(),
        format=name,
        size=(height, width) if turned else (width, height),
        metadata=metadata,
    )


def _weigh(path: Path, opened: Pillow.Image, name: str, limits: Limits) -> None:
    """Refuse a picture of too many pixels; let a JPEG that can be decoded smaller be so."""
    width, height = opened.size
    pixels = width * height
    if pixels <= limits.pixels:
        return
    if name == "jpeg" and pixels <= _SHRUNK_PIXELS * limits.pixels:
        for shrink in _JPEG_SHRINKS:
            if pixels / shrink**2 <= limits.pixels:
                opened.draft(None, (width // shrink, height // shrink))
                break
    if opened.size[0] * opened.size[1] > limits.pixels:
        detail = f"It is {width} x {height}."
        raise problem(PICTURE_TOO_LARGE, path, detail, measured=pixels / 1e6, limit=limits.pixels / 1e6)


def _split(image: Pillow.Image) -> tuple[Pillow.Image, Pillow.Image | None]:
    """Colours as L, RGB or CMYK, and transparency if there is any."""
    if image.mode.startswith("I"):
        # Sixteen bits of grey; conversion would clip instead of scale.
        deep = np.asarray(image, np.int64)
        return Pillow.fromarray((deep >> 8).clip(0, 255).astype(np.uint8)), None
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        return clear.convert("RGB"), clear.getchannel("A")
    if image.mode in ("L", "RGB", "CMYK"):
        return image, None
    return image.convert("L" if image.mode == "1" else "RGB"), None


def _in_srgb(colours: Pillow.Image, profile: Any) -> Pillow.Image:
    """Colours as RGB; a profile that is broken or made for other channels is not followed."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if source.profile.xcolor_space.strip() == {"L": "GRAY"}.get(colours.mode, colours.mode):
                target = ImageCms.createProfile("sRGB")
                converted = ImageCms.profileToProfile(colours, source, target, outputMode="RGB")
                if converted is not None:
                    return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError):
            pass
    return colours.convert("RGB")


def _metadata(opened: Pillow.Image) -> dict[str, str]:
    exif = opened.getexif()
    found = {name: str(exif[tag]) for tag, name in _EXIF_NAMES.items() if exif.get(tag)}
    texts = {f"png:{name}": opened.info.get(name) for name in _TEXT_NAMES}
    found.update({name: text for name, text in texts.items() if isinstance(text, str)})
    return {name: text.replace("\0", "").strip()[:_TEXT_CHARACTERS] for name, text in found.items()}
