"""Registering a project: the row, its code, its place in lists and search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.core.errors import Conflict
from portal.core.tenancy import require_scope
from portal.projects.actions import checking
from portal.projects.models import Project, ProjectSummary
from portal.projects.search import search_columns
from portal.tenants.clock import organisation_today
from portal.tenants.models import Tenant, User

_TAKEN = 20


@transaction.atomic
def create_project(
    *,
    names: Mapping[str, str],
    owner: User,
    by: User,
    code: str | None = None,
    unit: str = "",
    sponsor: User | None = None,
    scenario: str = "",
    purpose: str = "",
    confidential: bool = False,
    started_on: date | None = None,
    target_launch: date | None = None,
    launched_on: date | None = None,
    review_due: date | None = None,
    budget: Decimal | int | str | None = None,
    spent: Decimal | int | str | None = None,
    compliance_budget: Decimal | int | str | None = None,
    currency: str = "",
    tags: Iterable[str] = (),
) -> Project:
    """Create a project at the stage *intake* with its summary row and search entries. Needs the tenant in scope.

    ``names`` has "zh" and/or "en"; one of them is needed. Without ``code`` the next one of the organisation's prefix is taken.
    Amounts are in ``currency`` (the organisation's by default). Facts, people and the hooks ``registry.project_registered``
    are the intake's business. Raises :class:`Invalid` with the faults per field.
    """
    tenant = Tenant.objects.get(pk=require_scope().tenant_id)
    faults = checking.Faults()
    texts = {
        "name_zh": checking.checked_text("name_zh", names.get("zh"), faults),
        "name_en": checking.checked_text("name_en", names.get("en"), faults),
        "unit": checking.checked_text("unit", unit, faults),
        "scenario": checking.checked_text("scenario", scenario, faults),
        "purpose": checking.checked_text("purpose", purpose, faults),
    }
    if not texts["name_zh"] and not texts["name_en"]:
        faults.add("name_zh", _("Give the project a name in Chinese or in English."))
    money: dict[str, Any] = {"budget": budget, "spent": spent, "compliance_budget": compliance_budget}
    money = {name: checking.checked_money(name, value, faults) for name, value in money.items()}
    dates: dict[str, Any] = {"target_launch": target_launch, "launched_on": launched_on, "review_due": review_due}
    dates = {name: checking.checked_date(name, value, faults) for name, value in dates.items()}
    today = organisation_today()
    clean = {
        **texts,
        **money,
        **dates,
        "currency": checking.checked_currency(currency or tenant.currency, faults),
        "tags": checking.clean_tags(tags, faults),
        "started_on": checking.checked_date("started_on", started_on, faults) or today,
    }
    checking.check_people({"owner": owner, "sponsor": sponsor}, faults)
    wanted = checking.checked_code(code, faults) if code and code.strip() else ""
    if wanted and not faults.fields and Project.objects.filter(code=wanted).exists():
        faults.add("code", _("This code is taken. Choose another one, or leave it empty to get the next free one."))
    faults.raise_if_any(_("The project cannot be registered like this; nothing of it was lost."))
    project = Project(
        **clean,
        code=wanted or next_code(tenant),
        owner=owner,
        sponsor=sponsor,
        confidential=confidential,
        stage_since=today,
        created_by=by,
        updated_at=timezone.now(),
    )
    for name, value in search_columns(project).items():
        setattr(project, name, value)
    try:
        with transaction.atomic():
            project.save(force_insert=True)
    except IntegrityError as error:
        if "project_code_once" not in str(error):
            raise
        raise Conflict(_("Somebody took this code a moment ago. Send the form again to get the next one."), code="code_taken") from error
    ProjectSummary.objects.create(project=project)
    record_act("portal.project.registered", project, code=project.code, name=project.name, owner=owner.name, stage=project.stage)
    return project


def next_code(tenant: Tenant) -> str:
    """The next free code of the organisation, such as ``XH-0031``. Keeps others waiting until the transaction ends.

    Codes of more than six digits were typed for another purpose and do not count.
    """
    with connection.cursor() as cursor:
        # Two people who register at once take turns: the second sees the code of the first.
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('project code', %s))", [tenant.pk])
        prefix = tenant.code_prefix
        cursor.execute(
            "select coalesce(max(substring(code from %s)::integer), 0) from portal_project where tenant_id = %s and code like %s",
            [f"^{re.escape(prefix)}-([0-9]{{1,6}})$", tenant.pk, f"{prefix}-%"],
        )
        (number,) = cursor.fetchone()
    code = f"{prefix}-{number + 1:04d}"
    while Project.objects.filter(code=code).exists():  # after XH-999999 a longer one may be taken
        number += 1
        code = f"{prefix}-{number + 1:04d}"
    return code
