"""Making, renewing and revoking a calendar address. Everybody looks after their own."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.feeds.address import code_of, hash_of, new_secret
from compliance.feeds.models import CalendarFeed
from compliance.feeds.queries import feeds_of, projects_read_by
from portal.audit.actions import record_act
from portal.audit.sentences import bilingual
from portal.core.access import Actor
from portal.core.errors import Invalid, NotFound
from portal.tenants.models import Membership

MOST_ADDRESSES = 10
MOST_ALARM_DAYS = 60


def make_feed(*, scope: str, project_id: UUID | None = None, alarm_days: int | None, by: Actor) -> tuple[CalendarFeed, str]:
    """A new address; returns it with its code, which is told this once.

    Raises Invalid for a choice that cannot be, a project the person does not see, and beyond ``MOST_ADDRESSES``.
    """
    if scope not in CalendarFeed.Scope.values:
        raise Invalid(fields={"scope": [_("Choose one of the given values.")]})
    if (scope == CalendarFeed.Scope.PROJECT) != (project_id is not None):
        raise Invalid(fields={"project": [_("Choose a project, or another choice of dates.")]})
    if alarm_days is not None and not 0 <= alarm_days <= MOST_ALARM_DAYS:
        raise Invalid(fields={"alarm_days": [_("Choose one of the given values.")]})
    if project_id is not None and not projects_read_by(by).filter(pk=project_id).exists():
        raise Invalid(fields={"project": [_("Choose one of the given values.")]})
    # Two requests at once shall not both be the last one allowed.
    Membership.objects.select_for_update().get(pk=by.membership_id)
    if feeds_of(by).count() >= MOST_ADDRESSES:
        raise Invalid(
            _("You have %(n)d calendar addresses. Revoke one that is not used any more, then make a new one.") % {"n": MOST_ADDRESSES}
        )
    secret = new_secret()
    feed = CalendarFeed.objects.create(
        user_id=by.user_id, scope=scope, project_id=project_id, alarm_days=alarm_days, token_hash=hash_of(secret)
    )
    record_act("compliance.calendar.made", feed, what=_what(feed))
    return feed, code_of(by.tenant_id, secret)


def renew_feed(feed_id: UUID, *, by: Actor) -> tuple[CalendarFeed, str]:
    """A new secret for an address; the old one stops at once. Raises NotFound for an address that is not the person's own."""
    feed = _own(feed_id, by)
    secret = new_secret()
    feed.token_hash, feed.renewed_at, feed.last_read_at = hash_of(secret), timezone.now(), None
    feed.save(update_fields=["token_hash", "renewed_at", "last_read_at"])
    record_act("compliance.calendar.renewed", feed, what=_what(feed))
    return feed, code_of(by.tenant_id, secret)


def revoke_feed(feed_id: UUID, *, by: Actor) -> None:
    """The address stops at once. Raises NotFound for an address that is not the person's own; revoking twice is the same as once."""
    feed = CalendarFeed.objects.select_for_update().filter(pk=feed_id, user_id=by.user_id).first()
    if feed is None:
        raise NotFound()
    if feed.revoked_at is not None:
        return
    feed.revoked_at = timezone.now()
    feed.save(update_fields=["revoked_at"])
    record_act("compliance.calendar.revoked", feed, what=_what(feed))


def _own(feed_id: UUID, by: Actor) -> CalendarFeed:
    feed = CalendarFeed.objects.select_for_update(of=("self",)).filter(pk=feed_id, user_id=by.user_id, revoked_at=None).first()
    if feed is None:
        raise NotFound()
    return feed


def _what(feed: CalendarFeed) -> dict[str, str]:
    return bilingual(CalendarFeed.Scope(feed.scope).label)
