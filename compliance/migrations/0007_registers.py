"""Register of filings over the portfolio: PDF and Excel from one frozen content, made by a job."""

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import portal.core.tenancy
from portal.core.guard import GuardTable


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0006_clocks_and_calendars"),
        ("portal", "0011_without_administrator"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FilingRegister",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "language",
                    models.CharField(choices=[("zh", "Chinese"), ("en", "English"), ("both", "Chinese and English")], max_length=4),
                ),
                ("filters", models.CharField(blank=True, default="", max_length=1000)),
                ("state", models.CharField(choices=[("ordered", "being made"), ("ready", "ready")], default="ordered", max_length=8)),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="filings")),
                ("pages", models.PositiveIntegerField(default=0)),
                ("content_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("pdf_key", models.CharField(blank=True, default="", max_length=300)),
                ("pdf_sha256", models.CharField(blank=True, default="", max_length=64, verbose_name="fingerprint of the PDF")),
                ("pdf_size", models.PositiveBigIntegerField(default=0)),
                ("sheet_key", models.CharField(blank=True, default="", max_length=300)),
                ("sheet_sha256", models.CharField(blank=True, default="", max_length=64, verbose_name="fingerprint of the Excel file")),
                ("sheet_size", models.PositiveBigIntegerField(default=0)),
                ("ordered_at", models.DateTimeField(auto_now_add=True)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                (
                    "job",
                    portal.core.tenancy.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.job",
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
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
                "verbose_name": "register of filings",
                "indexes": [models.Index(fields=["tenant", "ordered_by", "-number"], name="register_mine_ix")],
                "constraints": [models.UniqueConstraint(fields=("tenant", "number"), name="register_number_once")],
            },
        ),
        GuardTable("filingregister", quiet=("version",)),
    ]
