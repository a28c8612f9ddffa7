"""The services messages go to, by ``apprise``: the address as the service gives it, and sending one message.

The library is read where it is needed: web processes that send nothing stay small.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from django.utils.translation import gettext as _

from compliance.reminders.guard import check_host, host_of
from compliance.reminders.models import WebhookTarget
from portal.core.errors import Invalid

Kind = WebhookTarget.Kind
# What the answer to a message that was taken says, where the service answers 200 to everything: {"errcode": 0}, {"code": 0}.
_CODES = ("errcode", "code", "StatusCode")
_TOKENS: Mapping[str, re.Pattern[str]] = {
    Kind.WECOM: re.compile(r"/cgi-bin/webhook/send\?key=([\w-]{8,100})"),
    Kind.DINGTALK: re.compile(r"/robot/send\?access_token=([A-Za-z0-9]{16,128})"),
    Kind.FEISHU: re.compile(r"/open-apis/bot/v2/hook/([\w-]{8,100})/?"),
    Kind.SLACK: re.compile(r"/services/(T\w+/[AB]\w+/\w+)/?"),
}
_SCHEMES: Mapping[str, str] = {Kind.WECOM: "wecombot", Kind.DINGTALK: "dingtalk", Kind.FEISHU: "feishu", Kind.SLACK: "slack"}
TIMEOUT = "rto=8&cto=5"


def with_secret(address: str, secret: str) -> str:
    """The address with the signing secret of the chat (DingTalk) where there is one."""
    return f"{address}#{secret}" if secret else address


def hint_of(address: str) -> str:
    """What people see of an address: the host and the last four characters of a long secret."""
    parts = urlsplit(address.partition("#")[0])
    tail = (parts.query or parts.path).rstrip("/")[-4:]
    return f"{parts.hostname} … {tail}" if len(parts.path + parts.query) > 16 else str(parts.hostname)


def check_address(kind: str, address: str) -> None:
    """Raise Invalid for an address that this service does not have, or that messages may not go to."""
    url = address.partition("#")[0]
    host, port, secure = host_of(url)
    check_host(kind, host, port, secure=secure)
    if _plugin(kind, address, {}) is None:
        sentence = _("This is not the address of a webhook of this service. Copy it once more from the settings of the robot.")
        raise Invalid(sentence, fields={"address": [sentence]})


def send(kind: str, address: str, *, title: str, body: str, data: Mapping[str, Any]) -> str:
    """Send one message; returns "" when the service took it, else a code that :func:`fault_words` puts into words."""
    url = address.partition("#")[0]
    try:
        host, port, secure = host_of(url)
        check_host(kind, host, port, secure=secure)
    except Invalid:
        return "address"
    plugin = _plugin(kind, address, data)
    if plugin is None:
        return "address"
    from compliance.reminders.wire import listening

    with listening(host) as heard:
        taken = bool(plugin.notify(body=body, title=title, notify_type="info"))
    return _fault(taken, heard, plain=kind == Kind.JSON)


@cache
def _asset() -> Any:
    from apprise import AppriseAsset

    return AppriseAsset(app_id="Tenfold", app_desc="Tenfold", http_redirects=False, async_mode=False, secure_logging=True)


def _plugin(kind: str, address: str, data: Mapping[str, Any]) -> Any:
    """The library's sender for an address; None where it does not understand it."""
    from apprise import Apprise
    from apprise.plugins.custom_json import NotifyJSON

    url, _sign, secret = address.partition("#")
    parts = urlsplit(url)
    if kind == Kind.JSON:
        secure = parts.scheme == "https"
        extras = {name: value for name, value in data.items() if value is not None}
        return NotifyJSON(
            host=parts.hostname,
            port=parts.port,
            secure=secure,
            schema="jsons" if secure else "json",
            fullpath=parts.path or "/",
            params=dict(parse_qsl(parts.query)),
            payload=extras,
            asset=_asset(),
            rto=8.0,
            cto=5.0,
        )
    if kind == Kind.TEAMS:
        return Apprise.instantiate(f"{url}{'&' if parts.query else '?'}{TIMEOUT}", asset=_asset(), suppress_exceptions=True)
    found = _TOKENS[kind].fullmatch(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    if found is None:
        return None
    sign = f"{quote(secret, safe='')}@" if secret and kind == Kind.DINGTALK else ""
    return Apprise.instantiate(f"{_SCHEMES[kind]}://{sign}{found[1]}/?{TIMEOUT}", asset=_asset(), suppress_exceptions=True)


def _fault(taken: bool, heard: Any, *, plain: bool) -> str:
    if heard.elsewhere:
        return "private"
    if not heard.answers:
        return "" if taken else "unreached"
    answer = heard.answers[-1]
    code = None if plain else _code(answer)
    if code and answer.status_code < 300:
        return f"code:{code}"
    if not taken or answer.status_code >= 300:
        return f"status:{answer.status_code}"
    return ""


def fault_words(fault: str) -> str:
    """A fault of :func:`send` in the active language; empty for none."""
    kind, _sign, value = fault.partition(":")
    words = {
        "address": _("The address is no longer understood or may no longer be used. Enter it once more."),
        "private": _("This address lies in a private network. Messages go to public addresses only."),
        "unreached": _("The service could not be reached."),
        "code": _("The service refused the message (code {code}).").format(code=value),
        "status": _("The service answered with status {status}.").format(status=value),
        "fault": _("The message could not be made for this service ({name}).").format(name=value),
    }
    return words.get(kind, fault)


def _code(answer: Any) -> Any:
    """The code of refusal in an answer with status 200; None or 0 for none."""
    try:
        found = answer.json()
    except ValueError:
        return None
    return next((found[name] for name in _CODES if found.get(name)), None) if isinstance(found, dict) else None
