"""Which plan counts for a date: the rule of the filing, else of its basis, else of all filings, else what is built in."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.reminders.models import ReminderRule
from compliance.reminders.plans import BUILT_IN, Plan, floored

Scope = ReminderRule.Scope


class Rules:
    """The rules of the organisation in scope, read once."""

    def __init__(self, rows: Iterable[ReminderRule]) -> None:
        self._own = {(row.scope, row.value): plan_of(row) for row in rows}

    def plan(self, regime: str, basis: str) -> Plan:
        """What counts for a date of this filing and basis, with what the law does not let anybody switch off."""
        for key in ((Scope.REGIME, regime), (Scope.BASIS, basis), (Scope.ALL, "")):
            if key in self._own:
                return floored(self._own[key], basis)
        return BUILT_IN[basis]

    def largest_step(self) -> int:
        """Most working days before a date at which anything is sent."""
        plans = [*self._own.values(), *BUILT_IN.values()]
        return max((step for plan in plans for step in plan.before), default=0)


def rules_in_scope() -> Rules:
    """The rules of the organisation in scope. One query."""
    return Rules(ReminderRule.objects.all())


def plan_of(row: ReminderRule) -> Plan:
    """The plan that a row holds."""
    return Plan(
        tuple(sorted(row.before, reverse=True)),
        row.overdue,
        row.to_backup,
        row.to_officer,
        row.backup_after,
        row.officer_after,
        row.sponsor_after,
        row.active,
    )
