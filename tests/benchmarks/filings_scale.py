"""How long the nightly check of all filings takes: 10,000 projects with six filings each (issue: under 60 s on two cores).

    python -m tests.benchmarks.filings_scale [--projects 10000] [--per-project 6] [--moved 100] [--limit 60]

Wants the three database addresses in the environment (as for manage.py) and a database that may be filled; uses the organisation of
``filings_data``. Runs the job itself, in this process, as the app role under row security: once over records that are true, once after
``--moved`` of the projects were made to differ (as when a law comes into force), and once more over what the second run left. Prints
seconds, statements and the peak of the memory; ends with 1 when the first run takes longer than ``--limit``.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from typing import Any

from tests.benchmarks.filings_data import build
from tests.benchmarks.portfolio_scale import setup


def night(tenant_id: int, key: str) -> tuple[float, int, dict[str, Any]]:
    """One run of the job: (seconds, statements, result)."""
    from django.db import connection
    from uuid_utils.compat import uuid7

    from compliance.filings.tasks import NIGHT, reevaluate
    from portal.core.tenancy import tenant_context
    from portal.jobs.actions import order_job
    from portal.jobs.models import Job
    from portal.tenants.clock import organisation_today

    with tenant_context(tenant_id):
        job, _new = order_job(NIGHT, {"day": organisation_today().isoformat()}, by=None, idempotency_key=f"{key}-{uuid7()}")
    count = [0]

    def counting(execute: Any, *args: Any) -> Any:
        count[0] += 1
        return execute(*args)

    start = time.perf_counter()
    with connection.execute_wrapper(counting):
        reevaluate(tenant_id, str(job.pk))
    spent = time.perf_counter() - start
    with tenant_context(tenant_id):
        job = Job.objects.get(pk=job.pk)
    if job.state != "done":
        sys.exit(f"The job ended as {job.state}: {job.failure}")
    return spent, count[0], job.result


def spoil(tenant_id: int, number: int) -> None:
    """Make the records of some projects say something else than the rules do today."""
    from django.db import connections

    with connections["migrate"].cursor() as owner:
        owner.execute("alter table compliance_filing disable trigger audit")
        owner.execute(
            "update compliance_filing set timing = 'upcoming' where id in (select distinct on (project_id) id from compliance_filing "
            "where tenant_id = %s and timing = 'in_force' order by project_id, id limit %s)",
            [tenant_id, number],
        )
        owner.execute("alter table compliance_filing enable trigger audit")


def main() -> None:
    """Fill, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=10_000)
    parser.add_argument("--per-project", type=int, default=6)
    parser.add_argument("--moved", type=int, default=100)
    parser.add_argument("--limit", type=float, default=60.0)
    arguments = parser.parse_args()
    setup()
    from celery import current_app

    # The job runs here: nobody is woken.
    current_app.conf.task_always_eager = False
    current_app.send_task = lambda *args, **kwargs: None  # type: ignore[method-assign]
    tenant = build(arguments.projects, arguments.per_project)
    print(f"{arguments.projects:,} projects × {arguments.per_project} filings, one process")
    print("| run | seconds | statements | moved | told |")
    print("| --- | --- | --- | --- | --- |")
    first = None
    for name in ("nothing moved", f"{arguments.moved} projects moved", "again"):
        if name[0].isdigit():
            spoil(tenant.pk, arguments.moved)
        spent, statements, result = night(tenant.pk, "benchmark")
        first = first if first is not None else spent
        print(f"| {name} | {spent:.1f} | {statements:,} | {result['moved']} | {result['told']} |")
    print(f"Peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    sys.exit(0 if first is not None and first <= arguments.limit else 1)


if __name__ == "__main__":
    main()
