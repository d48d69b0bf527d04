"""URLs that try to make the server speak to what only it can reach. None of them gets as far as a connection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from countenance.errors import CountenanceError
from countenance.service.fetch.fetching import fetch
from countenance.service.fetch.posting import post
from countenance.settings import Settings

LOOPBACK = (
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1", "127.0.1", "0", "00.0.0.0", "0.0", "2130706433",
    "0.0.0.0",  # noqa: S104
    "02130706433", "0x7f000001", "0X7F000001", "0x7f.0.0.1", "0x7f.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1", "0177.1",
    "017700000001", "00000177.0.0.1", "127.0.0.01", "127.0.0.0x1", "127.00.00.01", "4294967296", "18446744071562067968",
    "127.0.0.1.", "localhost", "LOCALHOST", "LocalHost", "localhost.", "localhost..", "localhost.localdomain",
    "anything.localhost", "a.b.localhost.", "ip6-localhost", "ip6-loopback", "broadcasthost",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::]", "[0::0]", "[::0001]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::FFFF:127.0.0.1]",
    "[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]", "[::ffff:0:7f00:1]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[64:ff9b:1:ffff::127.0.0.1]",
    "[2002:7f00:1::]", "[2002:7f00:0001::1]", "[2001:0:7f00:1::]", "[2001:0:ffff::80ff:fffe]",
    "[::1%lo]", "[::1%25lo]", "[::1%1]", "[fe80::1%eth0]", "[fe80::1%25eth0]",
    "１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "Ｌｏｃａｌｈｏｓｔ",
    "loc\u00adalhost", "local\u200bhost", "l\u200docalhost", "locaⅼhost", "loⅽalhost", "𝟏𝟐𝟕.𝟎.𝟎.𝟏", "0𝘅7f000001",
    "127%2e0%2e0%2e1", "%31%32%37.0.0.1", "localhost%00", "localhost%2eexample.com", "%6c%6f%63%61%6c%68%6f%73%74",
)  # fmt: skip
INNER = (
    "10.0.0.1", "10.255.255.255", "167772161", "0x0a000001", "012.0.0.1", "10.1", "172.16.0.1", "172.31.255.254",
    "2886729729", "192.168.0.1", "192.168.255.255", "3232235521", "0xc0a80001", "0300.0250.0.1", "192.168.1",
    "169.254.169.254", "169.254.170.2", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518",
    "0xa9.0xfe.0xa9.0xfe", "169.16689662", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::a9fe:a9fe]",
    "[64:ff9b::169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[fd00:ec2::254]", "[fd20:ce::254]",
    "168.63.129.16", "100.100.100.200", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1",
    "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.175.48.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "0.1.2.3", "[fc00::1]",
    "[fd12:3456:789a::1]", "[fe80::1]", "[febf::1]", "[fec0::1]", "[ff02::1]", "[ff0e::1]", "[100::1]", "[2001:db8::1]",
    "[2001:2::1]", "[2001:10::1]", "[2001:20::1]", "[3fff::1]", "[5f00::1]", "[4000::1]", "[8000::1]", "[1::1]",
    "[2620:4f:8000::1]", "[2002:0a00:0001::]", "[::10.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::10.0.0.1]",
    "metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal", "kubernetes",
    "kubernetes.default.svc.cluster.local", "host.docker.internal", "gateway.docker.internal", "router",
    "printer.local", "nas.lan", "wiki.corp", "fritz.home", "x.home.arpa", "1.0.0.127.in-addr.arpa", "db.intranet",
    "vault.private",
)  # fmt: skip
SCHEMES = (
    "file:///etc/passwd", "file://localhost/etc/passwd", "FILE:///etc/passwd", "file:/etc/passwd", "/etc/passwd",
    "ftp://{server}/film.mp4", "ftps://{server}/film.mp4", "sftp://{server}/film.mp4", "tftp://{server}/film.mp4",
    "gopher://{server}/_GET%20/", "dict://{server}/d:x", "ldap://{server}/", "ldaps://{server}/", "smb://{server}/x",
    "jar:http://{server}!/x", "netdoc:///etc/passwd", "php://filter/resource=/etc/passwd", "phar://x", "expect://id",
    "data:video/mp4;base64,AAAAGGZ0eXA=", "data:text/html,<script>", "javascript:alert(1)", "about:blank", "blob:x",
    "view-source:http://{server}/", "ws://{server}/", "wss://{server}/", "unix:/var/run/docker.sock", "urn:isbn:1",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/images", "mailto:a@example.com", "tel:1", "rtsp://{server}/", "s3://b/k",
    "rtmp://{server}/", "concat:a.mp4|b.mp4", "//{server}/film.mp4", "{server}/film.mp4", "example.com", "://x", ":",
    "http", "http:", "http:/", "https:/{server}/", "https:{server}", "httpss://{server}/", "h\u0074tps\u200b://x.org/",
)  # fmt: skip
FORMS = (
    "", " ", "\n", "https://", "https:///film.mp4", "https:////film.mp4", "https://?x", "https://#x", "https://:443/",
    "https://./", "https://../", "https://.example.com/", "https://example..com/", "https://-example.com/",
    "https://example-.com/", "https://exa mple.com/", "https://exa_mple!.com/", f"https://{'a' * 64}.com/",
    f"https://{'a.' * 127}com/", "https://example.com/" + "a" * 9000, "https://example.com./", "https://*.example.com/",
    "https://user@example.com/", "https://user:hunter2@example.com/", "https://:@example.com/", "https://@example.com/",
    "https://example.com@{server}/", "https://example.com:443@{server}/", "https://a@b@{server}/",
    "https://example.com%40{server}/", "https://{server}\\@example.com/", "https://example.com\\@{server}/",
    "https:\\\\{server}\\film.mp4", "https://example.com\\.evil.org/", "https://example.com\t@{server}/",
    "https://exam\tple.com/", "https://exam\nple.com/", "https://example.com/\r\nHost: {server}", "https://example.com/\0",
    "https://example.com/\r\n\r\nGET /admin HTTP/1.1", "https://example.com/a\nb", "https://example.com/\x7f",
    "https://example.com/\x85", "\thttps://example.com/", "\x00https://example.com/", "https://\x00example.com/",
    "https://example.com:0/", "https://example.com:65536/", "https://example.com:99999999999/", "https://example.com:x/",
    "https://example.com:-443/", "https://example.com:443:80/", "https://example.com:４４３/",
    "https://example.com: 443/",
    "https://example.com:22/", "https://example.com:25/", "https://example.com:80/", "https://example.com:8443/",
    "https://example.com:6379/", "https://example.com:9200/", "https://example.com:2375/", "https://example.com:11211/",
    "http://example.com/", "http://example.com:443/", "http://example.com:80/", "HTTP://example.com/film.mp4",
    "https://[/", "https://[]/", "https://[::1/", "https://::1/", "https://[v1.x]/", "https://[1.2.3.4]/",
    "https://[example.com]/", "https://[::1]x/", "https://x[::1]/", "https://[::g]/", "https://[::1]]/",
    "https://1.2.3/", "https://1.2.3.4.5/", "https://256.1.1.1/", "https://0x08080808/",
    "https://134744072/", "https://010.8.8.8/", "https://8.8.2056/", "https://example.0x1/", "https://example.1/",
    "https://xn--/", "https://\ud800.com/", "https://a\u2044b.com/", "https://a\uff0fb.com/", "https://a\uff20b.com/",
    "https://a\u2100b.com/", "https://a\uff1ab.com/",
)  # fmt: skip
LYING_NAMES = {
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "7f000001.nip.io": ["127.0.0.1"],
    "10-0-0-1.sslip.io": ["10.0.0.1"],
    "localtest.me": ["127.0.0.1", "::1"],
    "lvh.me": ["127.0.0.1"],
    "metadata.nicob.net": ["169.254.169.254"],
    "six.example.com": ["::1"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "nat64.example.com": ["64:ff9b::7f00:1"],
    "sixtofour.example.com": ["2002:7f00:1::"],
    "ula.example.com": ["fd00::1"],
    "zero.example.com": ["0.0.0.0"],  # noqa: S104
    "both.example.com": ["93.184.216.34", "127.0.0.1"],
    "both-six.example.com": ["2606:4700::1", "::1"],
    "last.example.com": ["93.184.216.34", "93.184.216.35", "192.168.1.1"],
    "grey.example.com": ["100.64.0.7"],
    "multi.example.com": ["224.0.0.1"],
    "1.1.1.1e1": ["127.0.0.1"],
    "nowhere.example.com": [],
}


def _refusal(settings: Settings, url: str, target: Path) -> str:
    with pytest.raises(CountenanceError) as caught:
        fetch(settings, url, target / "film.mp4")
    assert list(target.iterdir()) == []
    rule = caught.value.finding.rule
    assert (rule.id == "service.url_host") <= (not caught.value.finding.detail)
    assert rule.tavus_type == "download_link"
    assert "hunter2" not in str(caught.value)
    return rule.id


@pytest.mark.parametrize("host", LOOPBACK + INNER, ids=ascii)
def test_an_inner_address_is_refused_however_it_is_written(
    host: str, tmp_path: Path, lax: Settings, inner: Any, names: Any, connections: list[tuple[str, int]]
) -> None:
    before = inner.connections
    for url in (f"http://{host}:{inner.port}/latest/", f"https://{host}/latest/", f"http://{host}/latest/"):
        assert _refusal(lax, url, tmp_path) in ("service.url_refused", "service.url_host")
    assert connections == []
    assert inner.connections == before


@pytest.mark.parametrize("host", LYING_NAMES)
def test_a_name_is_judged_by_all_addresses_that_it_stands_for(
    host: str, tmp_path: Path, lax: Settings, inner: Any, names: Any, connections: list[tuple[str, int]]
) -> None:
    names.answers[host] = [LYING_NAMES[host]]
    for url in (f"http://{host}:{inner.port}/", f"https://{host}/"):
        # Also of a name that nobody has, and in the same words: the names of an inner network are not found out.
        assert _refusal(lax, url, tmp_path) == "service.url_host"
    assert connections == []


@pytest.mark.parametrize("form", SCHEMES + FORMS, ids=ascii)
def test_what_is_no_plain_link_is_refused(
    form: str, tmp_path: Path, server: Any, settings: Settings, names: Any, connections: list[tuple[str, int]]
) -> None:
    url = form.replace("{server}", f"127.0.0.1:{server.port}")
    assert _refusal(settings, url, tmp_path) == "service.url_refused"
    assert (connections, names.asked, server.connections) == ([], [], 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "metadata.google.internal", "2130706433"])
def test_webhooks_go_nowhere_else_either(
    host: str, plain: Settings, inner: Any, names: Any, connections: list[tuple[str, int]]
) -> None:
    for url in (f"http://{host}:{inner.port}/", f"https://{host}/"):
        with pytest.raises(CountenanceError) as caught:
            post(plain, url, b"{}", {})
        assert caught.value.finding.rule.id == "service.url_refused"
    assert connections == []


def test_there_are_enough_of_them() -> None:
    assert len(LOOPBACK + INNER + SCHEMES + FORMS) + len(LYING_NAMES) > 250
