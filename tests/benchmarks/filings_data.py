"""An organisation with many projects and filings, as the product itself would have made them, for measuring.

    tenant = build(projects=10_000, per_project=6)

Wants the three database addresses in the environment (as for manage.py) and a database that may be filled (``setup()`` of
``portfolio_scale`` first). The organisation has the slug ``filings-scale``; a second call uses its rows again. Every project has
facts on which exactly ``per_project`` regimes of the content are not *not applicable*; their records hold what the rules say of these
facts, so that an evaluation of the whole organisation finds nothing to change. States, days, owners, decisions of two people and
running time limits (every third filing) are spread over the whole table of states. All projects are running ones.
``filings-scale-0@tenfold.example`` is the compliance officer, ``-1`` the PMO, ``-2`` a contributor who owns projects.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from itertools import product
from typing import Any

SLUG = "filings-scale"
STAGES = ("intake", "assessment", "approval", "build", "pre_launch", "live", "periodic_review")
VARIANTS_PER_STAGE = 12
# A customer-service assistant of a retailer, complete; what differs between projects stands in VARIED.
ORGANISATION: dict[str, Any] = {
    "entity_type": "private", "establishments": ["CN"], "minors_platform_large_or_significant": "no", "minors_pi": "no",
    "important_data": "no", "important_data_candidate": "no", "cii_operator": "no", "overseas_listing": "no", "wants_voluntary": "no",
    "pi_subject_count": 420_000,
}  # fmt: skip
PROJECT: dict[str, Any] = {
    "hosting_regions": ["CN"], "paid_information_service": "no", "content_distribution_platform": "no", "app_distribution_platform": "no",
    "minors_among_users": "no", "anthropomorphic_emotional": "no", "edits_biometrics_or_special_objects": "no",
    "ai_rnd_activity_in_china": "no", "national_security_risk": "no", "automated_decision_with_pi": "no",
    "major_impact_on_individuals": "no", "cross_border_pi": "no", "cross_border_important_data": "no",
    "procurement_may_affect_national_security": "no", "medical_purpose": "no", "sandbox": [], "sector": ["retail"],
    "interacts_with_persons": "yes", "emotion_or_biometric_categorisation": "no", "deep_synthesis_role": ["provider"],
    "partners_serve_public": "no", "entrusts_shares_or_publishes_pi": "yes", "crypto_required": "no", "generates": ["text"],
    "modifies_upstream_model": "no", "mlps_level": 2, "ethics_risk": "no",
}  # fmt: skip
VARIED: dict[str, tuple[Any, ...]] = {
    "audience": (["public"], ["internal_staff"], ["partner"]),
    "delivery_channels": (["website"], ["app"], ["private_deployment"]),
    "model_origin": ("filed_model_api", "self_trained", "open_weights_self_hosted"),
    "algorithm_types": (["generative_synthesis"], [], ["personalized_push"]),
    "personal_data": ("ordinary", "none", "sensitive"),
    "markets": (["CN"], ["CN", "EU"], ["CN", "KR"]),
    "face_recognition": ("no", "yes"),
    "opinion_or_mobilization": ("no", "yes"),
}
TABLES = (
    "portal_project", "portal_factanswer", "assessments_assessment",
    "compliance_filing", "compliance_filingevent", "compliance_filingclock",
)  # fmt: skip
RUNNING = """
update portal_project set stage = case stage when 'retired' then 'live' else 'build' end, stage_before = ''
where tenant_id = %(tenant)s and stage in ('stopped', 'retired', 'on_hold')
"""
NUMBERED = """
create temporary table scale_projects on commit drop as
select p.id, p.owner_id, p.stage, n.k, v.number as variant
from portal_project p
join (select id, row_number() over (order by code) - 1 as k, row_number() over (partition by stage order by code) - 1 as s
      from portal_project where tenant_id = %(tenant)s) n on n.id = p.id
join (select (one->>'stage') as stage, (one->>'place')::int as place, (one->>'of')::int as of, (one->>'number')::int as number
      from jsonb_array_elements(%(variants)s::jsonb) one) v on v.stage = p.stage and v.place = n.s %% v.of
"""
FACTS = """
insert into portal_factanswer (id, tenant_id, project_id, fact_key, value, source, version, answered_by_id, answered_at)
select gen_random_uuid(), %(tenant)s, p.id, f.key, f.value, '', 1, p.owner_id, now()
from scale_projects p
join jsonb_array_elements(%(variants)s::jsonb) v on (v->>'number')::int = p.variant, jsonb_each(v->'facts') f
"""
SHARED = """
insert into portal_factanswer (id, tenant_id, project_id, fact_key, value, source, version, answered_by_id, answered_at)
select gen_random_uuid(), %(tenant)s, null, f.key, f.value, '', 1, %(officer)s, now() from jsonb_each(%(organisation)s::jsonb) f
"""
ASSESSMENTS = """
insert into assessments_assessment (id, tenant_id, project_id, catalogue_id, tier_computed, tier_raised, tier, created_at, scored_at)
select gen_random_uuid(), %(tenant)s, id, %(version)s, 'standard', '', 'standard', now(), now() from scale_projects
"""
# Every fifth waits for compliance. A recurring filing has its own states.
FILINGS = """
with found as (
  select p.*, f.value as f, f.ordinality as j, p.k * 5 + f.ordinality * 3 as n
  from scale_projects p
  join jsonb_array_elements(%(variants)s::jsonb) v on (v->>'number')::int = p.variant,
       jsonb_array_elements(v->'filings') with ordinality f),
placed as (
  select *, case when n %% 5 = 0 then 'not_assessed'
    when f->>'gate' = 'recurring' then (array['scheduled', 'in_progress', 'done', 'reported'])[1 + n / 5 %% 4]
    else (array['to_prepare', 'to_prepare', 'preparing', 'preparing', 'internal_review', 'ready', 'submitted', 'accepted', 'under_review',
      'supplement_requested', 'resubmitted', 'rejected', 'approved', 'approved', 'published', 'published', 'change_due', 'change_submitted',
      'renewal_due', 'renewed', 'expired', 'cancel_due', 'revoked'])[1 + n / 5 %% 23] end as state
  from found),
told as (
  select *, state <> 'not_assessed' as decided, state not in ('not_assessed', 'to_prepare', 'scheduled') as seconded,
    state in ('approved', 'published', 'change_due', 'change_submitted', 'renewal_due', 'renewed', 'cancel_due') as numbered,
    state in ('approved', 'published', 'renewed', 'done', 'reported', 'cancelled') as settled,
    current_date + ((k * 13 + j * 29) %% 400)::int - 12 as day
  from placed)
insert into compliance_filing (id, tenant_id, project_id, regime, gate, jurisdictions, result, timing, facts_used, missing,
  catalogue_version, evaluated_at, decision, decision_reason, decided_result, decided_facts, decided_by_id, decided_person_id, decided_role,
  decided_at, second_by_id, second_person_id, second_role, second_at, state, number, submitted_on, approved_on, valid_until, due_on,
  clock_on, renewal_on, owner_id, cost, note, version, created_at, updated_at)
select gen_random_uuid(), %(tenant)s, id, f->>'regime', f->>'gate', f->'jurisdictions', f->>'result', f->>'timing', f->'facts_used',
  f->'missing', %(version)s, now(), case when decided then 'confirmed' else 'none' end, '', case when decided then f->>'result' else '' end,
  case when decided then f->'facts_used' else '{}'::jsonb end,
  case when decided then %(officer)s end, case when decided then %(officer_person)s end, case when decided then 'compliance' else '' end,
  case when decided then now() - interval '30 days' end, case when seconded then %(second)s end,
  case when seconded then %(second_person)s end, case when seconded then 'pmo' else '' end,
  case when seconded then now() - interval '29 days' end, state,
  case when numbered then 'NR-' || k || '-' || j else '' end,
  case when numbered then current_date - 200 end, case when numbered then current_date - 100 end,
  case when numbered then current_date + (n %% 900)::int end,
  case when not settled and n %% 4 <> 1 then day end, case when n %% 3 = 0 then day + 3 end,
  case when numbered and n %% 2 = 0 then current_date + (n %% 700)::int end,
  case when decided then owner_id end, null, '', 1, now() - make_interval(days => (k %% 300)::int), now() - make_interval(mins => k::int)
from told
"""
EVENTS = """
insert into compliance_filingevent (id, tenant_id, filing_id, verb, old_state, new_state, detail, done_by_id, done_at)
select gen_random_uuid(), %(tenant)s, id, 'appeared', '', 'not_assessed', jsonb_build_object('result', result), null,
  created_at - interval '2 days'
from compliance_filing where tenant_id = %(tenant)s
"""
CLOCKS = """
insert into compliance_filingclock (id, tenant_id, filing_id, project_id, key, event, action, basis, direction, n, unit, calendar, roll,
  catalogue_version, event_on, due_on, provisional, counted, state, paused_days, reason, started_at, version)
select gen_random_uuid(), %(tenant)s, id, project_id, 'service_online:file', 'service_online', 'file', 'statutory', 'after', 10,
  'working_day', 'CN', false, %(version)s, clock_on - 14, clock_on, clock_on > date '2026-12-31', '{}', 'running', 0, '', now(), 1
from compliance_filing where tenant_id = %(tenant)s and clock_on is not null
"""
NEXT = """
update portal_projectsummary s set next_clock_due = f.day
from (select project_id, min(due_sort) as day from compliance_filing where tenant_id = %(tenant)s and due_sort < '9999-12-31'
      group by project_id) f
where s.project_id = f.project_id and s.tenant_id = %(tenant)s
"""


def build(projects: int = 10_000, per_project: int = 6, *, slug: str = SLUG) -> Any:
    """The organisation, filled; an existing one is used again. Raises ValueError if no variant of the facts has so many filings."""
    from django.db import connections, transaction

    from portal.catalogue import catalogue
    from portal.tenants.models import User
    from tests.benchmarks.portfolio_scale import fill

    tenant = fill(slug, projects)
    version = catalogue().version
    officer, second = list(User.objects.filter(email__in=[f"{slug}-{i}@tenfold.example" for i in (0, 1)]).order_by("pk"))
    with connections["migrate"].cursor() as owner:
        owner.execute("select count(*) from compliance_filing where tenant_id = %s", [tenant.pk])
        if owner.fetchone()[0]:
            return tenant
    values = {
        "tenant": tenant.pk, "version": version, "officer": officer.pk, "second": second.pk, "officer_person": officer.person_id,
        "second_person": second.person_id, "variants": json.dumps(variants(tenant.pk, per_project), ensure_ascii=False),
        "organisation": json.dumps(ORGANISATION),
    }  # fmt: skip
    start = time.perf_counter()
    with transaction.atomic(using="migrate"), connections["migrate"].cursor() as owner:
        for table in TABLES:
            owner.execute(f"alter table {table} disable trigger audit")
        for statement in (RUNNING, NUMBERED, SHARED, FACTS, ASSESSMENTS, FILINGS, EVENTS, CLOCKS, NEXT):
            owner.execute(statement, values)
        owner.execute("set constraints all immediate")  # no trigger may wait when its table is altered
        for table in TABLES:
            owner.execute(f"alter table {table} enable trigger audit")
    with connections["migrate"].cursor() as owner:
        owner.execute("select app.fold_portfolio(%s)", [tenant.pk])
        owner.execute(f"vacuum analyze {', '.join(TABLES)}, portal_projectsummary")
        owner.execute("select count(*) from compliance_filing where tenant_id = %s", [tenant.pk])
        print(f"{slug}: {owner.fetchone()[0]:,} filings written in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return tenant


def variants(tenant_id: int, per_project: int) -> list[dict[str, Any]]:
    """Sets of facts with exactly so many filings, by stage: ``{number, stage, place, of, facts, filings}``."""
    from portal.core.tenancy import tenant_context

    found: list[dict[str, Any]] = []
    with tenant_context(tenant_id):
        for stage in STAGES:
            own = [one for _place, one in zip(range(VARIANTS_PER_STAGE), _fitting(stage, per_project), strict=False)]
            if not own:
                raise ValueError(f"No set of facts leads to exactly {per_project} filings in stage {stage}.")
            for place, one in enumerate(own):
                found.append({"number": len(found), "stage": stage, "place": place, "of": len(own), **one})
    return found


def _fitting(stage: str, per_project: int) -> Iterator[dict[str, Any]]:
    """Facts of a project in this stage with exactly so many filings of its own, and the columns of their records."""
    from django.utils import timezone

    from compliance.filings.evaluation import organisation_regimes, ruling_columns
    from compliance.regimes.applicability import NOT_APPLICABLE, decide_all
    from portal.catalogue import catalogue, environment
    from portal.projects.facts.queries import with_stage
    from portal.projects.models import Project
    from portal.tenants.clock import organisation_today

    content = catalogue()
    shared, today, now = organisation_regimes(content), organisation_today(), timezone.now()
    for chosen in product(*VARIED.values()):
        own = {**PROJECT, **dict(zip(VARIED, chosen, strict=True))}
        own["provides_internet_info_service"] = "yes" if own["audience"] == ["public"] else "no"
        facts = with_stage({**ORGANISATION, **own}, Project(stage=stage))
        found = {name: one for name, one in decide_all(environment(content, facts), today).items() if one.result != NOT_APPLICABLE}
        if len(found) != per_project or shared & set(found):
            continue
        rows = [{"regime": name, **ruling_columns(content, one, now)} for name, one in found.items()]
        for row in rows:
            del row["evaluated_at"], row["catalogue_version"]
        yield {"facts": own, "filings": rows}


def main() -> None:
    """Fill the database in the environment."""
    import argparse

    from tests.benchmarks.portfolio_scale import setup

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=10_000)
    parser.add_argument("--per-project", type=int, default=6)
    arguments = parser.parse_args()
    setup()
    build(arguments.projects, arguments.per_project)


if __name__ == "__main__":
    main()
