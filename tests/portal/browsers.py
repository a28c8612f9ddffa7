"""Test clients that behave like browsers of different people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

_FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


class EnglishClient(Client):
    """A browser whose owner reads English."""

    def __init__(self, **defaults: Any) -> None:
        super().__init__(headers={"accept-language": "en"}, **defaults)


class ChineseClient(Client):
    """A browser whose owner reads Chinese."""

    def __init__(self, **defaults: Any) -> None:
        super().__init__(headers={"accept-language": "zh-CN"}, **defaults)


def queries_of(call: Callable[[], Any]) -> list[str]:
    """The statements of a request, without those that only open and close its transactions and scopes."""
    with CaptureQueriesContext(connection) as found:
        answer = call()
    assert answer.status_code == 200, answer.status_code
    statements = [str(query["sql"]) for query in found]
    return [sql for sql in statements if not sql.startswith(_FRAME) and "select set_config" not in sql]
