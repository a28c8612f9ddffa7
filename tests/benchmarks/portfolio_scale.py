"""How long the database needs for the portfolio at 100,000 projects, page by page, beside an organisation of 1,000.

    python -m tests.benchmarks.portfolio_scale [--big 100000] [--small 1000] [--runs 15]

Wants the three database addresses in the environment (as for manage.py) and a database that may be filled: it makes two organisations
(slugs ``scale-big`` and ``scale-small``), writes their projects as the owner by INSERT … SELECT, measures as the app role under row
security through the product's own queries, and prints a table; a second run uses the same rows again. Beside the median of the waiting
time stands the processor time of the database per page, which other work on the machine does not lengthen (Linux, same machine).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

WORDS_ZH = "风控,客服,营销,补货,合同,质检,推荐,预测,排班,审阅,采购,物流,会员,培训,碳排,核算,巡检,问答,翻译,定价"
WORDS_EN = (
    "risk,service,marketing,supply,contract,quality,product,forecast,roster,review,"
    "purchase,logistics,member,training,carbon,audit,patrol,answer,translate,price"
)
UNITS = "客服中心,供应链,商品中心,法务部,市场部,信息技术部,财务部,人力资源部,门店运营,物流中心"

PROJECTS = """
with words as (select string_to_array(%(zh)s, ',') as zh, string_to_array(%(en)s, ',') as en, string_to_array(%(units)s, ',') as units),
made as (
  select i, gen_random_uuid() as id, 'SC-' || lpad(i::text, 6, '0') as code,
    zh[1 + i %% 20] || zh[1 + (i / 20) %% 20] || '系统' || i as name_zh,
    initcap(en[1 + i %% 20]) || ' ' || en[1 + (i / 20) %% 20] || ' system ' || i as name_en,
    units[1 + i %% 10] as unit, (%(users)s::bigint[])[1 + i %% 200] as owner_id,
    (array['intake', 'assessment', 'approval', 'build', 'pre_launch', 'live', 'periodic_review', 'on_hold', 'stopped', 'retired'])
      [1 + (i * 7) %% 10] as stage,
    case when i %% 5000 = 1 then array['碳核查'] when i %% 3 = 0 then array['生成式'] else array[]::varchar[] end as tags
  from generate_series(1, %(n)s) i, words)
insert into portal_project (id, tenant_id, code, name_zh, name_en, unit, scenario, purpose, owner_id, stage, stage_before, stage_since,
  stage_reason, confidential, started_on, budget, spent, compliance_budget, currency, tags, search_text, grams, version, created_by_id,
  created_at, updated_at)
select id, %(tenant)s, code, name_zh, name_en, unit, '', '', owner_id, stage, '', current_date, '', i %% 20 = 0, current_date - i %% 900,
  (i %% 900 + 100) * 10000, (i %% 500) * 10000, (i %% 90 + 5) * 10000, case when i %% 50 = 0 then 'EUR' else 'CNY' end, tags,
  lower(code || ' ' || name_zh || ' ' || name_en || ' ' || unit || ' ' || array_to_string(tags, ' ')),
  (select array_agg(distinct substr(word, at, 2)) from unnest(string_to_array(lower(code || ' ' || name_zh || ' ' || name_en || ' ' || unit
     || ' ' || array_to_string(tags, ' ')), ' ')) word, generate_series(1, length(word) - 1) at),
  1, owner_id, now(), now() - make_interval(mins => i)
from made
"""
SUMMARIES = """
insert into portal_projectsummary (id, tenant_id, project_id, tier, readiness, band, items_total, items_answered, items_approved,
  open_blockers, waived, d1_score, d2_score, d3_score, d4_score, d5_score, d6_score, d7_score, d8_score, d9_score, d10_score, strip,
  next_gate, next_gate_due, gate_waiting, stale_gates, open_conditions, public_facing, filings_state, filings_open, filings_unconfirmed,
  next_clock_due, code, unit, stage, confidential, currency, stage_rank, gate_sort, flags, updated_at)
select gen_random_uuid(), tenant_id, id, (array['light','standard','full'])[1 + k %% 3], k %% 101,
  (array['ready','conditional','not_ready','blocked'])[1 + k %% 4], 100, k %% 101, k %% 80,
  case when k %% 13 = 0 then k %% 7 else 0 end, 0, k %% 101, (k * 3) %% 101, (k * 5) %% 101, (k * 7) %% 101, (k * 11) %% 101,
  (k * 13) %% 101, (k * 17) %% 101, (k * 19) %% 101, (k * 23) %% 101, (k * 29) %% 101, 'ppafoorwpp', 'G' || k %% 6,
  case when k %% 9 = 0 then null else current_date + (k %% 400)::int - 20 end, k %% 37 = 0, case when k %% 997 = 0 then 1 else 0 end, 0,
  case when k %% 4 = 0 then 'yes' else 'no' end, 'open', case when k %% 11 = 0 then 2 else 0 end, 0,
  case when k %% 41 = 0 then current_date + (k %% 300)::int else null end, '', '', 'intake', false, 'CNY', 0, current_date, 0, now()
from (select p.*, row_number() over (order by code) as k from portal_project p where tenant_id = %(tenant)s) p
"""
PAGES: tuple[tuple[str, str], ...] = (
    ("first page", ""),
    ("sort: code", "sort=code"),
    ("sort: stage", "sort=stage"),
    ("sort: readiness", "sort=readiness"),
    ("sort: blockers", "sort=blockers"),
    ("sort: next gate", "sort=gate"),
    ("sort: next gate, backwards", "sort=-gate"),
    ("filter: stage", "stage=build"),
    ("filter: two stages, by readiness", "stage=build&stage=live&sort=readiness"),
    ("filter: unit", "unit=法务部"),
    ("filter: tier", "tier=full"),
    ("filter: band", "band=blocked"),
    ("filter: owner", "owner={owner}"),
    ("filter: blockers", "blocked=true"),
    ("filter: lapsed sign-offs", "stale=true"),
    ("filter: open to the public", "public=true"),
    ("filter: filings open", "filings=true"),
    ("filter: late", "late=true"),
    ("filter: waiting", "waiting=true"),
    ("filter: mine", "mine=true"),
    ("filter: confidential", "confidential=true"),
    ("filter: common tag", "tag=生成式"),
    ("filter: rare tag", "tag=碳核查"),
    ("four filters, few hits", "stage=live&unit=法务部&tier=full&stale=true"),
    ("search: 风控 (common)", "q=风控"),
    ("search: 碳核查 (rare)", "q=碳核查"),
    ("search: code SC-000777", "q=SC-000777"),
    ("search: two English words", "q=carbon+audit"),
    ("search: one character", "q=S"),
    ("search: nothing found", "q=不存在的词"),
    ("search: common, by readiness", "q=风控&sort=readiness"),
)


def setup() -> None:
    """Django, without the connection pool."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    os.environ["DB_POOL"] = "0"
    import django

    django.setup()


def fill(slug: str, number: int) -> Any:
    """The organisation with its people and projects; an existing one of the right size is used again."""
    from django.db import connections

    from portal.core.tenancy import tenant_context
    from portal.roles.actions import add_member_with_roles
    from portal.tenants.models import Tenant, User
    from tests.factories import cast

    tenant = Tenant.objects.filter(slug=slug).first()
    with connections["migrate"].cursor() as owner:
        if tenant is not None:
            owner.execute("select count(*) from portal_project where tenant_id = %s", [tenant.pk])
            if owner.fetchone()[0] == number:
                return tenant
            sys.exit(f"{slug} exists with another number of projects; use an empty database.")
        tenant = cast.make_tenant(slug, code_prefix="SC")
        users = [User(email=f"{slug}-{i}@tenfold.example", name=f"Person {i}", person=cast_person(i), password="!") for i in range(200)]
        User.objects.bulk_create(users)
        with tenant_context(tenant.pk):
            for user, roles in zip(users, (["compliance_officer"], ["pmo"], ["contributor"]), strict=False):
                add_member_with_roles(tenant, user, roles)
        values = {"zh": WORDS_ZH, "en": WORDS_EN, "units": UNITS, "users": [user.pk for user in users], "n": number, "tenant": tenant.pk}
        owner.execute("alter table portal_project disable trigger audit")
        start = time.perf_counter()
        owner.execute(PROJECTS, values)
        owner.execute(SUMMARIES, values)
        owner.execute("alter table portal_project enable trigger audit")
        owner.execute("select app.fold_portfolio(%s)", [tenant.pk])
        print(f"{slug}: {number:,} projects written in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    with connections["migrate"].cursor() as owner:
        owner.execute("vacuum analyze portal_project, portal_projectsummary, portal_portfoliorollup")
    return tenant


def cast_person(number: int) -> Any:
    """A human being for an account."""
    from portal.tenants.models import Person

    return Person.objects.create(name=f"Person {number}")


def processor_ms() -> float:
    """Processor time of the database process behind our connection so far; 0 where it cannot be read."""
    from django.db import connection

    connection.ensure_connection()
    try:
        with open(f"/proc/{connection.connection.info.backend_pid}/schedstat") as figures:
            return int(figures.read().split()[0]) / 1e6
    except (OSError, ValueError):
        return 0.0


@dataclass(frozen=True)
class Measured:
    """One page: median wait and processor time in ms, statements, characters of SQL, the slowest statement."""

    wait: float
    processor: float
    queries: int
    characters: int
    slowest: str


class Stopwatch:
    """Adds up the time in the database."""

    def __init__(self) -> None:
        self.seconds, self.queries, self.characters, self.slowest = 0.0, 0, 0, (0.0, "")

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent = time.perf_counter() - start
            self.seconds += spent
            self.queries += 1
            self.characters += len(sql)
            self.slowest = max(self.slowest, (spent, sql))


def measure(tenant: Any, user: Any, query: str, runs: int, *, deep: bool = False) -> Measured:
    """One page, several times; ``deep`` is page three of the list."""
    from django.db import connection
    from django.http import QueryDict
    from django.test import RequestFactory

    from portal.projects.portfolio.chips import view_context
    from portal.projects.portfolio.listing import list_context
    from portal.projects.portfolio.tiles import tile_context
    from portal.tenants.entry import enter_tenant

    def page(parameters: str) -> tuple[Any, Stopwatch]:
        watch = Stopwatch()
        request: Any = RequestFactory().get("/")
        request.GET = QueryDict(parameters)
        request.user = user
        with connection.execute_wrapper(watch), enter_tenant(tenant.slug, user) as found:
            request.tenant, request.actor = found.tenant, found.actor
            context = {**list_context(request), **view_context(request)}
            tile_context(request, context)
        return context, watch

    if deep:
        for _step in range(2):
            query = page(query)[0]["next_url"].lstrip("?")
    page(query)
    before = processor_ms()
    watches = [page(query)[1] for _run in range(runs)]
    return Measured(
        wait=statistics.median(watch.seconds for watch in watches) * 1000,
        processor=(processor_ms() - before) / runs,
        queries=watches[0].queries,
        characters=watches[0].characters,
        slowest=max(watches, key=lambda watch: watch.seconds).slowest[1],
    )


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--big", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--slow", type=float, default=50.0, help="show the slowest statement of pages above this many ms")
    arguments = parser.parse_args()
    setup()
    from django.db import connection

    from portal.tenants.models import User

    tenants = [fill("scale-big", arguments.big), fill("scale-small", arguments.small)]
    people = {tenant.slug: list(User.objects.filter(email__startswith=f"{tenant.slug}-").order_by("pk")[:3]) for tenant in tenants}
    names = ("compliance officer (sees all)", "PMO (not cleared)", "contributor (own projects)")
    worst = 0.0
    for index, name in enumerate(names):
        print(f"\n| {name} | {arguments.big:,}: wait ms | processor ms | {arguments.small:,}: wait ms | processor ms | queries | SQL kB |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for title, query in (*PAGES, ("third page", "")):
            figures = []
            for tenant in tenants:
                user = people[tenant.slug][index]
                asked = query.replace("{owner}", str(people[tenant.slug][2].pk))
                figures.append(measure(tenant, user, asked, arguments.runs, deep=title == "third page"))
            big, small = figures
            worst = max(worst, big.processor or big.wait)
            times = f"{big.wait:.1f} | {big.processor:.1f} | {small.wait:.1f} | {small.processor:.1f}"
            print(f"| {title} | {times} | {big.queries} | {big.characters / 1000:.1f} |")
            if (big.processor or big.wait) > arguments.slow:
                print(f"    {title}, slowest: {big.slowest[:1500]}", file=sys.stderr)
    connection.close()
    print(f"\nMost expensive page: {worst:.1f} ms")


if __name__ == "__main__":
    main()
