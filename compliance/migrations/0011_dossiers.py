"""Documents of filings, their file versions and dossiers as tables."""

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import portal.core.tenancy
from portal.core.guard import GroundSQL, GuardTable


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0006_condition_changes"),
        ("compliance", "0010_reminders"),
        ("portal", "0011_without_administrator"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dossier",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "language",
                    models.CharField(choices=[("zh", "Chinese"), ("en", "English"), ("both", "Chinese and English")], max_length=4),
                ),
                ("complete", models.BooleanField(verbose_name="complete")),
                ("lacking", models.PositiveIntegerField(default=0, verbose_name="documents missing")),
                ("content", models.JSONField(default=dict)),
                ("content_sha256", models.CharField(max_length=64)),
                ("ordered_at", models.DateTimeField(auto_now_add=True)),
                (
                    "filing",
                    portal.core.tenancy.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dossiers",
                        to="compliance.filing",
                    ),
                ),
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
                "verbose_name": "dossier",
            },
        ),
        migrations.CreateModel(
            name="DossierFile",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("file_key", models.CharField(max_length=300)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("entries", models.JSONField(default=list, verbose_name="files in it")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "dossier",
                    portal.core.tenancy.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="compliance.dossier",
                    ),
                ),
                (
                    "filing",
                    portal.core.tenancy.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="compliance.filing",
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
                "verbose_name": "file of a dossier",
            },
        ),
        migrations.CreateModel(
            name="FilingDocument",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=60, verbose_name="document")),
                ("title", models.CharField(blank=True, default="", max_length=200, verbose_name="name")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("missing", "missing"),
                            ("draft", "draft"),
                            ("ready", "ready"),
                            ("approved", "approved"),
                            ("not_needed", "not needed"),
                        ],
                        default="missing",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
                ("file_number", models.PositiveIntegerField(default=0, verbose_name="version of the file")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("note", models.CharField(blank=True, default="", max_length=1000)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "filing",
                    portal.core.tenancy.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="compliance.filing",
                    ),
                ),
                (
                    "owner",
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
                "verbose_name": "document of a filing",
            },
        ),
        migrations.CreateModel(
            name="DocumentFile",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "source",
                    models.CharField(
                        choices=[("upload", "uploaded"), ("evidence", "taken over from evidence"), ("form", "made from the form")],
                        max_length=8,
                        verbose_name="origin",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("file_key", models.CharField(max_length=300)),
                ("size", models.PositiveBigIntegerField()),
                ("content_type", models.CharField(max_length=100)),
                ("sha256", models.CharField(max_length=64)),
                ("checks", models.JSONField(default=list, verbose_name="quantities checked")),
                ("note", models.CharField(blank=True, default="", max_length=400)),
                ("added_person_id", models.BigIntegerField()),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                ("added_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "evidence",
                    portal.core.tenancy.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="assessments.evidence",
                    ),
                ),
                (
                    "filing",
                    portal.core.tenancy.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="compliance.filing",
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
                (
                    "document",
                    portal.core.tenancy.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="compliance.filingdocument",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of a document",
            },
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.UniqueConstraint(fields=("tenant", "filing", "number"), name="dossier_number_once"),
        ),
        migrations.AddConstraint(
            model_name="dossierfile",
            constraint=models.UniqueConstraint(fields=("tenant", "dossier"), name="dossier_file_once"),
        ),
        migrations.AddConstraint(
            model_name="filingdocument",
            constraint=models.UniqueConstraint(fields=("tenant", "filing", "key"), name="filing_document_once"),
        ),
        migrations.AddConstraint(
            model_name="filingdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "not_needed"), _negated=True), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="filing_document_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="filingdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "draft"), _negated=True), ("file_number__gt", 0), _connector="OR"),
                name="filing_document_draft_file",
            ),
        ),
        migrations.AddIndex(
            model_name="documentfile",
            index=models.Index(fields=["tenant", "filing", "-added_at"], name="document_file_ix"),
        ),
        migrations.AddConstraint(
            model_name="documentfile",
            constraint=models.UniqueConstraint(fields=("tenant", "document", "number"), name="document_file_once"),
        ),
        GuardTable("filingdocument", quiet=("version",)),
        GuardTable("documentfile", quiet=("version",)),
        GuardTable("dossier", quiet=("version",)),
        GuardTable("dossierfile", quiet=("version",)),
        GroundSQL("revoke update, delete on public.compliance_documentfile from {app};"),
        GroundSQL("revoke update, delete on public.compliance_dossier from {app};"),
        GroundSQL("revoke update, delete on public.compliance_dossierfile from {app};"),
    ]
