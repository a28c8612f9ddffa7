"""Who is responsible, accountable, consulted or informed, dimension by dimension."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.core.errors import Conflict, Invalid, NotFound
from portal.projects.strip import DIMENSIONS
from portal.stakeholders.actions.parts import who
from portal.stakeholders.models import Responsibility, Stakeholder
from portal.tenants.models import User

# What one person can be in one dimension: one letter, or responsible and accountable at once.
ALLOWED: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset("R"),
    frozenset("A"),
    frozenset("AR"),
    frozenset("C"),
    frozenset("I"),
)


@transaction.atomic
def set_responsibility(stakeholder: Stakeholder, dimension: str, letters: Iterable[str], *, by: User) -> None:
    """Set what a stakeholder is for a dimension (D1 to D10); no letter takes everything away.

    At most one person is accountable for a dimension: a second one is a :class:`Conflict` that names the first.
    """
    wanted = frozenset(letters)
    if dimension not in DIMENSIONS or wanted not in ALLOWED:
        raise Invalid(_("Choose R, A, A and R together, C, I or nothing."), fields={"letters": [_("Choose one of the offered values.")]})
    # Two people on one cell take turns: each sees the letters the other left, and the cell never holds both.
    if Stakeholder.objects.select_for_update(of=("self",), no_key=True).filter(pk=stakeholder.pk).values_list("pk").first() is None:
        raise NotFound()
    rows = Responsibility.objects.filter(stakeholder=stakeholder, dimension=dimension)
    present = frozenset(rows.values_list("raci", flat=True))
    if present == wanted:
        return
    if "A" in wanted - present:
        _refuse_second(stakeholder, dimension)
    rows.filter(raci__in=present - wanted).delete()
    try:
        with transaction.atomic():
            Responsibility.objects.bulk_create(
                Responsibility(project_id=stakeholder.project_id, stakeholder=stakeholder, dimension=dimension, raci=letter)
                for letter in sorted(wanted - present)
            )
    except IntegrityError:
        _refuse_second(stakeholder, dimension)
        raise Conflict(_("Somebody else changed this dimension a moment ago. Reload the page."), code="moved_meanwhile") from None
    record_act(
        "portal.responsibility.set",
        stakeholder,
        name=who(stakeholder),
        dimension=dimension,
        before="".join(sorted(present)),
        letters="".join(sorted(wanted)),
    )


def _refuse_second(stakeholder: Stakeholder, dimension: str) -> None:
    first = (
        Responsibility.objects.filter(project_id=stakeholder.project_id, dimension=dimension, raci="A")
        .exclude(stakeholder=stakeholder)
        .select_related("stakeholder__user", "stakeholder__contact")
        .first()
    )
    if first is not None:
        raise Conflict(
            _("%(name)s is accountable for %(dimension)s already, and only one person can be. Take the A away there first.")
            % {"name": who(first.stakeholder), "dimension": dimension},
            code="one_accountable",
        )
