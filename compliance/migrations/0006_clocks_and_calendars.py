"""Time limits of filings, and the organisation's own years of a calendar. A limit that runs counts in the date to keep."""

import datetime

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce, Least

import portal.core.tenancy
from portal.core.guard import GuardTable

NO_DATE = Value(datetime.date(9999, 12, 31))
RUNNING = Coalesce("clock_on", NO_DATE)
SETTLED = ("approved", "change_submitted", "done", "published", "renewed", "reported")
OWED = ("cancel_due", "change_due", "renewal_due")


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0005_one_next_date"),
        ("portal", "0011_without_administrator"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="filing",
            name="clock_on",
            field=models.DateField(blank=True, null=True, verbose_name="next time limit"),
        ),
        # A generated column with another rule is made anew, with its index.
        migrations.RemoveIndex("filing", "filing_due_ix"),
        migrations.RemoveField("filing", "due_sort"),
        migrations.AddField(
            "filing",
            "due_sort",
            models.GeneratedField(
                expression=Case(
                    When(Q(state__in=("cancelled", "not_applicable")) | Q(result="not_applicable", decision="none"), then=NO_DATE),
                    When(state__in=SETTLED, then=Least(RUNNING, Coalesce("renewal_on", "valid_until", NO_DATE))),
                    When(state__in=OWED, then=Least(RUNNING, Coalesce("due_on", "renewal_on", "valid_until", NO_DATE))),
                    default=Least(RUNNING, Coalesce("due_on", NO_DATE)),
                ),
                output_field=models.DateField(),
                db_persist=True,
                editable=False,
            ),
        ),
        migrations.AddIndex("filing", models.Index(fields=["tenant", "due_sort", "id"], name="filing_due_ix")),
        migrations.CreateModel(
            name="FilingClock",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=120)),
                ("event", models.CharField(max_length=60)),
                ("action", models.CharField(max_length=60)),
                (
                    "basis",
                    models.CharField(
                        choices=[("statutory", "by law"), ("practice", "usual practice"), ("internal", "own rule")], max_length=10
                    ),
                ),
                ("direction", models.CharField(max_length=6)),
                ("n", models.PositiveIntegerField(blank=True, null=True)),
                ("unit", models.CharField(blank=True, default="", max_length=16, verbose_name="unit of the limit")),
                ("calendar", models.CharField(default="CN", max_length=20)),
                ("roll", models.BooleanField(default=False)),
                ("catalogue_version", models.CharField(max_length=20)),
                ("event_on", models.DateField()),
                ("event_at", models.DateTimeField(blank=True, null=True)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("provisional", models.BooleanField(default=False)),
                ("counted", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "running"), ("paused", "paused"), ("met", "met"), ("waived", "waived"), ("void", "void")],
                        default="running",
                        max_length=8,
                    ),
                ),
                ("paused_on", models.DateField(blank=True, null=True)),
                ("paused_days", models.PositiveIntegerField(default=0)),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "filing",
                    portal.core.tenancy.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clocks",
                        to="compliance.filing",
                    ),
                ),
                (
                    "project",
                    portal.core.tenancy.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="portal.project",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        default=portal.core.tenancy.current_tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "time limit",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("paused", "running"))), fields=["tenant", "due_on", "id"], name="clock_due_ix"
                    ),
                    models.Index(fields=["tenant", "filing"], name="clock_filing_ix"),
                    models.Index(fields=["tenant", "project", "due_on"], name="clock_project_ix"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "void"), _negated=True),
                        fields=("tenant", "filing", "key", "event_on"),
                        name="clock_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("paused", "running")), ("ended_on__isnull", False), _connector="OR"),
                        name="clock_ended_on",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HolidayYear",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("calendar", models.CharField(max_length=20, verbose_name="calendar")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("holidays", models.JSONField(default=list, verbose_name="days off")),
                ("makeup_days", models.JSONField(default=list, verbose_name="make-up working days")),
                ("official", models.BooleanField(default=False, verbose_name="rests on an official notice")),
                ("source_title", models.CharField(blank=True, default="", max_length=300, verbose_name="official notice")),
                ("source_url", models.URLField(blank=True, default="", max_length=500, verbose_name="address of the notice")),
                ("entered_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        default=portal.core.tenancy.current_tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "year of a calendar",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "calendar", "year"), name="holiday_year_once"),
                    models.CheckConstraint(
                        condition=models.Q(("official", False), models.Q(("source_title", ""), _negated=True), _connector="OR"),
                        name="holiday_year_source",
                    ),
                    models.CheckConstraint(condition=models.Q(("year__gte", 2000), ("year__lte", 2100)), name="holiday_year_range"),
                ],
            },
        ),
        GuardTable("filing", quiet=("version", "evaluated_at")),
        GuardTable("filingclock", quiet=("version",)),
        GuardTable("holidayyear", quiet=("version",)),
    ]
