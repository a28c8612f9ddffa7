"""How long one hourly run of the reminders takes: 10,000 projects with six filings each.

    python -m tests.benchmarks.reminders_scale [--projects 10000] [--per-project 6]

Wants the three database addresses in the environment (as for manage.py) and a database that may be filled; uses the organisation of
``filings_data``. The first run sends everything that has come due since ever, the second finds nothing to do, as 23 of 24 do in a day.
Prints dates within reach, reminders, seconds and statements.
"""

from __future__ import annotations

import argparse
import time
from datetime import timedelta
from typing import Any

from tests.benchmarks.filings_data import build
from tests.benchmarks.portfolio_scale import setup


def run(tenant_id: int) -> tuple[int, float, int]:
    """One run: (reminders, seconds, statements)."""
    from django.db import connection

    from compliance.reminders.sending import send_reminders_in

    count = [0]

    def counting(execute: Any, *args: Any) -> Any:
        count[0] += 1
        return execute(*args)

    start = time.perf_counter()
    with connection.execute_wrapper(counting):
        sent = send_reminders_in(tenant_id)
    return sent, time.perf_counter() - start, count[0]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--projects", type=int, default=10_000)
    options.add_argument("--per-project", type=int, default=6)
    chosen = options.parse_args()
    setup()
    tenant = build(chosen.projects, chosen.per_project)

    from compliance.clocks.models import FilingClock
    from compliance.reminders import sending
    from portal.core.tenancy import tenant_context
    from portal.tenants.clock import organisation_today

    sending.MORNING = 0  # whatever hour it is
    with tenant_context(tenant.pk):
        clocks = FilingClock.objects.filter(state="running")
        near = clocks.filter(due_on__lte=organisation_today() + timedelta(days=56)).count()
        print(f"{clocks.count():,} limits run, {near:,} within reach")
    for name in ("first", "second"):
        sent, seconds, statements = run(tenant.pk)
        print(f"{name} run: {sent:,} reminders, {seconds:.1f} s, {statements:,} statements")


if __name__ == "__main__":
    main()
