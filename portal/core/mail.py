"""One way to send a mail: an HTML and a text version of the same template, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation


def compose(
    template: str, to: str, language: str, context: Mapping[str, Any], *, subject: Any, headers: Mapping[str, str] | None = None
) -> EmailMultiAlternatives:
    """The mail made from ``<template>.txt`` and ``<template>.html``; ``subject`` may be lazily translated."""
    with translation.override(language):
        line = " ".join(str(subject).split())
        values = {**context, "subject": line, "site_url": settings.SITE_URL}
        mail = EmailMultiAlternatives(
            line, render_to_string(f"{template}.txt", values).strip() + "\n", to=[to], headers=dict(headers or {})
        )
        mail.attach_alternative(render_to_string(f"{template}.html", values), "text/html")
        mail.extra_headers.setdefault("Content-Language", translation.to_locale(language).replace("_", "-"))
        mail.extra_headers.setdefault("Auto-Submitted", "auto-generated")
    return mail


def absolute(path: str) -> str:
    """A path of this site with the address in front, for mails."""
    return path if path.startswith(("http://", "https://")) else f"{settings.SITE_URL}{path}"
