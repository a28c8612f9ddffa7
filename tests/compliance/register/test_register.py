"""A register holds what its orderer may see, as PDF and workbook from one frozen content, and goes to nobody else."""

from __future__ import annotations

import io
from types import SimpleNamespace

import openpyxl
import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compliance.filings.models import Filing
from compliance.register import actions
from compliance.register.models import FilingRegister
from compliance.register.tasks import make_register
from portal.core.errors import Invalid, NotFound
from portal.core.tenancy import tenant_context
from portal.jobs.running import run_job
from portal.tenants.entry import acting_as
from tests.compliance.reports.conftest import flat, pages_of
from tests.factories.cast import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
NUMBER = "Beijing-ChatGLM-20230821"


def order(world: SimpleNamespace, person: str = "carol", **given: str) -> FilingRegister:
    with acting_as(world.tenant, getattr(world, person)) as actor:
        return actions.order_register(**{"language": "en", "query": "", **given}, by=actor)[0]


def make(world: SimpleNamespace, register: FilingRegister) -> FilingRegister:
    assert run_job(make_register.work, world.tenant.pk, register.job_id) == "done"
    with tenant_context(world.tenant.pk):
        return FilingRegister.objects.get(pk=register.pk)


def read(world: SimpleNamespace, register: FilingRegister, form: str, person: str = "carol") -> bytes:
    with acting_as(world.tenant, getattr(world, person)) as actor:
        file, _name = actions.open_register(register, form, by=actor)
        with file:
            return file.read()


@pytest.mark.pdf
def test_both_files_tell_the_same_filings_with_who_confirmed_what(stage):
    stage.decided()
    stage.decided("algorithm_filing", confirm=False, reason="=HYPERLINK(1) not of this kind")
    with tenant_context(stage.tenant.pk):
        today = timezone.localdate()
        Filing.objects.filter(regime="genai_service_filing").update(number=NUMBER, due_on=today.replace(year=today.year - 1))
    made = make(stage, order(stage))

    pdf = read(stage, made, "pdf")
    text = flat(" ".join(pages_of(pdf)))
    for said in ("Generative AI service (large-model) filing", NUMBER, "Carol", "second: Sam", "not of this kind", "Applies if", "late"):
        assert flat(said) in text
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == made.pages
        assert list(document.attachments) == [f"register-1-{today_of(stage)}.json"]

    book = openpyxl.load_workbook(io.BytesIO(read(stage, made, "xlsx")))
    assert len(book.sheetnames) == 4
    applying, _unknown, excluded, by_rule = (list(book[name].values) for name in book.sheetnames)
    row = next(row for row in applying if row[2] == "Generative AI service (large-model) filing")
    assert (row[0], row[8], row[9], row[14], row[19]) == ("XH-0001", "Carol", "Sam", NUMBER, "yes")
    out = next(row for row in excluded if row[2] == "Algorithm filing")
    assert out[7] == "=HYPERLINK(1) not of this kind"
    assert book[book.sheetnames[2]].cell(excluded.index(out) + 1, 8).data_type == "s"
    assert "Can people or organisations in the mainland use it?" in out[10]
    assert {row[2] for row in by_rule[1:]} == {1}
    with tenant_context(stage.tenant.pk):
        assert made.rows == Filing.objects.filter(project__isnull=False).exclude(result="not_applicable", decision="none").count()


def today_of(world: SimpleNamespace) -> str:
    with acting_as(world.tenant, world.carol):
        from portal.tenants.clock import organisation_today

        return organisation_today().isoformat()


def test_one_order_while_it_is_made_and_none_for_what_cannot_be_read(stage):
    first = order(stage)
    assert order(stage).pk == first.pk
    assert order(stage, language="zh").number == 2
    for wrong in ({"language": "fr"}, {"query": "due=never"}, {"query": "q=" + "x" * 1001}):
        with pytest.raises(Invalid):
            order(stage, **wrong)


def test_it_goes_to_its_orderer_alone(stage, monkeypatch):
    monkeypatch.setattr(actions, "MOST_ON_PAPER", 0)  # no pages: quicker
    made = make(stage, order(stage))
    assert (made.pdf_key, made.pages) == ("", 0)
    with pytest.raises(NotFound):
        read(stage, made, "pdf")
    with pytest.raises(NotFound):
        read(stage, made, "xlsx", person="erin")

    def status(person: str, form: str = "xlsx") -> int:
        client = Client()
        client.login(email=getattr(stage, person).email, password=PASSWORD)
        kwargs = {"tenant_slug": stage.tenant.slug, "register_id": made.pk, "form": form}
        return client.get(reverse("compliance:register_file", kwargs=kwargs)).status_code

    assert [status("carol"), status("carol", "docx"), status("erin"), status("mallory")] == [200, 404, 404, 404]


def test_a_filter_of_the_list_is_the_scope(stage, monkeypatch):
    monkeypatch.setattr(actions, "MOST_ON_PAPER", 0)
    made = make(stage, order(stage, query="regime=genai_service_filing"))
    book = openpyxl.load_workbook(io.BytesIO(read(stage, made, "xlsx")))
    assert made.rows == 1
    assert len(book.sheetnames) == 3  # what the rules exclude is told of the whole portfolio only


def test_a_project_out_of_sight_is_not_in_it(stage, monkeypatch):
    monkeypatch.setattr(actions, "MOST_ON_PAPER", 0)
    with acting_as(stage.tenant, stage.alice):
        type(stage.project).objects.filter(pk=stage.project.pk).update(confidential=True)
    assert make(stage, order(stage, person="pam")).rows == 0
