"""Legal reviews and own regimes as tables."""

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import portal.core.tenancy
from portal.core.guard import GroundSQL, GuardTable


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0013_board_indexes"),
        ("portal", "0012_own_regimes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LegalReview",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("entry", models.SlugField(max_length=60, verbose_name="filing")),
                ("catalogue_version", models.CharField(max_length=20)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("unchanged", "still right"), ("changed", "the law has changed"), ("unclear", "not clear, ask counsel")],
                        max_length=10,
                        verbose_name="outcome of the review",
                    ),
                ),
                ("note", models.CharField(max_length=1000, verbose_name="remark")),
                ("reviewed_on", models.DateField(verbose_name="reviewed on")),
                ("next_review_on", models.DateField(verbose_name="next review")),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                (
                    "reviewed_by",
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
                "verbose_name": "legal review",
                "indexes": [models.Index(fields=["tenant", "entry", "-entered_at"], name="legal_review_ix")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("next_review_on__gt", models.F("reviewed_on"))), name="legal_review_next_later"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnRegime",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("key", models.SlugField(max_length=40, verbose_name="name of the file")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("content", models.TextField(blank=True, default="", verbose_name="content")),
                ("sha256", models.CharField(max_length=64)),
                ("entries", models.JSONField(default=list, verbose_name="filings")),
                ("retired", models.BooleanField(default=False, verbose_name="taken out of use")),
                ("note", models.CharField(blank=True, default="", max_length=500, verbose_name="remark")),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                (
                    "entered_by",
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
                "verbose_name": "own regime",
                "constraints": [models.UniqueConstraint(fields=("tenant", "key", "number"), name="own_regime_version_once")],
            },
        ),
        GuardTable("legalreview", quiet=("version",)),
        GuardTable("ownregime", quiet=("version",)),
        GroundSQL("revoke update, delete on public.compliance_legalreview from {app};"),
        GroundSQL("revoke update, delete on public.compliance_ownregime from {app};"),
    ]
