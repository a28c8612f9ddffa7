"""Counting the portfolio again: do the sums that triggers keep still equal the rows?"""

from __future__ import annotations

from django.db import connection

from portal.core.tenancy import require_scope

_SCORES = range(1, 11)
_COUNTED = f"""
with counted as (
  select unit, stage, currency, confidential, flags, count(*)::numeric as n, sum(coalesce(budget, 0)) as budget,
    sum(coalesce(spent, 0)) as spent, sum(coalesce(compliance_budget, 0)) as compliance, sum(readiness)::numeric as readiness,
    array[{", ".join(f"sum(d{number}_score)::bigint" for number in _SCORES)}] as scores
  from portal_projectsummary where tenant_id = %(tenant)s group by 1, 2, 3, 4, 5),
kept as (
  select unit, stage, currency, confidential, flags, sum(n)::numeric as n, sum(budget) as budget, sum(spent) as spent,
    sum(compliance_budget) as compliance, sum(readiness)::numeric as readiness,
    array[{", ".join(f"sum(scores[{number}])::bigint" for number in _SCORES)}] as scores
  from portal_portfoliorollup where tenant_id = %(tenant)s group by 1, 2, 3, 4, 5)
select coalesce(c.unit, k.unit), coalesce(c.stage, k.stage), coalesce(c.currency, k.currency), coalesce(c.n, 0), coalesce(k.n, 0)
from counted c full join kept k using (unit, stage, currency, confidential, flags)
where (coalesce(c.n, 0), coalesce(c.budget, 0), coalesce(c.spent, 0), coalesce(c.compliance, 0), coalesce(c.readiness, 0))
   is distinct from (coalesce(k.n, 0), coalesce(k.budget, 0), coalesce(k.spent, 0), coalesce(k.compliance, 0), coalesce(k.readiness, 0))
   or (c.scores is distinct from k.scores and (c.n is not null or exists (select from unnest(k.scores) s where s <> 0)))
"""
_COPIES = """
select p.code from portal_project p left join portal_projectsummary s on s.tenant_id = p.tenant_id and s.project_id = p.id
where p.tenant_id = %(tenant)s and (s.code, s.unit, s.owner_id, s.stage, s.confidential, s.currency, s.budget, s.spent, s.compliance_budget)
  is distinct from (p.code, p.unit, p.owner_id, p.stage, p.confidential, p.currency, p.budget, p.spent, p.compliance_budget)
"""


def differences() -> list[str]:
    """One line per group of the rollup that differs from a recount, in the tenant in scope; empty when all is well."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"tenant": require_scope().tenant_id})
        found = cursor.fetchall()
    return [f"{unit or '-'} / {stage} / {currency}: {rows} rows, {kept} kept" for unit, stage, currency, rows, kept in found]


def strays() -> list[str]:
    """Codes of projects whose summary row is missing or differs from the project, in the tenant in scope."""
    with connection.cursor() as cursor:
        cursor.execute(_COPIES, {"tenant": require_scope().tenant_id})
        return [code for (code,) in cursor.fetchall()]
