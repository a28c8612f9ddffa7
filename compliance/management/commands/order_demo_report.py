"""Order one real sign-off report through Celery and say where it is."""

from __future__ import annotations

import time
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import translation

from assessments.gates.models import GateRound
from assessments.gates.states import POSITIVE
from compliance.reports.actions import order_report
from compliance.reports.models import Report
from portal.core.mail import absolute
from portal.core.tenancy import tenant_context
from portal.jobs.states import JobState
from portal.tenants.entry import acting_as
from portal.tenants.models import Tenant


class Command(BaseCommand):
    """Orders the report of the latest decision of the demo organisation (or the one named) and, with --wait, waits for the file."""

    help = "Order one sign-off report through Celery; with --wait, wait until a worker has made it and print where it is."

    def add_arguments(self, parser: CommandParser) -> None:
        """Organisation, project, language, patience."""
        parser.add_argument("--tenant", default="", help="slug of the organisation (default: the first one made that has a decision)")
        parser.add_argument("--project", default="", help="code of the project (default: the one decided last, in the latest gate)")
        parser.add_argument("--language", choices=list(Report.Language.values), default="zh")
        parser.add_argument("--wait", action="store_true", help="wait until the report is made")
        parser.add_argument("--timeout", type=int, default=180, help="seconds to wait (default 180)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Order, perhaps wait, print. A report that cannot be made is an error with its sentence."""
        tenant, round_id = self._decision(options["tenant"], options["project"])
        with tenant_context(tenant.pk):
            found = GateRound.objects.select_related("opened_by", "project", "revision").defer("revision__content").get(pk=round_id)
        with translation.override(tenant.language), acting_as(tenant, found.opened_by) as actor:
            report, new = order_report(found.project, found, language=options["language"], by=actor)
        self.stdout.write(f"{'Ordered' if new else 'Already being made'}: {report.number}, edition {report.edition} ({tenant.slug})")
        if not options["wait"]:
            return
        made = self._wait(tenant, report, options["timeout"])
        keys = {"tenant_slug": tenant.slug, "project_id": made.project_id, "report_id": made.pk}
        self.stdout.write(f"Made: {made.pages} pages, {made.size:,} bytes, content hash {made.content_sha256}")
        try:
            self.stdout.write(f"File: {default_storage.path(made.file_key)}")
        except NotImplementedError:
            self.stdout.write(f"File: {made.file_key} in the configured storage")
        self.stdout.write(f"Page: {absolute(reverse('compliance:report', kwargs=keys))}")

    def _decision(self, slug: str, code: str) -> tuple[Tenant, Any]:
        tenants = Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("pk")
        for tenant in tenants.filter(slug=slug) if slug else tenants:
            with tenant_context(tenant.pk):
                rounds = GateRound.objects.filter(state__in=POSITIVE)
                if code:
                    rounds = rounds.filter(project__code=code)
                chosen = rounds.order_by("stale_since", "-gate", "-decided_at").values_list("pk", "stale_since")
                fresh = next((pk for pk, stale in chosen if stale is None), None) or next((pk for pk, _stale in chosen), None)
            if fresh is not None:
                return tenant, fresh
        raise CommandError("No gate has been decided yet, so there is nothing to report. Load the demo first (manage.py load_demo).")

    def _wait(self, tenant: Tenant, report: Report, seconds: int) -> Report:
        end, told = time.monotonic() + seconds, ""
        while time.monotonic() < end:
            with tenant_context(tenant.pk):
                row = Report.objects.select_related("job").get(pk=report.pk)
            job = row.job
            if job is None or job.state in (JobState.FAILED, JobState.CANCELLED):
                raise CommandError(f"The report was not made: {row.failure or (job.failure if job else '') or 'cancelled'}")
            if job.state == JobState.DONE:
                return row
            now = f"{job.progress:3d} % {job.stage}" if job.stage else "waiting for a worker"
            if now != told:
                # Progress is not the answer: bin/up keeps what goes to standard output.
                self.stderr.write(f"  {now}")
                told = now
            time.sleep(0.3)
        raise CommandError(f"The report was not made within {seconds} seconds. Is a worker of the reports queue running?")
