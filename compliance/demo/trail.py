"""The trail of the invented organisations, dated like the acts in it.

The database dates every event itself, and the application cannot change one. A demo in which a year of work happened within one
minute of today would show nothing, so the owner of the tables, who alone can, moves the events of these organisations once,
right after the load. See docs/decisions/0009.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connections, transaction

from compliance.demo.clock import Stretch

OWNER = "migrate"
MOVE = """
update portal_auditevent e set at = w.moment + (e.at - w.since)
  from (select own.tenant_id, own.at, own.id, inner_most.moment, inner_most.since
          from portal_auditevent own
         cross join lateral (select s.moment, s.since from demo_stretch s
                              where s.since <= own.at and own.at < s.until order by s.since desc limit 1) inner_most
         where own.tenant_id = any(%s) and own.at >= (select min(since) from demo_stretch)) w
 where e.tenant_id = w.tenant_id and e.at = w.at and e.id = w.id
"""


def date_events(stretches: Sequence[Stretch], tenants: Collection[int]) -> int:
    """Move the events of these organisations to the moments of their acts; returns how many were moved.

    The order of the events of one act stays. Events outside every stretch keep the time at which they were written.
    """
    if not stretches or not tenants:
        return 0
    first = min(one.moment for one in stretches).date()
    last = max(one.until for one in stretches).date()
    months = (last.year - first.year) * 12 + last.month - first.month
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("select app.ensure_audit_partitions(%s, %s)", [first, months])
        cursor.execute("create temp table demo_stretch (since timestamptz, until timestamptz, moment timestamptz) on commit drop")
        cursor.executemany("insert into demo_stretch values (%s, %s, %s)", [(one.since, one.until, one.moment) for one in stretches])
        cursor.execute("create index on demo_stretch (since)")
        cursor.execute("analyze demo_stretch")
        cursor.execute(MOVE, [list(tenants)])
        return int(cursor.rowcount)
