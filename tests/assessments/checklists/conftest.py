"""A project with its ten checklists, for tests of this slice."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from assessments.checklists.models import Answer
from portal.core.tenancy import tenant_context
from portal.tenants.entry import acting_as
from tests.assessments.checklists.builders import begin_assessment
from tests.conftest import WORLD
from tests.factories.groundwork import Groundwork


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_their_own(settings, tmp_path):
    from django.core.files.storage import storages

    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "files")}},
    }
    storages._storages.clear()


@pytest.fixture(autouse=True)
def _in_english():
    from django.utils import translation

    with translation.override("en"):
        yield


def _begin(world: SimpleNamespace) -> SimpleNamespace:
    from django.utils import translation

    with translation.override("en"):
        with tenant_context(world.tenant.pk, world.alice.pk):
            world.assessment = begin_assessment(world.project)
        with tenant_context(world.other.pk, world.mallory.pk):
            world.foreign_assessment = begin_assessment(world.foreign)
    return world


CHECKLIST = Groundwork(_begin, on=WORLD)


@pytest.fixture
@CHECKLIST.fixture
def checklist(world: SimpleNamespace, laid) -> SimpleNamespace:
    """The world with an assessment of its project; ``actor(user)`` opens a request's scope, ``answer(key)`` reads a row."""
    world = laid.give(CHECKLIST, world)
    world.actor = lambda user: acting_as(world.tenant, user)

    def answer(key: str) -> Answer:
        return Answer.objects.select_related("assessment", "project").get(assessment=world.assessment, item_key=key)

    world.answer = answer
    return world


@pytest.fixture
def base(checklist) -> str:
    return f"/t/xinghe/projects/{checklist.project.pk}"
