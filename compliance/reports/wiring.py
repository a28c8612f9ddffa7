"""What this slice hangs into the frame: side bar entry, sentences of the trail, the message that a report is ready."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.audit import sentences
from portal.core import navigation
from portal.notices import kinds

SENTENCES: dict[str, Any] = {
    "compliance.report.ordered": _("ordered the sign-off report {number}, edition {edition}"),
    "compliance.report.made": _("the sign-off report {number}, edition {edition}, was made ({pages} pages)"),
    "compliance.report.retried": _("started the sign-off report {number}, edition {edition}, again"),
    "compliance.report.cancelled": _("cancelled the sign-off report {number}, edition {edition}"),
    "compliance.report.downloaded": _("downloaded the sign-off report {number}, edition {edition}"),
    "compliance.report.deleted": _("deleted the file of the sign-off report {number}, edition {edition}"),
    "compliance.report.expired": _(
        "the file of the sign-off report {number}, edition {edition}, was deleted at the end of its retention time"
    ),
}


def _reports_page(notice: Any, tenant_slug: str) -> str:
    return reverse("compliance:project_reports", kwargs={"tenant_slug": tenant_slug, "project_id": notice.project_id})


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    sentences.register(SENTENCES)
    kinds.declare(
        "compliance.report_ready",
        _("The sign-off report {number} is ready"),
        _("Edition {edition} can be downloaded."),
        _reports_page,
        label=_("A report I ordered is ready"),
        tone="pass",
    )
    navigation.register(navigation.Entry(60, "reports", _("Reports"), "file-text", "compliance:reports", "compliance.view_reports"))
