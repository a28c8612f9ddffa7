"""Rounds of questions, checks of the display and proposals as tables; a number is one however it is written."""

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import compliance.filings.numbers
import portal.core.tenancy
from portal.core.guard import GroundSQL, GuardTable


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0011_dossiers"),
        ("portal", "0011_without_administrator"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuthorityQuestion",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(verbose_name="position")),
                ("text", models.TextField(verbose_name="question")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("unsorted", "not sorted yet"),
                            ("document_missing", "a document is missing"),
                            ("document_form", "form, seal or signature"),
                            ("inconsistent", "statements do not agree"),
                            ("corpus", "training data and its sources"),
                            ("safety_test", "safety test or question bank"),
                            ("keywords", "keyword list"),
                            ("mechanism", "how the algorithm or model works"),
                            ("personal_data", "personal information"),
                            ("labeling", "labels of generated content"),
                            ("rights", "users’ rights and complaints"),
                            ("security", "security measures"),
                            ("subject", "the applicant’s own particulars"),
                            ("other", "something else"),
                        ],
                        default="unsorted",
                        max_length=20,
                        verbose_name="reason for return",
                    ),
                ),
                ("answer", models.TextField(blank=True, default="", verbose_name="answer")),
                ("documents", models.JSONField(blank=True, default=list, verbose_name="documents changed")),
                ("state", models.CharField(choices=[("open", "to answer"), ("answered", "answered")], default="open", max_length=8)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "question of an authority",
            },
        ),
        migrations.CreateModel(
            name="AuthorityRound",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(verbose_name="number of the round")),
                ("letter_on", models.DateField(verbose_name="date of the letter")),
                ("received_on", models.DateField(verbose_name="letter received on")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="reply due")),
                ("reference", models.CharField(blank=True, default="", max_length=200, verbose_name="reference of the letter")),
                ("note", models.CharField(blank=True, default="", max_length=2000, verbose_name="remark")),
                ("file_name", models.CharField(blank=True, default="", max_length=200, verbose_name="file")),
                ("file_key", models.CharField(blank=True, default="", max_length=300)),
                ("file_size", models.PositiveBigIntegerField(default=0, verbose_name="size of the file")),
                ("file_type", models.CharField(blank=True, default="", max_length=100, verbose_name="type of the file")),
                ("file_sha256", models.CharField(blank=True, default="", max_length=64, verbose_name="SHA-256 of the file")),
                ("reply_on", models.DateField(blank=True, null=True, verbose_name="reply sent on")),
                ("reply_receipt", models.CharField(blank=True, default="", max_length=200, verbose_name="receipt of the reply")),
                ("reply_reason", models.CharField(blank=True, default="", max_length=1000, verbose_name="why it went out unfinished")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "being answered"), ("answered", "replied"), ("closed", "closed")], default="open", max_length=8
                    ),
                ),
                ("opened_at", models.DateTimeField(auto_now_add=True, verbose_name="opened on")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed on")),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "round of questions",
            },
        ),
        migrations.CreateModel(
            name="DisplayCheck",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("product_page", "page or start page of the product"),
                            ("app", "inside the app"),
                            ("app_store", "page in the app store"),
                            ("footer", "footer of the website"),
                            ("terms", "terms of use or notice"),
                            ("other", "another place"),
                        ],
                        max_length=14,
                        verbose_name="place of display",
                    ),
                ),
                ("number", models.CharField(max_length=120, verbose_name="number")),
                ("url", models.CharField(blank=True, default="", max_length=1000, verbose_name="link")),
                ("file_name", models.CharField(blank=True, default="", max_length=200, verbose_name="file")),
                ("file_key", models.CharField(blank=True, default="", max_length=300)),
                ("file_size", models.PositiveBigIntegerField(default=0, verbose_name="size of the file")),
                ("file_type", models.CharField(blank=True, default="", max_length=100, verbose_name="type of the file")),
                ("file_sha256", models.CharField(blank=True, default="", max_length=64, verbose_name="SHA-256 of the file")),
                ("ok", models.BooleanField(verbose_name="shown as the law wants")),
                ("note", models.CharField(blank=True, default="", max_length=1000, verbose_name="remark")),
                ("checked_on", models.DateField(verbose_name="checked on")),
                ("next_check_on", models.DateField(verbose_name="next check")),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "check of the display",
            },
        ),
        migrations.CreateModel(
            name="FilingProposal",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("change", "file the change"), ("renew", "renew"), ("cancel", "cancel")],
                        max_length=6,
                        verbose_name="what is proposed",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("facts", "facts of the filing changed"),
                            ("validity", "its validity ends"),
                            ("project_ended", "the project ended"),
                        ],
                        max_length=14,
                        verbose_name="cause",
                    ),
                ),
                ("about", models.CharField(blank=True, default="", max_length=60, verbose_name="occasion")),
                ("detail", models.JSONField(default=dict, verbose_name="particulars")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("accepted", "taken up"), ("dismissed", "dismissed")], default="open", max_length=9
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
                ("proposed_at", models.DateTimeField(auto_now_add=True, verbose_name="proposed on")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled on")),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "proposal for a filing",
            },
        ),
        migrations.RemoveConstraint(
            model_name="filing",
            name="filing_number_once",
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.UniqueConstraint(
                models.F("tenant"),
                compliance.filings.numbers.NumberKey("number"),
                condition=models.Q(("number", ""), _negated=True),
                name="filing_number_alike",
            ),
        ),
        migrations.AddField(
            model_name="authorityquestion",
            name="answered_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="authorityquestion",
            name="assignee",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="answered by",
            ),
        ),
        migrations.AddField(
            model_name="authorityquestion",
            name="filing",
            field=portal.core.tenancy.TenantForeignKey(
                db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="compliance.filing"
            ),
        ),
        migrations.AddField(
            model_name="authorityquestion",
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
            model_name="authorityround",
            name="filing",
            field=portal.core.tenancy.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rounds",
                to="compliance.filing",
            ),
        ),
        migrations.AddField(
            model_name="authorityround",
            name="opened_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="opened by"
            ),
        ),
        migrations.AddField(
            model_name="authorityround",
            name="replied_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reply sent by",
            ),
        ),
        migrations.AddField(
            model_name="authorityround",
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
            model_name="authorityquestion",
            name="round",
            field=portal.core.tenancy.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="questions",
                to="compliance.authorityround",
            ),
        ),
        migrations.AddField(
            model_name="displaycheck",
            name="checked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="checked by"
            ),
        ),
        migrations.AddField(
            model_name="displaycheck",
            name="filing",
            field=portal.core.tenancy.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="display_checks",
                to="compliance.filing",
            ),
        ),
        migrations.AddField(
            model_name="displaycheck",
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
            model_name="filingproposal",
            name="filing",
            field=portal.core.tenancy.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="proposals",
                to="compliance.filing",
            ),
        ),
        migrations.AddField(
            model_name="filingproposal",
            name="proposed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="whose change it was",
            ),
        ),
        migrations.AddField(
            model_name="filingproposal",
            name="settled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="settled by",
            ),
        ),
        migrations.AddField(
            model_name="filingproposal",
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
        migrations.AddIndex(
            model_name="authorityround",
            index=models.Index(fields=["tenant", "-received_on", "-id"], name="authority_round_ix"),
        ),
        migrations.AddConstraint(
            model_name="authorityround",
            constraint=models.UniqueConstraint(fields=("tenant", "filing", "number"), name="authority_round_once"),
        ),
        migrations.AddConstraint(
            model_name="authorityround",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("tenant", "filing"), name="authority_round_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorityround",
            constraint=models.CheckConstraint(
                condition=models.Q(("received_on__gte", models.F("letter_on"))), name="authority_round_received"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorityround",
            constraint=models.CheckConstraint(
                condition=models.Q(("reply_on", None), ("reply_on__gte", models.F("received_on")), _connector="OR"),
                name="authority_round_reply",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorityround",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "open"), ("reply_on__isnull", False), _connector="OR"), name="authority_round_replied"
            ),
        ),
        migrations.AddIndex(
            model_name="authorityquestion",
            index=models.Index(
                condition=models.Q(("assignee__isnull", False), ("state", "open")),
                fields=["tenant", "assignee"],
                name="authority_question_mine_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="authorityquestion",
            index=models.Index(fields=["tenant", "filing"], name="authority_question_filing_ix"),
        ),
        migrations.AddConstraint(
            model_name="authorityquestion",
            constraint=models.UniqueConstraint(fields=("tenant", "round", "position"), name="authority_question_once"),
        ),
        migrations.AddConstraint(
            model_name="authorityquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "open"), models.Q(("answer", ""), _negated=True), _connector="OR"),
                name="authority_question_answered",
            ),
        ),
        migrations.AddIndex(
            model_name="displaycheck",
            index=models.Index(fields=["tenant", "filing", "place", "-checked_on", "-id"], name="display_check_ix"),
        ),
        migrations.AddConstraint(
            model_name="displaycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("url", ""), _negated=True), models.Q(("file_key", ""), _negated=True), ("ok", False), _connector="OR"
                ),
                name="display_check_proof",
            ),
        ),
        migrations.AddConstraint(
            model_name="displaycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("ok", True), models.Q(("note", ""), _negated=True), _connector="OR"), name="display_check_note"
            ),
        ),
        migrations.AddConstraint(
            model_name="displaycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_check_on__gte", models.F("checked_on"))), name="display_check_next"
            ),
        ),
        migrations.AddIndex(
            model_name="filingproposal",
            index=models.Index(fields=["tenant", "filing", "-proposed_at"], name="filing_proposal_ix"),
        ),
        migrations.AddConstraint(
            model_name="filingproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("tenant", "filing", "kind"), name="filing_proposal_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="filingproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("about", ""), _negated=True), fields=("tenant", "filing", "kind", "about"), name="filing_proposal_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="filingproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dismissed"), _negated=True), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="filing_proposal_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="filingproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "open"), ("settled_at__isnull", False), _connector="OR"), name="filing_proposal_settled"
            ),
        ),
        GuardTable("authorityround", quiet=("version",)),
        GuardTable("authorityquestion", quiet=("version",)),
        GuardTable("displaycheck", quiet=("version",)),
        GuardTable("filingproposal", quiet=("version",)),
        GroundSQL("revoke update, delete on public.compliance_displaycheck from {app};"),
    ]
