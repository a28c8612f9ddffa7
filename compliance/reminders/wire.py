"""What goes over the wire while one message is sent: where connections really lead, and what was answered.

The plugins of ``apprise`` send by ``requests`` and tell only whether it went well. Both seams do nothing outside :func:`listening`,
and each thread has its own.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.util import connection

from compliance.reminders.guard import allowed_in_tests, is_public


class Elsewhere(OSError):
    """A connection that would lead into a private network."""


@dataclass
class Heard:
    """The answers of one message; ``elsewhere``: a connection was refused because of where it led."""

    host: str
    answers: list[requests.Response] = field(default_factory=list)
    elsewhere: bool = False


_heard: ContextVar[Heard | None] = ContextVar("webhook_heard", default=None)
_connect, _send = connection.create_connection, requests.Session.send


@contextmanager
def listening(host: str) -> Iterator[Heard]:
    """Inside this block connections to ``host`` lead to public addresses only. A proxy of the installation is left alone."""
    heard = Heard(host)
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


def _create_connection(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
    """As the library's; then looks at the address that was really reached, before anything is sent."""
    made = _connect(address, *args, **kwargs)
    heard, (host, port) = _heard.get(), address
    if heard is not None and host == heard.host and not allowed_in_tests(host, port) and not is_public(str(made.getpeername()[0])):
        made.close()
        heard.elsewhere = True
        raise Elsewhere(f"{host} leads into a private network")
    return made


def _send_and_keep(self: requests.Session, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
    """As the library's, and keeps the answer."""
    answer = _send(self, request, **kwargs)
    heard = _heard.get()
    if heard is not None:
        heard.answers.append(answer)
    return answer


connection.create_connection = _create_connection
requests.Session.send = _send_and_keep  # type: ignore[method-assign]
