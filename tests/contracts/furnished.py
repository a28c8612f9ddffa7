"""A house with everything in it: projects of the demo in several stages, and one of each thing that a page shows."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone
from PIL import Image

from assessments.checklists.models import Evidence
from assessments.gates.models import GateRound
from assessments.reviews.waiving import delegate
from compliance.demo.loading import load
from compliance.demo.written import pdf_of
from compliance.dossiers import actions as dossiers
from compliance.dossiers.listing import lines_of
from compliance.dossiers.tasks import make_zip
from compliance.feeds.actions import make_feed
from compliance.filings import actions as filings
from compliance.filings.evaluation import organisation_regimes
from compliance.filings.models import Filing
from compliance.filings.subjects import subject_of
from compliance.register import actions as registers
from compliance.reminders import actions as webhooks
from compliance.reminders.plans import BUILT_IN
from compliance.reports import actions as reports
from compliance.reports.models import Report
from compliance.reports.queries import verify_code_of
from compliance.reports.render import Rendered, content_hash
from compliance.reports.tasks import render_ordered
from compliance.rounds.models import AuthorityRound
from compliance.upkeep.models import DisplayCheck
from portal.catalogue import catalogue, installed
from portal.core.tenancy import tenant_context
from portal.jobs.running import run_job
from portal.notices.models import Notice
from portal.projects.actions.saved_views import save_view
from portal.projects.exporting import order_export
from portal.projects.facts.parts import save_part
from portal.projects.intake.drafts import keep_step
from portal.projects.models import Project, ProjectMember
from portal.projects.tasks import export_projects
from portal.roles.actions import (
    add_member_with_roles,
    create_organisation,
    create_role,
    invite_person,
    project_roles_of_catalogue,
    provision_tenant,
)
from portal.roles.models import Role, Team
from portal.stakeholders.models import Contact, Stakeholder
from portal.tenants.actions import link_accounts, set_logo, suspend_tenant
from portal.tenants.branding import brand_key
from portal.tenants.entry import acting_as
from portal.tenants.models import Membership, Tenant, User
from tests.conftest import _owner_connection

PASSWORD = "a furnished house of chance"
# The launch that waits, an open approval, a project with waivers, an early one, and one that was only just registered.
CODES = ("XH-0007", "XH-0012", "XH-0019", "XH-0024", "XH-0029")
NEWER = "2099.01.01"
OWN_REGIME, OWN_DOCUMENT = "iso42001_certificate", "soa"  # a filing of the organisation, and a document of it
PEOPLE = {
    "admin": "hewei@xinghe.example",
    "pmo": "linyue@xinghe.example",
    "officer": "shenjing@xinghe.example",
    "executive": "gumingyuan@xinghe.example",
    "auditor": "luoyin@xinghe.example",
    "owner": "chenxiao@xinghe.example",
    "planner": "wutong@xinghe.example",
    "lawyer": "zhoukai@xinghe.example",
    "lead": "xuhang@xinghe.example",
    "both": "hanlin@xinghe.example",
    "abroad": "miriam.vogt@nordhagen.example",
    "staff": "platform@tenfold.example",
    "shut_out": "tomasz.nowak@nordhagen.example",
}


def quick_report(content: Any, decision: Any, *, progress: Any, language: str, **given: Any) -> Rendered:
    """Pages about reports need a file, not a beautiful one."""
    progress("typesetting", 22)
    return Rendered(f"%PDF-1.7 {language} {given['edition']}".encode(), content_hash(content, decision), 7, False)


def places(folder: Path) -> dict[str, Any]:
    """Settings that keep the files of the house in a folder of its own."""
    files = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder / "files")}}
    return {"DATA_DIR": folder, "MEDIA_ROOT": folder / "files", "STORAGES": settings.STORAGES | {"default": files}}


def furnish(patch: pytest.MonkeyPatch, folder: Path) -> SimpleNamespace:
    """Build it in the committed test database; ``keys`` are the arguments of addresses, ``sessions`` the cookies of the people."""
    patch.setattr("compliance.reports.render.render_report", quick_report)
    load(PASSWORD, lambda _line: None, only=CODES)
    User.objects.update(language="", theme="auto")  # the cookies of the browser decide
    house = SimpleNamespace(tenant=Tenant.objects.get(slug="xinghe"), people={})
    house.people = {key: User.objects.get(email=email) for key, email in PEOPLE.items()}
    with tenant_context(house.tenant.pk):
        house.projects = {project.code: project for project in Project.objects.all()}
    house.keys = _things(house) | _papers(house)
    _kept_with_filings(house)
    house.keys |= {code: project.pk for code, project in house.projects.items()}
    house.keys |= {"project_id": house.projects["XH-0007"].pk, "tenant_slug": "xinghe"}
    house.keys |= _administration(house) | _platform(house) | _account(house)
    _newer_content(patch, folder)
    house.sessions = {key: _session(user) for key, user in house.people.items()}
    house.sessions["invited"] = _session(None, invitation=house.link)
    return house


def _session(user: User | None, *, invitation: str = "") -> str:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if invitation:
        client.get(f"/invitation/{invitation}/")
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def _things(house: SimpleNamespace) -> dict[str, Any]:
    """What belongs to one project or one person."""
    people, flagship = house.people, house.projects["XH-0007"]
    today = timezone.localdate()
    draft = uuid4()
    with acting_as(house.tenant, people["pmo"]) as pmo:
        basics = {"name_zh": "门店巡检助手", "name_en": "Store inspection helper", "purpose": "看图片", "code": ""}
        keep_step(pmo, draft, "basics", basics, version=0)
        keep_step(pmo, draft, "facts", {"values": {"audience": ["public"], "personal_data": "ordinary"}, "sources": {}}, version=1)
        _feed, calendar_code = make_feed(scope="all", alarm_days=3, by=pmo)
        view = save_view(name="Blocked", query="q=blocked", shared=True, by=pmo.user, may_share=True)
        job, waiting = order_export(pmo, "csv", ""), order_export(pmo, "csv", "stage=live")
        until = today + dt.timedelta(days=20)
        delegate(receiver=people["officer"], role_key="", project=None, starts_on=today, ends_on=until, reason="Leave", by=pmo)
        save_part(flagship, "pi_subject_count", 5_200_000, source="CRM", version=0, by=pmo)
    run_job(export_projects.work, house.tenant.pk, job.pk)
    with tenant_context(house.tenant.pk):
        return {
            "draft_id": draft,
            "calendar_code": calendar_code,
            "view_id": view.pk,
            "job_id": job.pk,
            "waiting_job": waiting.pk,
            "notice_id": Notice.objects.filter(user=people["pmo"]).values_list("pk", flat=True)[0],
            "contact_id": Contact.objects.order_by("name").values_list("pk", flat=True)[0],
            "stakeholder_id": Stakeholder.objects.filter(project=flagship).values_list("pk", flat=True)[0],
            "evidence_id": Evidence.objects.filter(project=flagship, kind="file").values_list("pk", flat=True)[0],
            "organisation_regime": min(organisation_regimes(catalogue())),
            "member_id": ProjectMember.objects.filter(project=flagship).values_list("pk", flat=True)[0],
        }


def _papers(house: SimpleNamespace) -> dict[str, Any]:
    """Three reports: one made, one that could not be made, one that waits."""
    flagship = house.projects["XH-0007"]
    with acting_as(house.tenant, house.people["pmo"]) as pmo:
        rounds = list(GateRound.objects.filter(project=flagship).exclude(state="open").order_by("gate"))
        made, failed, waiting = (reports.order_report(flagship, one, language="both", by=pmo)[0] for one in rounds[:3])
    run_job(render_ordered.work, house.tenant.pk, made.job_id)
    with acting_as(house.tenant, house.people["pmo"]):
        reports.fail_report(failed, "The file could not be written.")
        made = Report.objects.get(pk=made.pk)
    with acting_as(house.tenant, house.people["officer"]) as officer:
        for language in ("zh", "en"):
            register, _new = registers.order_register(language=language, query="", by=officer)
    pdf = registers.store(register, 1, "pdf", b"%PDF-1.7 register")
    with tenant_context(house.tenant.pk):
        type(register).objects.filter(pk=register.pk).update(state="ready", rows=180, pages=24, sheet_size=90_000, pdf_key=pdf, pdf_size=17)
    papers = {"report_id": made.pk, "code": verify_code_of(made), "failed": failed.pk, "waiting": waiting.pk}
    return papers | {"register_id": register.pk}


def _kept_with_filings(house: SimpleNamespace) -> None:
    """Files of one filing of a project and of one of the organisation: a document, a dossier, a letter, a picture of the display."""
    officer, day = house.people["officer"], timezone.localdate()
    with acting_as(house.tenant, officer) as by:
        version = subject_of(None, OWN_REGIME).version
        filings.decide_filing(None, OWN_REGIME, confirm=True, reason="Wanted by customers", version=version, by=by)
        for project, regime, key in ((house.projects["XH-0007"], "pipia", "report"), (None, OWN_REGIME, OWN_DOCUMENT)):
            upload = SimpleUploadedFile("kept.pdf", pdf_of(["kept"]))
            line = next(one for one in lines_of(subject_of(project, regime)) if one.key == key)
            dossiers.add_file(project, regime, key, upload=upload, version=line.version, by=by)
            dossier, _new = dossiers.order_dossier(project, regime, language="en", draft=True, by=by)
            made = make_zip(dossier, house.tenant.time_zone, 1, lambda _stage, _percent: None)
            dossiers.finish_dossier(dossier, key=made.key, sha256=made.sha256, size=made.size, entries=made.entries)
            filing = Filing.objects.get(project=project, regime=regime)
            file = {"file_name": "kept.pdf", "file_key": made.key, "file_size": made.size, "file_type": "application/pdf"}
            number = AuthorityRound.objects.filter(filing=filing).count() + 1
            AuthorityRound.objects.create(
                filing=filing, number=number, letter_on=day, received_on=day, state="answered", reply_on=day, opened_by=officer, **file
            )
            check = DisplayCheck.objects.create(
                filing=filing, place="footer", number="1", ok=True, checked_on=day, next_check_on=day, checked_by=officer, **file
            )
            house.keys["check_id" if project else "own_check"] = check.pk
            house.keys["dossier" if project else "own_dossier"] = dossier.number
            house.keys["letter" if project else "own_letter"] = number


def _administration(house: SimpleNamespace) -> dict[str, Any]:
    """An invitation, a role of the organisation's own, and people who belong to no project."""
    admin = house.people["admin"]
    logo = io.BytesIO()
    Image.new("RGB", (240, 80), "#1f4fb8").save(logo, "PNG")
    with tenant_context(house.tenant.pk, admin.pk):
        set_logo(house.tenant, ContentFile(logo.getvalue(), "logo.png"), by=admin)
        role = create_role(
            kind=Role.Kind.TENANT, name_zh="观察员", name_en="Observer", copy_of=Role.objects.get(key="auditor", kind="tenant"), by=admin
        )
        invitation, link = invite_person(
            house.tenant, email="new.colleague@xinghe.example", name="新同事", role_keys=["contributor"], language="zh-hans", by=admin
        )
        house.link = link.rstrip("/").rpartition("/")[2]
    with acting_as(house.tenant, admin) as actor:
        address = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11112222-aaaa-bbbb-cccc-333344445555"
        chosen: Any = {"language": "en", "events": ["late"], "regimes": [], "projects": []}
        webhook = webhooks.add_webhook(name="2026", kind="wecom", address=address, **chosen, by=actor)
        webhooks.save_rule("basis", "practice", BUILT_IN["practice"], version=0, by=actor)
        return {
            "key": brand_key(house.tenant),
            "role_id": role.pk,
            "team_id": Team.objects.values_list("pk", flat=True)[0],
            "membership_id": Membership.objects.get(user=house.people["officer"]).pk,
            "invitation_id": invitation.pk,
            "target_id": webhook.pk,
        }


def _platform(house: SimpleNamespace) -> dict[str, Any]:
    """Two accounts of one human being, an organisation that is closed and one whose administrator has not come yet."""
    people = house.people
    link_accounts(people["lead"], people["abroad"], reason="Works for both", by=people["staff"])
    closed = provision_tenant(slug="closed", name_zh="已停用", name_en="Closed", project_roles=project_roles_of_catalogue())
    with tenant_context(closed.pk):
        add_member_with_roles(closed, people["shut_out"], ["administrator"])
    suspend_tenant(closed, reason="Contract ended", by=people["staff"])
    create_organisation(slug="begun", name_zh="未启用", name_en="Begun", admin_email="first@begun.example", by=people["staff"])
    return {"slug": "nordhagen", "user_id": people["abroad"].pk, "closed": "closed"}


def _account(house: SimpleNamespace) -> dict[str, Any]:
    """Secrets of links in mails."""
    owner = house.people["owner"]
    address = owner.emailaddress_set.get()
    address.verified = False  # only in memory: the link is one of an address that is to be confirmed
    return {
        "uidb36": user_pk_to_url_str(owner),
        "reset_key": default_token_generator.make_token(owner),
        "confirm_key": EmailConfirmationHMAC(address).key,
    }


def _newer_content(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """A newer version of the content is installed, so that moving to it is offered."""
    old = catalogue().version
    data = folder / "catalogue"
    shutil.copytree(installed.DATA / old, data / old)
    shutil.copytree(installed.DATA / old, data / NEWER)
    for file in (data / NEWER).rglob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace(f"catalogue_version: {old}", f"catalogue_version: {NEWER}")
        if file.name == "checklists.yaml":
            text = text.replace(catalogue(old).items["D1.02"].question.en, "What exactly is the part of the model?")
        file.write_text(text, encoding="utf-8")
    patch.setattr(installed, "DATA", data)
    patch.setattr(installed.installed_versions, "__defaults__", (data,))
    installed._load.cache_clear()
    with _owner_connection(connections["default"].settings_dict["NAME"]) as owner:
        owner.execute("insert into portal_catalogueversion values (%s, %s, now())", [NEWER, catalogue(NEWER).sha256])


def clear_out() -> None:
    """Take the newer content away; the tables are emptied by whoever asked for the house."""
    with _owner_connection(connections["default"].settings_dict["NAME"]) as owner:
        owner.execute("delete from portal_catalogueversion where version = %s", [NEWER])
    installed._load.cache_clear()
