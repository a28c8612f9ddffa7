"""Who carries a filing through, until when, at what cost, and when to think of its renewal."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from compliance.filings import rules
from compliance.filings.actions.common import follow, hold, put_on_record, row_of, write
from compliance.filings.candidates import owners_for
from compliance.filings.models import Filing
from portal.core.access import Actor
from portal.core.errors import Invalid, NotAllowed
from portal.notices.actions import notify
from portal.projects.models import Project
from portal.tenants.models import User

OWNER_NOTICE = "compliance.filing_yours"
_MOST = Decimal("99999999999999.99")


@transaction.atomic
def plan_filing(
    project: Project | None,
    regime: str,
    *,
    version: int,
    by: Actor,
    owner: User | None,
    due_on: dt.date | None,
    cost: Decimal | None,
    renewal_on: dt.date | None,
    note: str = "",
) -> Filing:
    """Set owner, due date, cost, renewal reminder and note; what is left out is taken away."""
    refusal = rules.why_not_work(by, project)
    if refusal:
        raise NotAllowed(refusal)
    subject = hold(project, regime, version)
    faults: dict[str, list[str]] = {}
    before = subject.row.owner_id if subject.row is not None else None
    if owner is not None and owner.pk != before and not owners_for(project).filter(pk=owner.pk).exists():
        faults["owner"] = [_("This person cannot see the project. Add the person there first.")]
    if cost is not None and not (0 <= cost <= _MOST):
        faults["cost"] = [_("The cost must be zero or more.")]
    if len(note) > 2000:
        faults["note"] = [_("At most {n} characters.").format(n=2000)]
    if faults:
        raise Invalid(_("The plan was not saved."), fields=faults)
    row = row_of(subject)
    new: dict[str, Any] = {
        "owner": owner,
        "due_on": due_on,
        "cost": cost.quantize(Decimal("0.01")) if cost is not None else None,
        "renewal_on": renewal_on,
        "note": note.strip(),
    }
    changed = [name for name, value in new.items() if getattr(row, name) != value]
    if not changed:
        return row
    write(row, **new)
    told = {name: owner.name if name == "owner" and owner else _plain(new[name]) for name in changed}
    put_on_record(row, subject, "planned", by, old_state=row.state, act="compliance.filing.planned", changed=told)
    if "owner" in changed and owner is not None and owner.pk != by.user_id:
        notify(
            {owner.pk},
            OWNER_NOTICE,
            once_key=f"filing-owner:{row.pk}:{row.version}",
            project_id=row.project_id,
            regime=regime,
            filing=dict(subject.ruling.filing.name),
            by=by.user.name,
            due=due_on.isoformat() if due_on else "",
        )
    follow(subject, by)
    return row


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else str(value) if value not in (None, "") else ""
