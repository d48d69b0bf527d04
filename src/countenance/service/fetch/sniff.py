"""What a file is, by its first bytes; its name and what a server calls it are not looked at."""

from __future__ import annotations

from dataclasses import dataclass

VIDEO, AUDIO, IMAGE = "video", "audio", "image"
MEDIA = frozenset({VIDEO, AUDIO, IMAGE})
HEAD_BYTES = 4096
"""So much of a file tells what it is."""

_BOXES = (b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp")
"""How films begin that have no `ftyp`: QuickTime of before 2001, and those written to be appended to."""
_PICTURES = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_SOUNDS = (b"M4A ", b"M4B ", b"F4A ")
_AV = frozenset({VIDEO, AUDIO})


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A kind of file."""

    content_type: str
    kinds: frozenset[str]
    """`video`, `audio`, `image`: both of the first two where only decoding tells"""


def sniff(head: bytes) -> Sniffed | None:
    """The kind of a media file that begins so; None for everything else."""
    return _picture(head) or _boxes(head) or _container(head) or _sound(head)


def looks_like(head: bytes) -> str:
    """What a file is that is no media, in words for a person; empty if that is not seen."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for beginnings, name in _OTHERS:
        if text.startswith(beginnings):
            return name
    return "It is a web page." if b"<html" in text else ""


def _picture(head: bytes) -> Sniffed | None:
    if head.startswith(b"\xff\xd8\xff"):
        return Sniffed("image/jpeg", frozenset({IMAGE}))
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Sniffed("image/png", frozenset({IMAGE}))
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Sniffed("image/webp", frozenset({IMAGE}))
    return None


def _boxes(head: bytes) -> Sniffed | None:
    """MP4 and QuickTime (ISO/IEC 14496-12, 4.3)."""
    kind, brand = head[4:8], head[8:12]
    if kind == b"ftyp" and len(head) >= 16:
        if brand in _PICTURES:
            return None
        if brand in _SOUNDS:
            return Sniffed("audio/mp4", frozenset({AUDIO}))
        return Sniffed("video/quicktime" if brand == b"qt  " else "video/mp4", _AV)
    return Sniffed("video/quicktime", _AV) if kind in _BOXES and head[:4] != b"\0\0\0\0" else None


def _container(head: bytes) -> Sniffed | None:
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return Sniffed("video/webm" if b"webm" in head[:64] else "video/x-matroska", _AV)
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return Sniffed("video/x-msvideo", _AV)
    if head.startswith(b"OggS"):
        return Sniffed("application/ogg", _AV)
    if head.startswith(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"):
        return Sniffed("video/x-ms-asf", _AV)
    if head.startswith(b"FLV\x01"):
        return Sniffed("video/x-flv", _AV)
    if head.startswith((b"\0\0\x01\xba", b"\0\0\x01\xb3")):
        return Sniffed("video/mpeg", _AV)
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return Sniffed("video/mp2t", _AV)
    return None


def _sound(head: bytes) -> Sniffed | None:
    name = None
    if head.startswith((b"RIFF", b"RF64")) and head[8:12] == b"WAVE":
        name = "audio/wav"
    elif head.startswith(b"fLaC"):
        name = "audio/flac"
    elif head.startswith(b"ID3") or _is_frame(head):
        name = "audio/mpeg"
    elif head[:2] in (b"\xff\xf1", b"\xff\xf9"):
        name = "audio/aac"
    elif head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC"):
        name = "audio/aiff"
    elif head.startswith(b"caff"):
        name = "audio/x-caf"
    elif head.startswith(b"#!AMR"):
        name = "audio/amr"
    return None if name is None else Sniffed(name, frozenset({AUDIO}))


def _is_frame(head: bytes) -> bool:
    """The header of an MPEG sound frame of layer III (ISO/IEC 11172-3, 2.4.1.3): no reserved value in it."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[1] & 0x18 != 0x08 and head[2] >> 4 not in (0, 15) and head[2] & 0x0C != 0x0C


_OTHERS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"<!doctype html", b"<html", b"<head", b"<body", b"<script"), "It is a web page."),
    ((b"<svg",), "It is an SVG drawing."),
    ((b"<?xml", b"<"), "It is an XML or HTML text."),
    ((b"{", b"["), "It is a JSON text."),
    ((b"#extm3u",), "It is a play list."),
    ((b"%pdf",), "It is a PDF."),
    ((b"pk\x03\x04", b"pk\x05\x06", b"rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"bzh", b"\xfd7zxz", b"\x28\xb5\x2f\xfd"),
     "It is an archive."),
    ((b"gif8",), "It is a GIF."),
    ((b"bm",), "It is a BMP picture."),
    ((b"ii*\0", b"mm\0*"), "It is a TIFF picture."),
    ((b"\x7felf", b"mz", b"#!"), "It is a program."),
)  # fmt: skip
