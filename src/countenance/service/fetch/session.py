"""A session that speaks to public servers only, whatever URL it is given.

The address that a host stands for is looked up once, judged, and connected to: a second look-up could tell another
(DNS rebinding). Every redirect is a new URL. Proxies, netrc files and certificates of the environment are not used.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import requests
from AntiSSRF import AntiSSRFError, AntiSSRFPolicy, PolicyConfigOptions  # type: ignore[import-untyped]
from AntiSSRF._antissrf_agent import _AntiSSRFAdapter  # type: ignore[import-untyped]
from requests.adapters import HTTPAdapter

from countenance.service.errors import refused
from countenance.service.fetch.allow import Allowed, allowed_by
from countenance.service.fetch.connections import watched_pools
from countenance.service.fetch.deadline import Deadline
from countenance.service.fetch.errors import URL_HOST, URL_REFUSED
from countenance.service.fetch.target import Target, target_of

_HEADERS = {"User-Agent": "Countenance", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
"""Nothing compressed: a small body may be a huge file. One connection a request, so that each one is judged."""
_NEVER = (
    *("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/128", "fe80::/10", "ff00::/8"),
    *("168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::254/128"),
)
"""Refused even of a host that is allowed by its name: nobody's media lies there, but clouds' secrets do."""


class SafeSession(requests.Session):
    """A session of `requests`; what it refuses it refuses before a connection is made, with service.url_refused."""

    def __init__(self, allowed: Allowed, deadline: Deadline) -> None:
        super().__init__()
        self.trust_env = False
        self.headers.clear()
        self.headers.update(_HEADERS)
        self.deadline = deadline
        self.reached: list[str] = []
        """The addresses that were judged and are connected to."""
        self._allowed = allowed
        self._adapters: dict[AntiSSRFPolicy, HTTPAdapter] = {}
        self._answers: list[requests.Response] = []

    def get_adapter(self, url: str | bytes) -> HTTPAdapter:
        """The connections for a URL, which is judged here."""
        policy = policy_for(target_of(url.decode() if isinstance(url, bytes) else url), self._allowed)
        if policy not in self._adapters:
            self._adapters[policy] = _Adapter(policy, self.deadline, self.reached)
        return self._adapters[policy]

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: whoever follows a redirect asks anew. (Even to name the next request, `requests` would read the
        whole body of this answer, which may have no end.)
        """
        return

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request; its answer is closed with the session at the latest."""
        self._answers.append(super().send(request, **kwargs))
        return self._answers[-1]

    def close(self) -> None:
        """Close all answers and connections."""
        for answer in self._answers:
            answer.close()
        super().close()
        for adapter in self._adapters.values():
            adapter.close()
        self.deadline.close()


@contextmanager
def safe_session(allow: str, within_s: float) -> Iterator[SafeSession]:
    """A session whose connections all end after `within_s` seconds; `allow` is what it may speak to although it is not
    public (`allow.allowed_by`).

    It follows no redirects. Give each request `stream=True`: a body may have no end.

    Raises:
        CountenanceError: service.fetch_allow.
    """
    with SafeSession(allowed_by(allow), Deadline(within_s)) as session:
        yield session


def policy_for(target: Target, allowed: Allowed) -> AntiSSRFPolicy:
    """Which addresses a target may stand for.

    Raises:
        CountenanceError: service.url_refused if there is none.
    """
    if allowed.host(target.host, target.port):
        return _any_but_never()
    networks = allowed.networks(target.port)
    if target.scheme == "https" and target.port == 443 and not target.is_inner:
        return _public_and(networks)
    if not networks:
        raise refused(URL_REFUSED, why_not(target))
    return _only(networks)


def check_public(target: Target, allowed: Allowed) -> None:
    """Refuse what would be refused later on in any case. What a name stands for is not looked up here.

    Raises:
        CountenanceError: service.url_refused.
    """
    policy = policy_for(target, allowed)
    if target.is_address and not policy._is_str_ip_address_connection_allowed(target.host):
        raise refused(URL_REFUSED, why_not(target))


def why_not(target: Target) -> str:
    """Why a target is refused, in words that tell nothing of the inner network."""
    if target.is_inner:
        return "Its host is not on the internet."
    if target.scheme == "http":
        return "It is not encrypted (http://)."
    if target.port != 443:
        return "It has a port other than 443."
    return "Its address is not on the internet."


@lru_cache(maxsize=64)
def _public_and(networks: tuple[str, ...]) -> AntiSSRFPolicy:
    policy = AntiSSRFPolicy(PolicyConfigOptions.EXTERNAL_ONLY_LATEST)
    policy.add_xff_header = False
    policy.add_denied_addresses(_outside_global_unicast())
    return _with(policy, networks)


@lru_cache(maxsize=64)
def _only(networks: tuple[str, ...]) -> AntiSSRFPolicy:
    return _with(AntiSSRFPolicy(PolicyConfigOptions.INTERNAL_ONLY), networks)


@lru_cache(maxsize=1)
def _any_but_never() -> AntiSSRFPolicy:
    policy = AntiSSRFPolicy(PolicyConfigOptions.NONE)
    policy.add_denied_addresses(list(_NEVER))
    return _with(policy, ())


def _with(policy: AntiSSRFPolicy, networks: tuple[str, ...]) -> AntiSSRFPolicy:
    policy.allow_plain_text_http = True  # who may be spoken to without TLS is settled by the addresses
    if networks:
        policy.add_allowed_addresses(list(networks))
    return policy


def _outside_global_unicast() -> list[str]:
    """All of IPv6 but 2000::/3, the only part that is given out, and the mapped form, in which IPv4 is judged."""
    low = ipaddress.IPv6Network("::/3").address_exclude(ipaddress.IPv6Network("::ffff:0:0/96"))
    return [str(network) for network in low] + ["4000::/2", "8000::/1"]


class _Adapter(_AntiSSRFAdapter):  # type: ignore[misc]
    """Connects to the address that was judged, under the deadline."""

    def __init__(self, policy: AntiSSRFPolicy, deadline: Deadline, reached: list[str]) -> None:
        self._deadline = deadline
        self._reached = reached
        super().__init__(policy)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Pools whose connections are watched."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = watched_pools(self._deadline)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Look the host up, judge it, and put its address in its place."""
        target = target_of(str(request.url))
        try:
            host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        except AntiSSRFError as error:
            if target.is_address:
                raise refused(URL_REFUSED, why_not(target)) from error
            # In the words for a name that nobody has: or else the names of an inner network could be found out.
            raise refused(URL_HOST) from error
        self._reached.append(str(host["host"]))
        # The port belongs to the name (RFC 9110, 7.2): signatures of stores cover it.
        request.headers["Host"] = target.url.split("/")[2]
        return host, tls
