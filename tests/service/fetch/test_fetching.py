"""Servers that answer badly, and files that are not what they say: each refused with its own error, in time."""

from __future__ import annotations

import gzip
import hashlib
import io
import socket
import time
import traceback
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from countenance.errors import CountenanceError, Finding
from countenance.service.fetch.fetching import fetch
from countenance.service.fetch.posting import post
from countenance.service.fetch.session import safe_session
from countenance.settings import Settings

FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(256)) * 40
WAV = b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 100
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 100


def _ok(body: bytes, *heads: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *heads]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _found(settings: Settings, url: str, target: Path, **options: Any) -> Finding:
    """What a fetch is refused with; nothing is left where it would have been written."""
    with pytest.raises(CountenanceError) as caught:
        fetch(settings, url, target / "film.mp4", **options)
    assert list(target.iterdir()) == []
    assert "127.0.0.1" not in str(caught.value)
    return caught.value.finding


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("film.mp4", FILM)
    return file.getvalue()


def test_a_film_is_written_whole_and_private(server: Any, settings: Settings, tmp_path: Path) -> None:
    url = server.says("/film?token=1", _ok(FILM, "Content-Type: text/plain"))
    fetched = fetch(settings, url, tmp_path / "deep" / "film.mp4", kinds=frozenset({"video"}))
    assert fetched.path.read_bytes() == FILM
    assert fetched.path.stat().st_mode & 0o777 == 0o600
    assert fetched.path.parent.stat().st_mode & 0o777 == 0o700
    assert (fetched.bytes, fetched.sha256) == (len(FILM), hashlib.sha256(FILM).hexdigest())
    assert fetched.content_type == "video/mp4"
    head = server.heads[0].lower()
    assert f"host: 127.0.0.1:{server.port}".encode() in head
    assert b"accept-encoding: identity" in head
    assert b"x-forwarded-for" not in head


def test_nothing_of_the_environment_is_used(
    server: Any, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password hunter2")
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    fetch(settings, server.says("/film", _ok(FILM)), tmp_path / "film.mp4")
    assert b"authorization" not in server.heads[0].lower()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_where_they_may_lead(
    status: int, server: Any, settings: Settings, tmp_path: Path
) -> None:
    server.says("/film", _ok(FILM))
    url = server.moves("/a", server.url("/b"), status)
    server.moves("/b", "film")  # relative to where it is
    assert fetch(settings, url, tmp_path / "film.mp4").bytes == len(FILM)


INNER_PLACES = (
    "http://127.0.0.1:{inner}/", "http://localhost:{inner}/", "http://[::1]:{inner}/", "http://2130706433:{inner}/",
    "//127.0.0.1:{inner}/", "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1/", "https://127.0.0.1/",
    "https://10.0.0.1/", "http://user:x@127.0.0.1:{outer}/film", "file:///etc/passwd", "gopher://127.0.0.1:{inner}/",
    "ftp://127.0.0.1:{inner}/", "data:video/mp4;base64,AAAA", "http://[::ffff:127.0.0.1]:{inner}/", "http://rebind.example.com/",
    "http://127.0.0.1:{outer}\\@127.0.0.1:{inner}/", "https://", "javascript:alert(1)", "http://0x7f.1:{inner}/",
    "https://metadata.google.internal/", "http://localhost.:{inner}/", "http://①②⑦.⓪.⓪.①:{inner}/", "http://127.0.0.1:0/",
)  # fmt: skip


@pytest.mark.parametrize("place", INNER_PLACES, ids=ascii)
@pytest.mark.parametrize("hops", [1, 3])
def test_a_redirect_to_an_inner_address_is_refused(
    place: str,
    hops: int,
    server: Any,
    inner: Any,
    settings: Settings,
    tmp_path: Path,
    names: Any,
    connections: list[Any],
) -> None:
    place = place.replace("{inner}", str(inner.port)).replace("{outer}", str(server.port))
    for hop in range(hops - 1):
        server.moves(f"/{hop}", f"/{hop + 1}")
    server.moves(f"/{hops - 1}", place)
    before = inner.connections
    assert _found(settings, server.url("/0"), tmp_path).rule.id == "service.url_refused"
    assert inner.connections == before
    assert {port for _, port in connections} == {server.port}
    assert len(server.heads) == hops


def test_a_ring_of_redirects_ends(server: Any, settings: Settings, tmp_path: Path) -> None:
    url = server.moves("/a", "/b")
    server.moves("/b", "/a")
    assert _found(settings, url, tmp_path).rule.id == "service.url_unreachable"
    assert len(server.heads) == 6


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_the_body_of_a_redirect_is_not_read(coding: str, server: Any, settings: Settings, tmp_path: Path) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: /film\r\nContent-Encoding: {coding}\r\n\r\n".encode()
    server.routes["/x"] = _endless(head, gzip.compress(b"\0" * 1_000_000))
    server.says("/film", _ok(FILM))
    assert fetch(settings, server.url("/x"), tmp_path / "film.mp4", timeout_s=3.0).bytes == len(FILM)


def test_a_second_look_up_cannot_tell_another_address(
    inner: Any, tmp_path: Path, names: Any, connections: list[Any]
) -> None:
    names.answers["rebind.example.com"] = [["93.184.216.34"], ["127.0.0.1"]]
    before = inner.connections
    assert _found(Settings(), "https://rebind.example.com/film", tmp_path).rule.id == "service.url_unreachable"
    assert connections == [("93.184.216.34", 443)]
    assert names.asked == ["rebind.example.com"]
    # The name changes its mind between two requests of one conversation.
    assert _found(Settings(), "https://rebind.example.com/film", tmp_path).rule.id == "service.url_host"
    assert inner.connections == before


def test_an_allowed_name_may_stand_for_an_inner_address_but_not_for_secrets(
    server: Any, tmp_path: Path, names: Any, connections: list[Any]
) -> None:
    settings = Settings(fetch_allow=f"media.internal:{server.port}, other")
    server.says("/film", _ok(FILM))
    url = f"http://media.internal:{server.port}/film"
    names.answers["media.internal"] = [["127.0.0.1"], ["169.254.169.254"]]
    assert fetch(settings, url, tmp_path / "film.mp4").bytes == len(FILM)
    assert f"host: media.internal:{server.port}".encode() in server.heads[0].lower()
    (tmp_path / "film.mp4").unlink()
    assert _found(settings, url, tmp_path).rule.id == "service.url_host"
    assert _found(settings, "http://media.internal/film", tmp_path).rule.id == "service.url_refused"
    assert len(connections) == 1


@pytest.mark.parametrize("text", ["10.0.0.0/33", "a b", "http://x", "1.2.3", "[::1", "::1:x", "x:0", "x:65536", "x/8"])
def test_a_list_that_cannot_be_understood_is_told(text: str) -> None:
    with pytest.raises(CountenanceError) as caught, safe_session(f"10.0.0.1, {text}", 1.0):
        pass
    assert caught.value.finding.rule.id == "service.fetch_allow"


@pytest.mark.parametrize("status", [204, 206, 304, 401, 403, 404, 410, 429, 500, 503])
def test_a_status_other_than_200_is_told(status: int, server: Any, settings: Settings, tmp_path: Path) -> None:
    url = server.says("/x", f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
    finding = _found(settings, url, tmp_path)
    assert (finding.rule.id, str(status) in finding.detail) == ("service.url_unreachable", True)


NOT_MEDIA = {
    "page": (b"<!DOCTYPE html><html><title>Sign in</title>", "web page"),
    "page with spaces": (b"\xef\xbb\xbf \r\n<HTML>", "web page"),
    "page after a comment": (b"<!-- x --><html>", "XML or HTML"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
    "svg as xml": (b"<?xml version='1.0'?><svg/>", "XML"),
    "json": (b'{"error": "expired"}', "JSON"),
    "play list": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "play list"),
    "concat list": (b"ffconcat version 1.0\nfile /etc/passwd\n", ""),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "zip": (_zip(), "archive"),
    "gzip": (gzip.compress(FILM), "archive"),
    "gzip bomb": (gzip.compress(b"\0" * 10_000_000), "archive"),
    "gif": (b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)", "GIF"),
    "bmp": (b"BM" + b"\0" * 50, "BMP"),
    "tiff": (b"II*\0" + b"\0" * 50, "TIFF"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", ""),
    "avif": (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", ""),
    "elf": (b"\x7fELF\x02\x01\x01" + b"\0" * 50, "program"),
    "exe": (b"MZ\x90\0" + b"\0" * 50, "program"),
    "script": (b"#!/bin/sh\nrm -rf /\n", "program"),
    "text": (b"I, Ada Lovelace, am", ""),
    "zeros": (b"\0" * 5000, ""),
    "a film behind a page": (b"<html>" + FILM, "web page"),
    "a film behind spaces": (b" " + FILM, ""),
    "a short beginning": (b"\0\0\0\x18ftyp", ""),
    "frame of no layer": (b"\xff\xfb\xff\xff" + b"\0" * 50, ""),
    "nothing": (b"", "empty"),
}


@pytest.mark.parametrize("kind", NOT_MEDIA)
def test_what_is_no_media_is_told_whatever_the_server_calls_it(
    kind: str, server: Any, settings: Settings, tmp_path: Path
) -> None:
    body, words = NOT_MEDIA[kind]
    finding = _found(settings, server.says("/film.mp4", _ok(body, "Content-Type: video/mp4")), tmp_path)
    assert (finding.rule.id, finding.rule.tavus_type) == ("service.url_not_media", "download_link")
    assert words in finding.detail


@pytest.mark.parametrize(
    ("body", "kinds"), [(WAV, {"video"}), (PNG, {"video"}), (PNG, {"audio"}), (FILM, {"image"}), (WAV, {"image"})]
)
def test_media_of_another_kind_are_told(
    body: bytes, kinds: set[str], server: Any, settings: Settings, tmp_path: Path
) -> None:
    finding = _found(settings, server.says("/x", _ok(body)), tmp_path, kinds=frozenset(kinds))
    assert finding.rule.id == "service.url_not_media"
    assert "is needed" in finding.detail


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "gzip, gzip", "x-unknown"])
def test_a_compressed_body_is_refused_unread(coding: str, server: Any, settings: Settings, tmp_path: Path) -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    finding = _found(settings, server.says("/x", _ok(bomb, f"Content-Encoding: {coding}")), tmp_path)
    assert (finding.rule.id, "compressed" in finding.detail) == ("service.url_not_media", True)


def _endless(head: bytes, piece: bytes) -> Any:
    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        with suppress(OSError):
            while True:
                connection.sendall(piece)

    return answer


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


TOO_LARGE = {
    "as it says": lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n" + FILM),
    "as it says, absurdly": lambda c: c.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 40 + b"\r\n\r\n" + FILM
    ),
    "without a length": _endless(b"HTTP/1.1 200 OK\r\n\r\n", FILM),
    "in old HTTP": _endless(b"HTTP/1.0 200 OK\r\n\r\n", FILM),
    "in chunks": _endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", _chunk(FILM)),
    "in chunks with a small length": _endless(
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", _chunk(FILM)
    ),
    "in one huge chunk": _endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n", FILM),
    "with a length that is no number": _endless(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", FILM),
}


@pytest.mark.parametrize("how", TOO_LARGE)
def test_too_much_is_cut_off(how: str, server: Any, settings: Settings, tmp_path: Path) -> None:
    server.routes["/x"] = TOO_LARGE[how]
    began = time.monotonic()
    finding = _found(settings, server.url("/x"), tmp_path)
    assert (finding.rule.id, finding.rule.tavus_type) == ("service.url_too_large", "file_size")
    assert finding.limit == 1.0
    assert isinstance(finding.measured, float)
    assert finding.measured > 1.0
    assert time.monotonic() - began < 5


BROKEN = {
    "too little": b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + FILM,
    "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + FILM,
    "a chunk of no size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" + FILM,
    "no answer": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a status that is none": b"HTTP/1.1 abc OK\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n" + FILM,
    "a huge head": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n" + FILM,
    "many heads": b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 500 + b"\r\n" + FILM,
}


ENDLESS_LINES = {
    "status": _endless(b"HTTP/1.1 ", b"2" * 65_536),
    "head": _endless(b"HTTP/1.1 200 OK\r\n", b"X" * 65_536),
    "heads": _endless(b"HTTP/1.1 200 OK\r\n", b"X: x\r\n" * 10_000),
    "chunk size": _endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0" * 65_536),
    "chunk remark": _endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", b"x" * 65_536),
    "chunk of -1": _endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", FILM),
    "trailer": _endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X" * 65_536),
}


@pytest.mark.parametrize("where", ENDLESS_LINES)
def test_a_line_without_an_end_is_not_kept_in_memory(
    where: str, server: Any, settings: Settings, tmp_path: Path
) -> None:
    server.routes["/x"] = ENDLESS_LINES[where]
    began = time.monotonic()
    assert _found(settings, server.url("/x"), tmp_path).rule.id == "service.url_unreachable"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_answer_is_told(how: str, server: Any, settings: Settings, tmp_path: Path) -> None:
    finding = _found(settings, server.says("/x", BROKEN[how]), tmp_path)
    assert finding.rule.id == "service.url_unreachable"


def test_no_traceback_quotes_the_link(settings: Settings, tmp_path: Path, names: Any) -> None:
    names.answers["nowhere.example.com"] = [[]]
    for host in ("nowhere.example.com", "127.0.0.1", "[::1", "x:y", "a b"):
        url = f"https://{host}/film?token=hunter2"
        try:
            fetch(settings, url, tmp_path / "film.mp4")
        except CountenanceError:
            assert "hunter2" not in traceback.format_exc()
        else:
            pytest.fail("fetched")


def test_what_comes_after_the_stated_length_is_not_part_of_the_file(
    server: Any, settings: Settings, tmp_path: Path
) -> None:
    url = server.says("/x", _ok(FILM) + b"<html>more</html>")
    assert fetch(settings, url, tmp_path / "film.mp4").bytes == len(FILM)


def _drip(head: bytes, drop: bytes) -> Any:
    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        with suppress(OSError):
            for _ in range(200):
                time.sleep(0.05)
                connection.sendall(drop)

    return answer


SLOW = {
    "silence": _drip(b"", b""),
    "a head that drips": _drip(b"HTTP/1.1 200 OK\r\n", b"X: x\r\n"),
    "a status that drips": _drip(b"HTTP/1.", b"1"),
    "endless 100 Continue": _drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body that drips": _drip(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + FILM[:5000], b"x"),
    "a body that drips, without a length": _drip(b"HTTP/1.1 200 OK\r\n\r\n" + FILM[:5000], b"x"),
    "chunks that drip": _drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", _chunk(FILM[:1000])),
    "a chunk size that drips": _drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
}


@pytest.mark.parametrize("how", SLOW)
def test_slowness_has_an_end(how: str, server: Any, settings: Settings, tmp_path: Path) -> None:
    server.routes["/x"] = SLOW[how]
    began = time.monotonic()
    finding = _found(settings, server.url("/x"), tmp_path, timeout_s=0.6)
    assert (finding.rule.id, finding.limit) == ("service.url_timeout", 0.6)
    assert time.monotonic() - began < 8


def test_slow_redirects_share_one_time_limit(server: Any, settings: Settings, tmp_path: Path) -> None:
    def slow(connection: socket.socket) -> None:
        time.sleep(0.25)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")

    server.routes["/x"] = slow
    assert _found(settings, server.url("/x"), tmp_path, timeout_s=0.6).rule.id == "service.url_timeout"


def test_what_was_there_stays_if_the_new_file_is_bad(server: Any, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"before")
    with pytest.raises(CountenanceError):
        fetch(settings, server.says("/x", _ok(b"<html>")), tmp_path / "film.mp4")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("film.mp4", b"before")]


def test_a_webhook_is_delivered_and_nothing_kept_of_an_inner_servers_answer(server: Any, settings: Settings) -> None:
    url = server.says("/hook", b"HTTP/1.1 202 Accepted\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000)
    answer = post(settings, url, b'{"a":1}', {"webhook-id": "1"})
    assert (answer.status, answer.text) == (202, "")
    assert b"webhook-id: 1" in server.heads[0].lower()
    assert server.heads[0].startswith(b"POST /hook ")


def test_from_where_media_may_come_no_webhook_may_go(server: Any, plain: Settings) -> None:
    settings = plain.model_copy(update={"fetch_allow": f"127.0.0.1:{server.port}"})
    with pytest.raises(CountenanceError) as caught:
        post(settings, server.url("/hook"), b"{}", {})
    assert caught.value.finding.rule.id == "service.url_refused"
    assert server.heads == []


def test_a_webhook_follows_no_redirect_and_waits_not_for_ever(server: Any, inner: Any, settings: Settings) -> None:
    before = inner.connections
    url = server.moves("/hook", f"http://127.0.0.1:{inner.port}/", 307)
    assert post(settings, url, b"{}", {}).status == 307
    server.routes["/slow"] = SLOW["a head that drips"]
    with pytest.raises(CountenanceError) as caught:
        post(settings, server.url("/slow"), b"{}", {}, timeout_s=0.3)
    assert caught.value.finding.rule.id == "service.url_timeout"
    assert inner.connections == before
