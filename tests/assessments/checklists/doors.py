"""Going in through the addresses, as a person with a browser or a program does."""

from __future__ import annotations

from django.test import Client

from assessments.checklists.models import Answer
from portal.core.tenancy import tenant_context

HTMX = {"HTTP_HX_REQUEST": "true"}
AUTOSAVE = {**HTMX, "HTTP_X_AUTOSAVE": "1"}


def client_of(user) -> Client:
    type(user).objects.filter(pk=user.pk).update(language="en")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def stored(world, key: str) -> Answer:
    with tenant_context(world.tenant.pk):
        return Answer.objects.get(project=world.project, item_key=key)
