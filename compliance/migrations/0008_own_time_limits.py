"""Own time limits of an organisation as a table."""

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import portal.core.tenancy
from portal.core.guard import GuardTable


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0007_registers"),
        ("portal", "0011_without_administrator"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClockRule",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=120, verbose_name="name of the rule")),
                ("regime", models.SlugField(blank=True, default="", max_length=60, verbose_name="filing")),
                ("event", models.CharField(max_length=60, verbose_name="event")),
                ("action", models.CharField(max_length=60, verbose_name="what has to be done")),
                (
                    "direction",
                    models.CharField(choices=[("before", "before"), ("after", "after")], max_length=6, verbose_name="before or after"),
                ),
                ("n", models.PositiveSmallIntegerField(verbose_name="number of units")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("working_day", "working days"),
                            ("calendar_day", "calendar days"),
                            ("week", "weeks"),
                            ("month", "months"),
                        ],
                        max_length=16,
                        verbose_name="unit of the limit",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="in use")),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
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
                "verbose_name": "own time limit",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "regime", "event", "action", "direction"), name="clock_rule_once"),
                    models.CheckConstraint(condition=models.Q(("n__gte", 0), ("n__lte", 1000)), name="clock_rule_n"),
                ],
            },
        ),
        GuardTable("clockrule", quiet=("version",)),
    ]
