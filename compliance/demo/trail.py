"""The trail of the invented organisations, dated like the acts in it.

The database dates every event itself, and the application cannot change one. A demo in which a year of work happened within one
minute of today would show nothing, so the owner of the tables, who alone can, moves the events of these organisations once,
right after the load. See docs/decisions/0009.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

from assessments.gates.freezing import project as frozen_project
from compliance.demo.clock import Stretch, dated

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


@contextmanager
def frozen_as_dated() -> Iterator[None]:
    """Let revisions frozen inside hold the extract of the trail as it will read after :func:`date_events`."""
    written = frozen_project.instant

    def of_its_day(value: dt.datetime | None) -> str | None:
        return written(None if value is None else dated(value))

    frozen_project.instant = of_its_day  # type: ignore[attr-defined]
    try:
        yield
    finally:
        frozen_project.instant = written  # type: ignore[attr-defined]


def _kept() -> Path:
    return Path(settings.DATA_DIR) / "demo-stretches.json"


def keep_stretches(stretches: Sequence[Stretch]) -> None:
    """Write them down until the trail is dated: the load is committed before, and what follows may be cut off."""
    _kept().parent.mkdir(parents=True, exist_ok=True)
    _kept().write_text(json.dumps([[moment.isoformat() for moment in (one.since, one.until, one.moment)] for one in stretches]))


def kept_stretches() -> list[Stretch]:
    """The stretches of a load whose trail is not dated yet."""
    if not _kept().exists():
        return []
    return [Stretch(*map(dt.datetime.fromisoformat, one)) for one in json.loads(_kept().read_text())]


def forget_stretches() -> None:
    """The trail is dated."""
    _kept().unlink(missing_ok=True)


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
