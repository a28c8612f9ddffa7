"""Groups of states for the board; addresses by which calendars read a person's dates."""

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import portal.core.tenancy
from portal.core.guard import GuardTable


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0008_own_time_limits"),
        ("portal", "0011_without_administrator"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("mine", "filings that I carry through"),
                            ("all", "all filings that I may see"),
                            ("project", "one project"),
                        ],
                        default="mine",
                        max_length=8,
                        verbose_name="which dates",
                    ),
                ),
                ("alarm_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="reminder")),
                ("token_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("renewed_at", models.DateTimeField(blank=True, null=True)),
                ("last_read_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "calendar address",
            },
        ),
        migrations.AddField(
            model_name="filing",
            name="group_sort",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(models.Q(("decision", "none"), ("result", "not_applicable")), then=models.Value(0)),
                    models.When(state__in=("not_assessed",), then=models.Value(1)),
                    models.When(state__in=("scheduled", "to_prepare"), then=models.Value(2)),
                    models.When(state__in=("in_progress", "internal_review", "preparing", "ready"), then=models.Value(3)),
                    models.When(
                        state__in=("accepted", "change_submitted", "resubmitted", "submitted", "under_review"), then=models.Value(4)
                    ),
                    models.When(state__in=("supplement_requested",), then=models.Value(5)),
                    models.When(state__in=("approved", "done", "published", "renewed", "reported"), then=models.Value(6)),
                    models.When(state__in=("cancel_due", "change_due", "renewal_due"), then=models.Value(7)),
                    models.When(state__in=("expired", "rejected", "revoked"), then=models.Value(8)),
                    default=models.Value(0),
                ),
                output_field=models.PositiveSmallIntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="filing",
            index=models.Index(fields=["tenant", "group_sort", "due_sort", "id"], name="filing_group_ix"),
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="project",
            field=portal.core.tenancy.TenantForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="portal.project",
                verbose_name="project",
            ),
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="tenant",
            field=models.ForeignKey(
                db_index=False,
                default=portal.core.tenancy.current_tenant_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.tenant",
            ),
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="user",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name="calendarfeed",
            index=models.Index(condition=models.Q(("revoked_at", None)), fields=["tenant", "user"], name="calendar_feed_user_ix"),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(fields=("tenant", "token_hash"), name="calendar_feed_secret"),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("project__isnull", False), ("scope", "project")),
                    models.Q(models.Q(("scope", "project"), _negated=True), ("project", None)),
                    _connector="OR",
                ),
                name="calendar_feed_project",
            ),
        ),
        GuardTable("calendarfeed", events=""),
    ]
