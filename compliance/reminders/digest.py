"""The daily mail: what is late, what is due this week, what waits for a decision. One a day for everybody who chose it.

    send_digests_in(tenant_id)      # hourly; sent in the organisation's morning of a working day

The row of the day is claimed by whoever sends the mail and counts as sent only when the server took it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from compliance.calendars.workdays import CN, NONE, WorkCalendar, work_calendar
from compliance.clocks.limits import AUTHORITY
from compliance.clocks.models import FilingClock
from compliance.clocks.states import ClockState
from compliance.filings.candidates import whose
from compliance.filings.models import Filing
from compliance.filings.queries import filings_visible_to, mine_with_a_date, waiting_for_decision, waiting_for_second
from compliance.holidays.queries import calendar_rules
from compliance.reminders import texts
from compliance.reminders.models import DigestSent, ReminderPreference, ReminderSent
from compliance.reminders.plans import STATUTORY, distance
from portal.catalogue import catalogue
from portal.core import mail
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.core.formats import in_language as tr
from portal.core.listing import capped, capped_counts
from portal.core.tenancy import tenant_context
from portal.notices.mailing import deliver
from portal.tenants.clock import for_each_row, organisation_today, organisation_zone
from portal.tenants.entry import acting_as
from portal.tenants.models import Membership, Tenant, User

MORNING, EVENING = 8, 20  # o'clock; a worker that was down in the morning still sends in the afternoon
SHOWN = 15  # rows of one part; the rest is a number and a link
MOST = 200
Mode = ReminderPreference.Mode
_CHINA = frozenset({"Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "PRC"})


def send_digests_in(tenant_id: int) -> int:
    """Send what is due of the day in one organisation; returns how many mails went out."""
    with tenant_context(tenant_id):
        tenant = Tenant.objects.get(pk=tenant_id)
        today = organisation_today()
        hour = timezone.now().astimezone(organisation_zone()).hour
        if not MORNING <= hour < EVENING or not _calendar(tenant).is_working(today):
            return 0
        done = DigestSent.objects.filter(day=today, user_id=OuterRef("user_id")).exclude(mailed_at=None)
        members = Membership.objects.filter(active=True, user__is_active=True).values("user_id")
        chosen = ReminderPreference.objects.exclude(mode=Mode.IMMEDIATE).filter(~Exists(done), user_id__in=members)
        people = list(chosen.order_by("user_id").values_list("user_id", "mode"))
    return for_each_row(tenant_id, people, lambda person: _send_to(tenant, person[0], person[1], today))


def _calendar(tenant: Tenant) -> WorkCalendar:
    """Working days of the organisation: those of China in its zones, Monday to Friday elsewhere."""
    return work_calendar(calendar_rules(catalogue()), CN if tenant.time_zone in _CHINA else NONE)


def _send_to(tenant: Tenant, user_id: int, mode: str, day: dt.date) -> int:
    """One person's mail of the day, once. A day with nothing to say is done as well."""
    DigestSent.objects.bulk_create([DigestSent(user_id=user_id, day=day)], ignore_conflicts=True)
    claim = DigestSent.objects.select_for_update(skip_locked=True).filter(user_id=user_id, day=day, mailed_at=None).first()
    if claim is None:
        return 0
    user = User.objects.get(pk=user_id)
    try:
        with acting_as(tenant, user) as actor:
            letter, entries = compose(tenant, actor, statutory_only=mode == Mode.PORTAL)
    except NotFound:  # left meanwhile
        return 0
    if letter is not None and not deliver(letter):
        return 0
    DigestSent.objects.filter(pk=claim.pk).update(mailed_at=timezone.now(), entries=entries)
    return int(letter is not None)


def compose(tenant: Tenant, actor: Actor, *, statutory_only: bool) -> tuple[EmailMultiAlternatives | None, int]:
    """The mail of today for this person and the number of its entries; no mail where there is nothing to say."""
    today = organisation_today()
    week = today + dt.timedelta(days=7)
    user = actor.user
    language = user.language or tenant.language
    decide, second = (0, 0) if statutory_only else capped_counts(waiting_for_decision(actor), waiting_for_second(actor))
    with translation.override(language):
        dates = _dates(tenant, actor, week, statutory_only=statutory_only)
        late = [row for row in dates if row["late"]]
        soon = [row for row in dates if not row["late"]]
        if not (late or soon or decide or second):
            return None, 0
        filings = mail.absolute(reverse("compliance:filings", kwargs={"tenant_slug": tenant.slug}))
        work = mail.absolute(reverse("assessments:my_work", kwargs={"tenant_slug": tenant.slug}))
        parts = [
            {"title": title, "rows": rows[:SHOWN], "more": max(len(rows) - SHOWN, 0), "late": is_late}
            for title, rows, is_late in ((_("Late"), late, True), (_("Due this week"), soon, False))
            if rows
        ]
        numbers = [_("{n} late").format(n=len(late))] if late else []
        numbers += [_("{n} due this week").format(n=len(soon))] if soon else []
        numbers += [_("{n} to decide").format(n=capped(decide + second))] if decide + second else []
        subject = _("Filings today: {numbers}").format(numbers=_(", ").join(numbers))
        context = {
            "organisation": tenant.name,
            "parts": parts,
            "decide": decide and capped(decide),
            "second": second and capped(second),
            "work_url": work,
            "button_url": work,
            "button_label": _("Open my work"),
            "filings_url": filings,
            "statutory_only": statutory_only,
            "preferences_url": mail.absolute(reverse("portal:preferences", kwargs={"tenant_slug": tenant.slug}) + "#mails"),
        }
        headers = {"Message-ID": f"<digest-{tenant.pk}-{user.pk}-{today:%Y%m%d}@{_domain()}>"}
        letter = mail.compose("email/filings_digest", user.email, language, context, subject=subject, headers=headers)
    return letter, len(late) + len(soon) + decide + second


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "tenfold"


def _dates(tenant: Tenant, actor: Actor, until: dt.date, *, statutory_only: bool) -> list[dict[str, Any]]:
    """Dates up to a day of filings the person carries through or was told of, late ones first."""
    told = ReminderSent.objects.filter(user_id=actor.user_id)
    seen = _seen(actor)
    clocks = FilingClock.objects.filter(state=ClockState.RUNNING, due_on__lte=until).filter(
        Q(filing__owner_id=actor.user_id) | Q(Exists(told.filter(clock=OuterRef("pk"), due_on=OuterRef("due_on")))), filing__in=seen
    )
    clocks = clocks.exclude(action=AUTHORITY)
    if statutory_only:
        clocks = clocks.filter(basis=FilingClock.Basis.STATUTORY)
    rules = calendar_rules(catalogue())
    rows = [
        _row(tenant, clock.filing, clock.due_on, work_calendar(rules, clock.calendar or NONE), clock.basis, clock.due_at)
        for clock in clocks.select_related("filing__project").order_by("due_on", "pk")[:MOST]
    ]
    filings = mine_with_a_date(actor).filter(clock_on=None, due_sort__lte=until).select_related("project")
    for filing in filings.order_by("due_sort", "pk")[:MOST]:
        if statutory_only and filing.due_sort != filing.valid_until:
            continue
        place = CN if CN in filing.jurisdictions else next(iter(filing.jurisdictions), NONE)
        rows.append(_row(tenant, filing, filing.due_sort, work_calendar(rules, place), "internal"))
    return sorted(rows, key=lambda row: (row["due"], row["title"]))


def _seen(actor: Actor) -> QuerySet[Any]:
    """Filings the person may see, those of the organisation among them for whoever may open its page."""
    of_projects = filings_visible_to(actor)
    return (of_projects | Filing.objects.filter(project=None) if actor.may("compliance.view_filings") else of_projects).values("pk")


def _row(
    tenant: Tenant, filing: Filing, due: dt.date, calendar: WorkCalendar, basis: str, due_at: dt.datetime | None = None
) -> dict[str, Any]:
    today = organisation_today()
    days, late = distance(calendar, timezone.now(), today, due, due_at)
    entry = catalogue(filing.catalogue_version or None).filings.get(filing.regime)
    given: dict[str, Any] = {"tenant_slug": tenant.slug, "regime": filing.regime}
    if filing.project_id is not None:
        url = reverse("compliance:filing", kwargs={**given, "project_id": filing.project_id})
    else:
        url = reverse("compliance:organisation_filing", kwargs=given)
    return {
        "title": tr(entry.name) if entry is not None else filing.regime,
        "project": tr(whose(filing.project)),
        "due": due,
        "late": late,
        "left": texts.left_text(max(days, 1) if late else days, late, due == today, due_at is not None),
        "statutory": basis == STATUTORY,
        "url": mail.absolute(url),
    }
