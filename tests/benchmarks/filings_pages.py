"""How long the pages of filings take over 10,000 projects with six filings each (issue: median under 50 ms, at most 8 statements).

    python -m tests.benchmarks.filings_pages [--projects 10000] [--per-project 6] [--runs 15] [--slow 50]

Wants the three database addresses in the environment (as for manage.py) and a database that may be filled; uses the organisation of
``filings_data`` and the product's own queries, as the app role under row security. Printed per page: the median of the waiting time
for the database, the processor time of the database, the median of the whole page without drawing the HTML, and the statements with
entering the organisation (session and account come to that: two more). Ends with 1 when a page waits longer than ``--slow``.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks.filings_data import SLUG, build
from tests.benchmarks.portfolio_scale import Stopwatch, processor_ms, setup

BEFORE = 2  # session and account, asked before the organisation is entered
MOST = 8
QUERIES: tuple[tuple[str, str, str], ...] = (
    ("board", "board", ""),
    ("board: Europe", "board", "jurisdiction=EU"),
    ("board: blockers", "board", "blocker=true"),
    ("board: search", "board", "q=风控"),
    ("list", "list", ""),
    ("list: late", "list", "due=late"),
    ("list: within 5 working days", "list", "due=near"),
    ("list: one stage", "list", "group=supplement"),
    ("list: blockers", "list", "blocker=true"),
    ("list: basis", "list", "basis=statutory"),
    ("list: by project", "list", "sort=project"),
    ("month", "month", ""),
    ("month: next", "month", "month={next}"),
    ("month: blockers", "month", "blocker=true"),
    ("timeline", "timeline", ""),
    ("timeline: one stage", "timeline", "group=settled"),
    ("risk tile", "tile", ""),
    ("calendar address: all", "feed", ""),
)


def pages() -> dict[str, Callable[[Any], Any]]:
    """What makes the context of each page."""
    from compliance.boards.board import board
    from compliance.boards.month import month
    from compliance.boards.tile import risk_tile
    from compliance.boards.timeline import timeline
    from compliance.feeds.models import CalendarFeed
    from compliance.feeds.queries import dates_of, filings_of, limits_of
    from compliance.filings.pages.listing import listing
    from portal.projects.queries import gates_in_line

    def feed(request: Any) -> Any:
        rows = filings_of(CalendarFeed(scope="all", user_id=request.actor.user_id), request.actor)
        return limits_of(rows), dates_of(rows)

    def tile(request: Any) -> Any:
        return risk_tile(request, gates_in_line(request.actor))

    return {"board": board, "list": listing, "month": month, "timeline": timeline, "tile": tile, "feed": feed}


def measure(tenant: Any, user: Any, page: Callable[[Any], Any], query: str, runs: int) -> tuple[float, float, float, int, str]:
    """(wait in ms, processor ms, whole page in ms, statements, slowest statement); medians of ``runs`` visits after one to warm up."""
    from django.http import QueryDict
    from django.test import RequestFactory

    def visit() -> tuple[float, Stopwatch]:
        from django.db import connection

        from portal.tenants.entry import enter_tenant

        watch = Stopwatch()
        request: Any = RequestFactory().get("/")
        request.GET, request.user = QueryDict(query), user
        start = time.perf_counter()
        with connection.execute_wrapper(watch), enter_tenant(tenant.slug, user) as found:
            request.tenant, request.actor = found.tenant, found.actor
            page(request)
        return time.perf_counter() - start, watch

    visit()
    before = processor_ms()
    visits = [visit() for _run in range(runs)]
    processor = (processor_ms() - before) / runs
    wait = statistics.median(watch.seconds for _whole, watch in visits) * 1000
    whole = statistics.median(spent for spent, _watch in visits) * 1000
    slowest = max((watch.slowest for _whole, watch in visits), key=lambda one: one[0])[1]
    return wait, processor, whole, visits[0][1].queries + BEFORE, slowest


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=10_000)
    parser.add_argument("--per-project", type=int, default=6)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--slow", type=float, default=50.0, help="show the slowest statement of pages above this many ms, and end with 1")
    parser.add_argument("--only", default="", help="pages whose name begins with this")
    arguments = parser.parse_args()
    setup()
    from django.db import connection
    from django.utils import translation

    from portal.tenants.models import User

    tenant = build(arguments.projects, arguments.per_project)
    known, worst, most = pages(), 0.0, 0
    following = time.strftime("%Y-%m", time.localtime(time.time() + 31 * 86400))
    with translation.override("en"):
        for number, name in ((1, "PMO (sees all, not cleared)"), (0, "compliance officer"), (2, "contributor (own projects)")):
            user = User.objects.get(email=f"{SLUG}-{number}@tenfold.example")
            print(f"\n| {name} | database: wait ms | processor ms | page ms | statements |\n| --- | --- | --- | --- | --- |")
            for title, page, query in QUERIES:
                if not title.startswith(arguments.only):
                    continue
                wait, processor, whole, queries, slowest = measure(tenant, user, known[page], query.format(next=following), arguments.runs)
                worst, most = max(worst, processor or wait), max(most, queries)
                print(f"| {title} | {wait:.1f} | {processor:.1f} | {whole:.1f} | {queries} |", flush=True)
                if (processor or wait) > arguments.slow:
                    print(f"    {title}, slowest: {slowest}", file=sys.stderr)
    connection.close()
    print(f"\nMost expensive page: {worst:.1f} ms, most statements: {most}")
    sys.exit(worst > arguments.slow or most > MOST)


if __name__ == "__main__":
    main()
