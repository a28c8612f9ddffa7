"""Messages to webhooks: claimed by one worker, sent, tried again with growing pauses; a webhook that keeps failing is paused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.reminders import services
from compliance.reminders.models import WebhookDelivery, WebhookTarget
from compliance.reminders.outside import DECIDED, DUE, LATE, TEST
from portal.audit.actions import record_act
from portal.audit.sentences import bilingual, fill
from portal.core import mail
from portal.core.tenancy import tenant_context
from portal.notices.actions import notify
from portal.projects.models import Project
from portal.roles.models import MembershipRole
from portal.tenants.models import Tenant

log = structlog.get_logger(__name__)
# Pauses after the first, second, … try; after the last one the message is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
PAUSED_AFTER = 10  # faults in a row of one webhook
AT_ONCE = 50
KEPT = timedelta(days=90)
MANAGE = "compliance.manage_webhooks"
State = WebhookDelivery.State
_VERBS: Mapping[str, Any] = {
    "confirmed": gettext_lazy("found to apply"),
    "rejected": gettext_lazy("found not to apply"),
    "seconded": gettext_lazy("decision completed by the second person"),
    "objected": gettext_lazy("second person objects"),
    "withdrawn": gettext_lazy("decision taken back"),
}


def deliver_waiting() -> int:
    """Send what is due in all organisations; returns how many messages were taken."""
    waiting = WebhookDelivery._base_manager.using("maint").filter(state=State.WAITING, next_at__lte=timezone.now(), target__active=True)
    ids = list(waiting.order_by().values_list("tenant_id", flat=True).distinct())
    return sum(deliver_in(tenant) for tenant in Tenant.objects.filter(pk__in=ids, status=Tenant.Status.ACTIVE))


def deliver_in(tenant: Tenant) -> int:
    """Send what is due in one organisation, each message in a transaction of its own; at most 50 in one go."""
    taken = 0
    for _number in range(AT_ONCE):
        with tenant_context(tenant.pk):
            done = _deliver_one(tenant)
        if done is None:
            break
        taken += done
    return taken


def _deliver_one(tenant: Tenant) -> bool | None:
    """The message that waits longest. Its row stays locked while the service answers; None when nothing is due."""
    rows = WebhookDelivery.objects.filter(state=State.WAITING, next_at__lte=timezone.now(), target__active=True)
    row = rows.select_related("target").select_for_update(skip_locked=True, of=("self",)).order_by("next_at", "pk").first()
    if row is None:
        return None
    # The project may have become confidential, or the filter narrower, since.
    if row.event != TEST and not _may_leave(row):
        _set(row, state=State.DROPPED, error="")
        return False
    title, body, data = message(row, tenant)
    with translation.override(row.target.language):
        try:
            fault = services.send(row.target.kind, row.target.address, title=title, body=body, data=data)
        except Exception as error:  # a fault of a plugin stands with its message and never holds up the others
            log.exception("webhook_failed", kind=row.target.kind)
            fault = f"fault:{type(error).__name__}"
    now = timezone.now()
    if not fault:
        _set(row, state=State.SENT, attempts=row.attempts + 1, sent_at=now, error="")
        WebhookTarget.objects.filter(pk=row.target_id).update(failures=0, last_success_at=now, last_error="")
        return True
    tried = row.attempts + 1
    over = tried > len(PAUSES) or row.event == TEST
    after = {"state": State.FAILED} if over else {"next_at": now + PAUSES[tried - 1]}
    _set(row, attempts=tried, error=fault[:200], **after)
    WebhookTarget.objects.filter(pk=row.target_id).update(failures=F("failures") + 1, last_failure_at=now, last_error=fault[:200])
    _pause_if_broken(row.target_id)
    return False


def _set(row: WebhookDelivery, **values: Any) -> None:
    WebhookDelivery.objects.filter(pk=row.pk).update(**values)


def _may_leave(row: WebhookDelivery) -> bool:
    target = row.target
    if row.event not in target.events or (target.projects and row.project_id not in target.projects):
        return False
    if target.regimes and row.params.get("regime") not in target.regimes:
        return False
    return row.project_id is None or Project.objects.filter(pk=row.project_id, confidential=False).exists()


def _pause_if_broken(target_id: Any) -> None:
    """Pause a webhook after many faults in a row, once, and tell those who can mend it."""
    broken = WebhookTarget.objects.filter(pk=target_id, active=True, failures__gte=PAUSED_AFTER)
    if not broken.update(active=False, paused_at=timezone.now(), version=F("version") + 1):
        return
    target = WebhookTarget.objects.get(pk=target_id)
    words = bilingual(lazy(services.fault_words, str)(target.last_error))
    record_act("compliance.webhook.paused", target, name=target.name, error=words)
    able = MembershipRole.objects.filter(membership__active=True, role__kind="tenant", role__held__permission=MANAGE)
    people = set(able.values_list("membership__user_id", flat=True))
    notify(people, "compliance.webhook_paused", once_key=f"webhook:{target.pk}:{target.version}", name=target.name, error=words)


def message(row: WebhookDelivery, tenant: Tenant) -> tuple[str, str, dict[str, Any]]:
    """(title, text, data for programs) of a message in the language of its webhook."""
    with translation.override(row.target.language):
        organisation = tenant.name["zh" if row.target.language.startswith("zh") else "en"]
        if row.event == TEST:
            return (
                _("Test message from Tenfold"),
                _("Messages of {organisation} arrive here.").format(organisation=organisation),
                _data(row),
            )
        said = {**row.params, "verb": str(_VERBS.get(str(row.params.get("verb")), ""))}
        if row.event in (DUE, LATE):
            title, text = fill(_("{left}: “{filing}” ({project})"), said), fill(_("Due on {due}: {basis}."), said)
        elif row.event == DECIDED:
            title, text = fill(_("“{filing}” ({project}): {verb}"), said), ""
        else:
            title = fill(_("“{filing}” ({project}): {state}"), said)
            text = fill(_("On {on}."), said) if said.get("on") else ""
            if said.get("number"):
                text = " ".join(filter(None, (text, fill(_("Number: {number}."), said))))
        link = mail.absolute(address(row, tenant.slug))
        return title, "\n".join(filter(None, (text, link))), {**_data(row), "url": link}


def address(row: WebhookDelivery, slug: str) -> str:
    """The page of the filing that a message is about."""
    given: dict[str, Any] = {"tenant_slug": slug, "regime": row.params.get("regime", "")}
    if row.project_id is None:
        return reverse("compliance:organisation_filing", kwargs=given)
    return reverse("compliance:filing", kwargs={**given, "project_id": row.project_id})


def _data(row: WebhookDelivery) -> dict[str, Any]:
    """What a program reads beside the text; ``id`` is the same when a message comes twice."""
    named = {name: row.params.get(name) for name in ("regime", "due", "on", "number", "verb")}
    return {"id": str(row.pk), "event": row.event, "project_id": str(row.project_id) if row.project_id else None, **named}


def forget_old() -> None:
    """Drop messages of the organisation in scope that are over for 90 days."""
    WebhookDelivery.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(state=State.WAITING).delete()
