"""Names, sizes and files that are not what they should be: each refused with its own error, and nothing kept."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from countenance.errors import CountenanceError, Finding
from countenance.media.limits import Limits
from countenance.service.context import Service
from countenance.service.uploads import begin as beginning
from countenance.service.uploads import folder
from countenance.service.uploads.complete import complete
from countenance.service.uploads.look import check_readable, described, look
from countenance.service.uploads.names import kinds_of
from countenance.service.uploads.receive import put_part

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
LIMITS = Limits(duration_s=60.0, pixels=1_000_000)


def _finding(call: Callable[[], Any]) -> Finding:
    with pytest.raises(CountenanceError) as caught:
        call()
    return caught.value.finding


NAMES = (
    "", " ", "\t", ".", "..", "...", "/", "\\", "../film.mp4", "..\\film.mp4", "/etc/passwd", "/film.mp4", "a/film.mp4",
    "a\\film.mp4", "C:\\film.mp4", "\\\\server\\share\\film.mp4", "....//....//film.mp4", "..;/film.mp4", "film.mp4/",
    "film.mp4/..", "%2e%2e%2ffilm.mp4", "..%5cfilm.mp4", "%00.mp4", "film%2emp4.mp4", "film.mp4\0", "film\0.mp4",
    "film.sh\0.mp4", "film\n.mp4", "film\r\nX-Header: 1.mp4", "film\t.mp4", "film\x1b[2J.mp4", "film\x7f.mp4",
    "film\x85.mp4", "film\u2028.mp4", "film\u202e4pm.mp4", "film\u200b.mp4", "film\ufeff.mp4", "film\u2066.mp4",
    "film\u00ad.mp4", "film\ud800.mp4", "film\ue000.mp4", "film\uffff.mp4", "<script>.mp4", "<img src=x>.mp4",
    "a>b.mp4", ".mp4", ".film.mp4", ".htaccess", " film.mp4", "con.mp4", "CON.mp4", "nul.mp4", "NUL.a.mp4", "aux.wav",
    "com1.png",
    "lpt9.mp4", "prn.mp4", "x" * 252 + ".mp4", "ü" * 126 + ".mp4",
)  # fmt: skip
KINDS = (
    "film", "film.", "film.mp4.", "film.mp4 ", "film.mp4.exe", "film.exe", "film.html", "film.svg", "film.js",
    "film.php", "film.zip", "film.m3u8", "film.mpd", "film.sdp", "film.pdf", "film.gif", "film.heic", "film.tiff",
    "film.bmp",
    "film.mp4::$DATA", "film.mp4:stream", "film.mp4;.sh", "film.mp4#.html", "film.mp4?.html", "film.mp", "film.mp44",
    "film.m\u0440 4", "film.\uff4dp4", "mp4", "film.tar.gz", "film.jsp.", "film.txt", "film.ffconcat", "film.swf",
)  # fmt: skip
GOOD = (
    "film.mp4", "FILM.MP4", "my film (1).mov", "Bildschirmaufnahme 2026-11-25 um 10.30.15\u202fAM.mov", "Grüße.webm",
    "影片.mp4", "فيلم.mp4", "👩‍💻 at work.mp4", "a..b.mp4", "100% me.mp4", "What now?.mp4", "it's: a test.wav", "-.mp4",
    "x" * 251 + ".mp4", "face.JPEG", "voice.m4a", "nullable.mp4", "console.png", "می‌خواهم.mp4",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_what_is_no_plain_name_is_refused(backend: str, name: str) -> None:
    finding = _finding(lambda: kinds_of(name))
    assert finding.rule.id == "service.upload_name"
    assert finding.message().isascii()


@pytest.mark.parametrize("name", KINDS, ids=ascii)
def test_other_kinds_of_files_are_refused(backend: str, name: str) -> None:
    finding = _finding(lambda: kinds_of(name))
    assert (finding.rule.id, finding.rule.tavus_type) == ("service.upload_kind", "video_format")


@pytest.mark.parametrize("name", GOOD, ids=ascii)
def test_what_people_call_their_files_is_taken(backend: str, name: str) -> None:
    assert kinds_of(name)


@pytest.mark.parametrize(
    ("size", "sha256", "rule"),
    [
        (0, None, "service.upload_size"),
        (-1, None, "service.upload_size"),
        (750_000_001, None, "service.upload_too_large"),
        (2**62, None, "service.upload_too_large"),
        (10, "", "service.upload_hash"),
        (10, "a" * 63, "service.upload_hash"),
        (10, "g" * 64, "service.upload_hash"),
        (10, "a" * 64 + "\n", "service.upload_hash"),
        (10, "１" * 64, "service.upload_hash"),
    ],
)
def test_what_cannot_be_announced(service: Service, workspace: str, size: int, sha256: str | None, rule: str) -> None:
    with service.database.transaction() as session:
        finding = _finding(lambda: beginning.create(session, service, workspace, "film.mp4", size, sha256))
    assert finding.rule.id == rule
    if rule == "service.upload_too_large":
        assert (finding.rule.tavus_type, finding.limit) == ("file_size", 750.0)


@pytest.mark.parametrize("number", [0, -1, 4, 10_001, 2**40])
def test_a_part_of_no_number_is_refused(service: Service, workspace: str, begin: Any, number: int) -> None:
    upload = begin("sound.wav", b"x" * 250, part_bytes=100)
    finding = _finding(lambda: put_part(service, workspace, upload.id, number, [b"x" * 100]))
    assert (finding.rule.id, finding.limit) == ("service.upload_part_number", 3.0)


def test_a_part_of_another_size_is_refused_as_soon_as_it_is_too_large(
    service: Service, workspace: str, begin: Any
) -> None:
    upload = begin("sound.wav", b"x" * 250, part_bytes=100)
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            taken += 64
            yield b"x" * 64

    for number, pieces in ((1, endless()), (1, [b"x" * 99]), (1, []), (3, [b"x" * 51]), (3, [b"x" * 100])):
        finding = _finding(partial(put_part, service, workspace, upload.id, number, pieces))
        assert (finding.rule.id, finding.limit) == ("service.upload_part_size", 50.0 if number == 3 else 100.0)
    assert taken == 128
    assert list(folder.folder_of(service.settings, upload.id).iterdir()) == []
    damaged = _finding(lambda: put_part(service, workspace, upload.id, 1, [b"x" * 100], sha256="0" * 64))
    assert damaged.rule.id == "service.upload_part_hash"


def _zip(name: str, data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return file.getvalue()


def _png_of(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A PNG whose header says more than its few bytes hold: a bomb."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def _moving() -> bytes:
    file = io.BytesIO()
    pictures = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in (0, 99, 200)]
    pictures[0].save(file, "WEBP", save_all=True, append_images=pictures[1:])
    return file.getvalue()


def _wav(rate: int, seconds: float) -> bytes:
    size = int(rate * 2 * seconds)
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", size + 36, b"WAVE", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", size
    )
    return head + bytes(size)


FTYP = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"
FILES = {
    "page": (b"<!DOCTYPE html><html></html>", "service.upload_not_media"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "service.upload_not_media"),
    "zip": (_zip("film.mp4", b"x"), "service.upload_not_media"),
    "zip bomb": (_zip("film.mp4", bytes(10_000_000)), "service.upload_not_media"),
    "gzip bomb": (gzip.compress(bytes(10_000_000)), "service.upload_not_media"),
    "pdf": (b"%PDF-1.7", "service.upload_not_media"),
    "play list": (b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "service.upload_not_media"),
    "list of files": (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "service.upload_not_media"),
    "session": (b"v=0\no=- 0 0 IN IP4 127.0.0.1\n", "service.upload_not_media"),
    "subtitles": (b"1\n00:00:00,000 --> 00:00:01,000\nx\n", "service.upload_not_media"),
    "program": (b"\x7fELF\x02\x01\x01", "service.upload_not_media"),
    "gif and script": (b"GIF89a/*\0\0*/=1;alert(1)", "service.upload_not_media"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "service.upload_not_media"),
    "one byte": (b"x", "service.upload_not_media"),
    "zeros": (bytes(5000), "service.upload_not_media"),
    "film that is a page": (FTYP + b"<html><script>alert(1)</script></html>", "media.unknown_format"),
    "film that is a zip": (FTYP + _zip("a", b"a"), "media.unknown_format"),
    "film of nothing": (FTYP, "media.unknown_format"),
    "matroska of nothing": (b"\x1a\x45\xdf\xa3" + bytes(100), "media.unknown_format"),
    "sound of nothing": (b"RIFF\x24\0\0\0WAVEfmt ", "media.unknown_format"),
    "sound without data": (_wav(8000, 0), "media.empty_file"),
    "sound of an impossible rate": (_wav(1, 10), "media.bad_sound"),
    "sound that is too long": (_wav(8000, 61), "media.too_long"),
    "picture bomb": (_png_of(60_000, 60_000), "media.picture_too_large"),
    "picture just too large": (_png_of(1001, 1000), "media.picture_too_large"),
    "picture without its end": (_png_of(500, 500, b"\0" * 100), "media.image_damaged"),
    "picture that moves": (_moving(), "media.image_moves"),
    "jpeg of nothing": (b"\xff\xd8\xff\xe0\0\x10JFIF", "media.image_damaged"),
    "jpeg that is a script": (b"\xff\xd8\xff\xe0/*\x4a\x46\x49\x46*/=alert(1)", "media.image_damaged"),
    "webp that is a page": (b"RIFF\x24\0\0\0WEBP<html><script>alert(1)</script>", "media.image_damaged"),
}


@pytest.mark.parametrize("kind", FILES)
def test_files_that_are_no_media_are_told(backend: str, kind: str, tmp_path: Path) -> None:
    data, rule = FILES[kind]
    (tmp_path / "file").write_bytes(data)
    assert _finding(lambda: described(tmp_path / "file", LIMITS)).rule.id == rule


@pytest.mark.parametrize(
    ("name", "kind", "rule"),
    [
        ("film.mp4", "page", "service.upload_not_media"),
        ("film.mp4", "film that is a page", "media.unknown_format"),
        ("face.png", "picture bomb", "media.picture_too_large"),
    ],
)
def test_what_is_refused_is_deleted(
    service: Service, workspace: str, send: Any, name: str, kind: str, rule: str
) -> None:
    upload = send(name, FILES[kind][0])
    finding = _finding(lambda: complete(service, workspace, upload.id))
    assert (finding.rule.id, finding.file) == (rule, name)
    assert finding.message().startswith(f"{name}: ")
    assert str(service.settings.data_dir) not in finding.message()
    assert service.objects.list("") == []
    assert not folder.folder_of(service.settings, upload.id).exists()
    assert _finding(lambda: complete(service, workspace, upload.id)).rule.id == "service.upload_closed"


def test_a_picture_is_no_film_and_a_sound_no_picture(service: Service, workspace: str, send: Any) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    for name, data in (("film.mp4", picture.getvalue()), ("face.png", _wav(8000, 1))):
        upload = send(name, data)
        finding = _finding(partial(complete, service, workspace, upload.id))
        assert (finding.rule.id, finding.file) == ("service.upload_not_media", name)


def test_a_file_that_is_not_the_announced_one_is_refused(service: Service, workspace: str, send: Any) -> None:
    upload = send("sound.wav", _wav(8000, 1), sha256="0" * 64)
    finding = _finding(lambda: complete(service, workspace, upload.id))
    assert finding.rule.id == "service.upload_changed"
    assert service.objects.list("") == []


def test_looking_ends_in_time_and_survives_whatever_happens(backend: str, tmp_path: Path) -> None:
    (tmp_path / "sound").write_bytes(_wav(8000, 1))
    slow = _finding(lambda: look(tmp_path / "sound", "sound.wav", LIMITS, within_s=0.01))
    assert (slow.rule.id, slow.file, slow.limit) == ("service.upload_undecodable", "sound.wav", 0.01)
    broken = _finding(lambda: look(tmp_path / "missing", "sound.wav", LIMITS))
    assert (broken.rule.id, broken.measured) == ("service.upload_undecodable", None)


def test_a_picture_is_read_elsewhere_before_it_is_read_here(backend: str, tmp_path: Path) -> None:
    picture, film = tmp_path / "picture", tmp_path / "film"
    Image.new("RGB", (64, 48)).save(picture, "PNG")
    film.write_bytes(_wav(8000, 1))
    check_readable(picture, LIMITS)
    assert _finding(lambda: check_readable(film, LIMITS)).rule.id.startswith("media.")
    assert _finding(lambda: check_readable(picture, LIMITS, 0.01)).rule.id == "service.upload_undecodable"
