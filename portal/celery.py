"""The Celery application. Messages only wake workers up; the ``job`` row in PostgreSQL is the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("tenfold")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "portal.jobs",
        "portal.audit",
        "portal.notices",
        "portal.projects.facts",
        "portal.projects",
        "assessments.checklists",
        "assessments.gates",
        "assessments.reviews",
        "compliance.filings",
        "compliance.reminders",
        "compliance.reports",
    ]
)
