"""Messages by e-mail: one mail for one message, one digest for many, in the reader's language, once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core import mail
from portal.core.tenancy import tenant_context
from portal.notices.models import Notice
from portal.notices.queries import COLUMNS, message
from portal.tenants.models import Membership, Tenant

log = structlog.get_logger(__name__)
DIGEST_FROM = 3  # so many messages at once make one digest
PER_MAIL = 50
GIVEN_UP_AFTER = timedelta(days=3)


def send_waiting() -> int:
    """Mail what waits in all organisations; returns how many mails went out.

    ``maint`` says which organisations have something waiting (it reads across all); the rows themselves are claimed inside each
    organisation with SKIP LOCKED, so that two workers never mail the same message.
    """
    waiting = Notice._base_manager.using("maint").filter(emailed_at=None, email_wanted=True)
    ids = list(waiting.order_by().values_list("tenant_id", flat=True).distinct())
    return sum(send_waiting_of(tenant) for tenant in Tenant.objects.filter(pk__in=ids, status=Tenant.Status.ACTIVE))


def send_waiting_of(tenant: Tenant) -> int:
    """Mail what waits in one organisation, one short transaction for each person."""
    with tenant_context(tenant.pk):
        _drop_pointless()
        people = list(_waiting().order_by("user_id").values_list("user_id", flat=True).distinct())
    return sum(_send_to(tenant, user_id) for user_id in people)


def _waiting() -> Any:
    return Notice.objects.filter(emailed_at=None, email_wanted=True)


def _drop_pointless() -> None:
    """No mail for what was read already, for people who left, and for what could not be mailed for days."""
    members = Membership.objects.filter(active=True, user__is_active=True).values("user_id")
    _waiting().exclude(read_at=None).update(email_wanted=False)
    _waiting().exclude(user_id__in=members).update(email_wanted=False)
    _waiting().filter(created_at__lt=timezone.now() - GIVEN_UP_AFTER).update(email_wanted=False)


def _send_to(tenant: Tenant, user_id: int) -> int:
    """One person's mails. The rows stay locked while the mail server answers, and count as mailed only when it took the mail."""
    sent = 0
    with tenant_context(tenant.pk):
        claimed = list(
            _waiting()
            .filter(user_id=user_id)
            .select_related("user")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("created_at")[:PER_MAIL]
        )
        if not claimed:
            return 0
        parts = [claimed] if len(claimed) >= DIGEST_FROM else [[notice] for notice in claimed]
        for part in parts:
            if not deliver(compose(tenant, part)):
                continue
            Notice.objects.filter(pk__in=[notice.pk for notice in part]).update(emailed_at=timezone.now())
            sent += 1
    return sent


def deliver(letter: EmailMultiAlternatives) -> bool:
    """Hand a mail to the server; True when it took it, or will never take mail for this address."""
    try:
        letter.send()
    except SMTPRecipientsRefused as error:
        codes = {code for code, _text in error.recipients.values()}
        log.warning("notice_refused", error=str(codes))
        # 5xx: the address does not take mail, and trying again every minute would not change it. 4xx: not now (greylisting, full box).
        return all(code >= 500 for code in codes)
    except (SMTPResponseException, OSError) as error:
        log.warning("notice_not_sent", error=type(error).__name__)
        return False
    return True


def compose(tenant: Tenant, notices: list[Notice]) -> EmailMultiAlternatives:
    """The mail about one message, or the digest about several. All are to the same person."""
    reader = notices[0].user
    language = reader.language or tenant.language
    with translation.override(language), timezone.override(reader.time_zone or tenant.time_zone):
        entries = []
        for notice in notices:
            words = message({name: getattr(notice, name) for name in COLUMNS})
            link = mail.absolute(reverse("portal:notice", kwargs={"tenant_slug": tenant.slug, "notice_id": notice.pk}))
            entries.append({"subject": words.subject, "body": words.body, "url": link, "at": notice.created_at})
        organisation = tenant.name["zh" if language.startswith("zh") else "en"]
        if len(notices) == 1:
            subject = f"{entries[0]['subject']} · {organisation}"
            button = {"button_url": entries[0]["url"], "button_label": _("Open in Tenfold")}
        else:
            count = len(notices)
            subject = (
                ngettext("{count} message in Tenfold", "{count} messages in Tenfold", count).format(count=count) + f" · {organisation}"
            )
            inbox = mail.absolute(reverse("portal:notices", kwargs={"tenant_slug": tenant.slug}))
            button = {"button_url": inbox, "button_label": _("Open all messages")}
        context = {"organisation": tenant.name, "entries": entries, "person": reader.name, **button}
        return mail.compose("email/notice", reader.email, language, context, subject=subject, headers={"Message-ID": _message_id(notices)})


def _message_id(notices: Iterable[Notice]) -> str:
    """The same messages give the same id, so that a mail sent twice by a crash shows as one."""
    digest = hashlib.sha256(" ".join(sorted(str(notice.pk) for notice in notices)).encode()).hexdigest()[:32]
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "tenfold"
    return f"<{digest}@{domain}>"
