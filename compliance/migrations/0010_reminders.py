"""Ground of reminders and webhooks as tables."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import portal.core.tenancy
from portal.core.guard import GuardTable


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0009_calendars_of_people"),
        ("portal", "0011_without_administrator"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookTarget",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wecom", "WeCom"),
                            ("dingtalk", "DingTalk"),
                            ("feishu", "Feishu"),
                            ("slack", "Slack"),
                            ("teams", "Microsoft Teams"),
                            ("json", "a program of your own (JSON)"),
                        ],
                        max_length=8,
                        verbose_name="service",
                    ),
                ),
                ("address", models.CharField(max_length=1000, verbose_name="address")),
                ("hint", models.CharField(max_length=120, verbose_name="address (shortened)")),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hans", "简体中文"), ("en", "English")], default="zh-hans", max_length=10, verbose_name="language"
                    ),
                ),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None, verbose_name="what is told"
                    ),
                ),
                (
                    "regimes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name="only these filings"
                    ),
                ),
                (
                    "projects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None, verbose_name="only these projects"
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="in use")),
                ("paused_at", models.DateTimeField(blank=True, null=True, verbose_name="paused after faults on")),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("last_success_at", models.DateTimeField(blank=True, null=True)),
                ("last_failure_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.CharField(blank=True, default="", max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "created_by",
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
                "verbose_name": "webhook",
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("event_key", models.CharField(max_length=160)),
                ("event", models.CharField(max_length=20)),
                ("project_id", models.UUIDField(blank=True, null=True)),
                ("url", models.CharField(blank=True, default="", max_length=300)),
                ("params", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("sent", "sent"), ("failed", "not delivered"), ("dropped", "dropped")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("error", models.CharField(blank=True, default="", max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
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
                    "target",
                    portal.core.tenancy.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="compliance.webhooktarget",
                    ),
                ),
            ],
            options={
                "verbose_name": "message to a webhook",
            },
        ),
        migrations.CreateModel(
            name="DigestSent",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("entries", models.PositiveIntegerField(default=0)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
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
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("tenant", "user", "day"), name="digest_once")],
            },
        ),
        migrations.CreateModel(
            name="ReminderPreference",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("now", "each at once, by e-mail as well"),
                            ("digest", "once a day in one e-mail"),
                            ("portal", "in the portal only; limits set by law stay in the daily e-mail"),
                        ],
                        default="now",
                        max_length=6,
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
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("tenant", "user"), name="reminder_preference_once")],
            },
        ),
        migrations.CreateModel(
            name="ReminderRule",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "scope",
                    models.CharField(
                        choices=[("all", "all filings"), ("basis", "limits of one kind"), ("regime", "one filing")],
                        max_length=6,
                        verbose_name="valid for",
                    ),
                ),
                ("value", models.SlugField(blank=True, default="", max_length=60, verbose_name="of which kind")),
                ("active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "before",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=list, size=None, verbose_name="working days before"
                    ),
                ),
                (
                    "overdue",
                    models.CharField(
                        choices=[("never", "not at all"), ("daily", "every working day"), ("weekly", "once a week")],
                        default="daily",
                        max_length=6,
                        verbose_name="when late",
                    ),
                ),
                ("to_backup", models.BooleanField(default=False, verbose_name="deputies from the beginning")),
                ("to_officer", models.BooleanField(default=False, verbose_name="compliance officer from the beginning")),
                (
                    "backup_after",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="working days without progress until the deputies are told"
                    ),
                ),
                (
                    "officer_after",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="working days late until the compliance officer is told"
                    ),
                ),
                (
                    "sponsor_after",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="working days late until the executive sponsor is told"
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "changed_by",
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
                "verbose_name": "rule of reminders",
                "constraints": [models.UniqueConstraint(fields=("tenant", "scope", "value"), name="reminder_rule_once")],
            },
        ),
        migrations.CreateModel(
            name="ReminderSent",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("due_on", models.DateField()),
                ("step", models.SmallIntegerField()),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("mail", "in the portal and by e-mail"),
                            ("digest", "in the portal and in the daily mail"),
                            ("portal", "in the portal"),
                        ],
                        max_length=6,
                    ),
                ),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
                (
                    "clock",
                    portal.core.tenancy.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="compliance.filingclock",
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
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "reminder",
                "indexes": [models.Index(fields=["tenant", "user", "filing"], name="reminder_user_ix")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "filing", "clock", "due_on", "step", "user"), name="reminder_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="webhooktarget",
            constraint=models.UniqueConstraint(fields=("tenant", "name"), name="webhook_name_once"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["tenant", "next_at"], name="webhook_waiting_ix"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["tenant", "target", "-created_at"], name="webhook_recent_ix"),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(fields=("tenant", "target", "event_key"), name="webhook_delivery_once"),
        ),
        GuardTable("reminderrule", quiet=("version",)),
        GuardTable("remindersent", events=""),
        GuardTable("reminderpreference", events=""),
        GuardTable("digestsent", events=""),
        GuardTable("webhooktarget", quiet=("version", "address", "failures", "last_success_at", "last_failure_at", "last_error")),
        GuardTable("webhookdelivery", events=""),
    ]
