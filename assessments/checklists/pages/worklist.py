"""The list of work as its page shows it: rows with words and addresses, filters with numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import ngettext

from assessments.checklists import work
from assessments.checklists.work import WorkRow, WorkSource
from portal.catalogue import catalogue, installed_versions, latest_version
from portal.core import formats
from portal.tenants.clock import organisation_today


@dataclass(frozen=True)
class WorkLine:
    """One thing to do, ready to show."""

    row: WorkRow
    source: WorkSource
    title: Any
    url: str
    project_url: str
    days: int | None
    group: str

    @property
    def code(self) -> str:
        """The item's or gate's code, shown before the title."""
        return self.row.key


@dataclass(frozen=True)
class KindChip:
    """A filter by kind with its number."""

    key: str
    label: Any
    count: int
    on: bool
    url: str


@dataclass(frozen=True)
class WorkListPage:
    """The page: lines, filters, where the next page begins."""

    lines: list[WorkLine]
    chips: list[KindChip]
    after: str
    kind: str
    blockers: bool
    project: WorkRow | None
    total: int
    urls: dict[str, str]

    @property
    def filtered(self) -> bool:
        """Any filter is on."""
        return bool(self.kind or self.blockers or self.project or self.urls["asked_project"])

    @property
    def all_on(self) -> bool:
        """No filter is on."""
        return not self.filtered

    @property
    def all_url(self) -> str:
        """The list without filters."""
        return self.urls["all"]

    @property
    def blockers_url(self) -> str:
        """Blockers only, on or off."""
        return self.urls["blockers"]

    @property
    def project_url(self) -> str:
        """The list over all projects again."""
        return self.urls["no_project"]

    @property
    def next_url(self) -> str:
        """The next page, "" at the end."""
        return self.urls["next"]

    @property
    def first_url(self) -> str:
        """The first page, "" while on it."""
        return self.urls["first"]

    @property
    def portfolio_url(self) -> str:
        """The portfolio."""
        return self.urls["portfolio"]

    @property
    def summary(self) -> str:
        """How much there is."""
        number = len(self.lines)
        return ngettext("%(n)d thing on this page", "%(n)d things on this page", number) % {"n": number}


def work_page(request: Any, *, kind: str, project_id: UUID | None, blockers: bool, after: str) -> WorkListPage:
    """One statement: the rows of the page, and how many of each kind."""
    sources = {source.key: source for source in work.sources()}
    kind = kind if kind in sources else ""
    found = work.work_of(request.actor, kinds=[kind] if kind else (), project_id=project_id, blockers=blockers, after=after)
    counts = found.counts
    today = organisation_today()
    lines = [_line(request, row, sources[row.kind], today) for row in found.rows]
    base = reverse("assessments:my_work", kwargs={"tenant_slug": request.tenant.slug})
    asked = {"kind": kind, "blockers": "1" if blockers else "", "project": str(project_id) if project_id else ""}

    def url(**changes: str) -> str:
        query = urlencode({name: value for name, value in {**asked, **changes}.items() if value})
        return f"{base}?{query}" if query else base

    chips = [
        KindChip(key, source.label, counts.get(key, 0), key == kind, url(kind="" if key == kind else key))
        for key, source in sources.items()
        if counts.get(key) or key == kind
    ]
    first = found.rows[0] if found.rows else None
    urls = {
        "all": base,
        "blockers": url(blockers="" if blockers else "1"),
        "no_project": url(project=""),
        "next": url(after=found.after) if found.after else "",
        "first": url() if after else "",
        "portfolio": reverse("portal:portfolio", kwargs={"tenant_slug": request.tenant.slug}),
        "asked_project": asked["project"],
    }
    return WorkListPage(lines, chips, found.after, kind, blockers, first if project_id else None, sum(counts.values()), urls)


def _line(request: Any, row: WorkRow, source: WorkSource, today: dt.date) -> WorkLine:
    slug = request.tenant.slug
    project = {"tenant_slug": slug, "project_id": row.project_id}
    url = source.url(row, slug) if source.url else reverse("assessments:item", kwargs={**project, "item_key": row.key})
    days = (row.due - today).days if row.due else None
    return WorkLine(
        row=row,
        source=source,
        title=source.title(row) if source.title else question_of(row),
        url=url,
        project_url=reverse("assessments:my_work", kwargs={"tenant_slug": slug}) + f"?project={row.project_id}" if row.project_id else "",
        days=days,
        group="late" if days is not None and days < 0 else "",
    )


def question_of(row: WorkRow) -> str:
    """The item's question in the version of its project."""
    version = row.version if row.version in installed_versions() else latest_version()
    item = catalogue(version).items.get(row.key)
    return formats.in_language(item.question) if item is not None else row.key
