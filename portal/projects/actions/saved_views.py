"""Saved views of the portfolio: a name for filters and sorting, private or shared with the organisation."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.core.errors import Invalid, NotAllowed
from portal.projects.models import DefaultView, SavedView
from portal.tenants.models import User

MAX_NAME = 80
MAX_VIEWS = 50
# What belongs to a moment and not to a view.
_PASSING = ("view", "after", "before", "page", "filters", "csrfmiddlewaretoken")


def clean_query(query: str) -> str:
    """The query string of a view: parameters with a value, without those that belong to a moment."""
    given = QueryDict(query.lstrip("?"))
    kept = QueryDict(mutable=True)
    for name in given:
        values = [value for value in given.getlist(name) if value.strip()]
        if name not in _PASSING and values:
            kept.setlist(name, values)
    return kept.urlencode()


def _checked(name: str, query: str) -> tuple[str, str]:
    name, query = " ".join(name.split()), clean_query(query)
    if not name or len(name) > MAX_NAME:
        sentence = _("Give the view a name of at most %(limit)d characters.") % {"limit": MAX_NAME}
        raise Invalid(sentence, fields={"name": [sentence]})
    if len(query) > 1000:
        raise Invalid(_("These filters are too many for one view."), fields={"query": [_("Use fewer filters.")]})
    return name, query


@transaction.atomic
def save_view(*, name: str, query: str, shared: bool, by: User, may_share: bool) -> SavedView:
    """Save filters under a new name. Sharing needs the permission; a name is used once per person."""
    name, query = _checked(name, query)
    if shared and not may_share:
        raise NotAllowed(_("Your role does not include sharing views. Save it for yourself, or ask the PMO to share it."))
    if SavedView.objects.filter(user=by).count() >= MAX_VIEWS:
        raise Invalid(_("You have %(limit)d views; delete one first.") % {"limit": MAX_VIEWS})
    try:
        with transaction.atomic():
            view = SavedView.objects.create(user=by, name=name, query=query, shared=shared)
    except IntegrityError:
        raise Invalid(_("You have a view of this name already."), fields={"name": [_("Choose another name.")]}) from None
    record_act("portal.view.saved", view, name=name, shared=shared)
    return view


@transaction.atomic
def update_view(view: SavedView, *, query: str, by: User) -> None:
    """Give an own view the present filters."""
    _own(view, by)
    _name, view.query = _checked(view.name, query)
    view.save(update_fields=["query"])
    record_act("portal.view.updated", view, name=view.name)


@transaction.atomic
def share_view(view: SavedView, *, shared: bool, by: User, may_share: bool) -> None:
    """Share an own view with the organisation, or take it back (others then lose it as their default)."""
    _own(view, by)
    if shared and not may_share:
        raise NotAllowed(_("Your role does not include sharing views. Save it for yourself, or ask the PMO to share it."))
    view.shared = shared
    view.save(update_fields=["shared"])
    if not shared:
        DefaultView.objects.filter(view=view).exclude(user=by).delete()
    record_act("portal.view.shared" if shared else "portal.view.unshared", view, name=view.name)


@transaction.atomic
def delete_view(view: SavedView, *, by: User, may_share: bool) -> None:
    """Delete an own view, or a shared one for whoever may share views."""
    if view.user_id != by.pk and not (view.shared and may_share):
        raise NotAllowed(_("This view belongs to somebody else."))
    record_act("portal.view.deleted", view, name=view.name)
    view.delete()


@transaction.atomic
def choose_default(view: SavedView | None, *, by: User) -> None:
    """Open the portfolio with this view from now on; None for all projects. A personal setting: the trail keeps quiet about it."""
    if view is None:
        DefaultView.objects.filter(user=by).delete()
    else:
        DefaultView.objects.update_or_create(user=by, defaults={"view": view})


def _own(view: SavedView, by: User) -> None:
    if view.user_id != by.pk:
        raise NotAllowed(_("This view belongs to somebody else."))
