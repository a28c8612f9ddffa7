"""The web server's log does not carry the secrets of mailed links."""

from __future__ import annotations

import runpy
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from gunicorn.config import Config


@pytest.mark.parametrize("path", ["/invitation/Secret-1/", "/accounts/confirm-email/Secret-1/", "/accounts/password/reset/key/Secret-1/"])
def test_secrets_are_left_out(path, monkeypatch):
    monkeypatch.setenv("PORT", "8000")
    conf = runpy.run_path(str(settings.BASE_DIR / "deploy" / "gunicorn.conf.py"))
    logger = conf["logger_class"](Config())
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": path,
        "PATH_INFO": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"http://x{path}",
    }
    response = SimpleNamespace(status="200 OK", sent=1, headers=[])
    line = conf["access_log_format"] % logger.atoms(response, SimpleNamespace(headers=[]), environ, timedelta(seconds=1))
    assert "Secret" not in line
    assert path.split("Secret")[0] in line
    assert "Secret" not in str(logger.atoms(response, SimpleNamespace(headers=[]), environ, timedelta(seconds=1)))
