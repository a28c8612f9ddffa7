"""Counts of the organisation: the part of each project."""

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import portal.core.tenancy
from portal.core.guard import GuardTable


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0012_own_regimes"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountPart",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("fact_key", models.SlugField(max_length=60)),
                ("year", models.PositiveSmallIntegerField(default=0, verbose_name="year")),
                ("value", models.BigIntegerField(blank=True, null=True, verbose_name="people")),
                ("source", models.CharField(blank=True, default="", max_length=300, verbose_name="source")),
                ("version", models.PositiveIntegerField(default=1)),
                ("answered_at", models.DateTimeField()),
                (
                    "answered_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
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
                "verbose_name": "part of a count",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "project", "fact_key", "year"), name="count_part_once", nulls_distinct=False),
                    models.CheckConstraint(
                        condition=models.Q(("project", None), ("value", None), ("value__gte", 0), _connector="OR"), name="count_part_people"
                    ),
                ],
            },
        ),
        GuardTable("countpart", quiet=("version",)),
    ]
