"""Where messages to webhooks may go: the hosts of the service, over https, and never into the own network.

The address is checked when it is entered, before each message, and once more at the connection itself (``wire.py``), so that a name
which resolves to something else meanwhile leads nowhere.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from portal.core.errors import Invalid

# Hosts of each service. A program of one's own may stand anywhere but in a private network.
HOSTS: Mapping[str, re.Pattern[str] | None] = {
    "wecom": re.compile(r"qyapi\.weixin\.qq\.com"),
    "dingtalk": re.compile(r"oapi\.dingtalk\.com"),
    "feishu": re.compile(r"open\.feishu\.cn"),
    "slack": re.compile(r"hooks\.slack\.com"),
    "teams": re.compile(r"[a-z0-9.-]+\.(?:logic\.azure\.com|logic\.azure\.cn|environment\.api\.powerplatform\.com)"),
    "json": None,
}


def check_host(kind: str, host: str, port: int, *, secure: bool) -> None:
    """Raise Invalid for a host that messages of this kind may not go to."""
    if allowed_in_tests(host, port):
        return
    if not secure:
        raise _refused(_("Only addresses that begin with https:// are used."))
    hosts = HOSTS[kind]
    if hosts is not None:
        if not hosts.fullmatch(host.lower()):
            raise _refused(_("This is no address of the chosen service."))
        return
    if port != 443:
        raise _refused(_("Only the usual port of https (443) is used."))
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise _refused(_("This host cannot be found.")) from None
    if not found or not all(is_public(address) for address in found):
        raise _refused(_("This address lies in a private network. Messages go to public addresses only."))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet: not private, loopback, link-local, shared, reserved or multicast."""
    found: Any = ipaddress.ip_address(address.partition("%")[0])
    for inner in (getattr(found, "ipv4_mapped", None), getattr(found, "sixtofour", None), (getattr(found, "teredo", None) or (0, None))[1]):
        if inner is not None and not inner.is_global:
            return False
    if found.version == 6 and found in ipaddress.ip_network("64:ff9b::/96"):
        return is_public(str(ipaddress.ip_address(int(found) & 0xFFFFFFFF)))
    return bool(found.is_global) and not found.is_multicast


def allowed_in_tests(host: str, port: int) -> bool:
    """Named by the setting ``WEBHOOK_PRIVATE_HOSTS`` ("host:port"), which is empty but in tests and for a relay of one's own."""
    return f"{host}:{port}" in settings.WEBHOOK_PRIVATE_HOSTS


def host_of(address: str) -> tuple[str, int, bool]:
    """(host, port, https) of an address as typed; Invalid if it is none."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
        parts = urlsplit("")
    secure = parts.scheme == "https"
    if parts.scheme not in ("https", "http") or not host:
        raise _refused(_("Paste the whole address, beginning with https://."))
    if parts.username or parts.password:
        raise _refused(_("Leave out name and password in the address."))
    return host, port or (443 if secure else 80), secure


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, fields={"address": [sentence]})
