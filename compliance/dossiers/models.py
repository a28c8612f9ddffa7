"""What an authority asks for: documents of a filing with their file versions, and the dossiers assembled from them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.checklists.models import Evidence
from compliance.dossiers.states import DocumentState
from compliance.filings.models import Filing
from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.jobs.models import Job
from portal.tenants.models import User


class FilingDocument(TenantModel):
    """One document of one filing. A row exists from the first act on it; until then the document is missing.

    ``key``: id of the document in the content's entry, or ``own-<n>`` for one that the organisation adds (with ``title``);
    ``file_number``: number of the version that counts, 0 without a file; ``reason``: why it is not needed.
    """

    filing = TenantForeignKey(Filing, on_delete=models.CASCADE, related_name="documents")
    key = models.CharField(_("document"), max_length=60)
    title = models.CharField(_("name"), max_length=200, blank=True, default="")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=DocumentState.choices, default=DocumentState.MISSING)
    reason = models.CharField(max_length=1000, blank=True, default="")
    file_number = models.PositiveIntegerField(_("version of the file"), default=0)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    note = models.CharField(max_length=1000, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("document of a filing")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "filing", "key"], name="filing_document_once"),
            models.CheckConstraint(
                condition=~models.Q(state=DocumentState.NOT_NEEDED) | ~models.Q(reason=""), name="filing_document_reason"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DocumentState.DRAFT) | models.Q(file_number__gt=0), name="filing_document_draft_file"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class DocumentFile(TenantModel):
    """One version of a document's file. Never changed, never deleted: a dossier points at it.

    ``evidence``: the proof whose bytes these are, if it was taken over; ``checks``: quantities found in a workbook against the content.
    """

    class Source(models.TextChoices):
        UPLOAD = "upload", _("uploaded")
        EVIDENCE = "evidence", _("taken over from evidence")
        FORM = "form", _("made from the form")

    filing = TenantForeignKey(Filing, on_delete=models.CASCADE, related_name="+")
    document = TenantForeignKey(FilingDocument, on_delete=models.CASCADE, related_name="files")
    number = models.PositiveIntegerField()
    source = models.CharField(_("origin"), max_length=8, choices=Source.choices)
    evidence = TenantForeignKey(Evidence, on_delete=models.RESTRICT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    file_key = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    checks = models.JSONField(_("quantities checked"), default=list)
    note = models.CharField(max_length=400, blank=True, default="")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_person_id = models.BigIntegerField()
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file of a document")
        constraints = [models.UniqueConstraint(fields=["tenant", "document", "number"], name="document_file_once")]
        indexes = [models.Index(fields=["tenant", "filing", "-added_at"], name="document_file_ix")]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Dossier(TenantModel):
    """One ordered dossier with everything it is made from, frozen at the order. Never changed; its file is a row of its own.

    ``complete``: nothing that is required was missing or expired; otherwise the cover says draft.
    """

    class Language(models.TextChoices):
        ZH = "zh", _("Chinese")
        EN = "en", _("English")
        BOTH = "both", _("Chinese and English")

    filing = TenantForeignKey(Filing, on_delete=models.CASCADE, related_name="dossiers")
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=4, choices=Language.choices)
    complete = models.BooleanField(_("complete"))
    lacking = models.PositiveIntegerField(_("documents missing"), default=0)
    content = models.JSONField(default=dict)
    content_sha256 = models.CharField(max_length=64)
    job = TenantForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("dossier")
        constraints = [models.UniqueConstraint(fields=["tenant", "filing", "number"], name="dossier_number_once")]

    def __str__(self) -> str:
        return f"{self.number}"


class DossierFile(TenantModel):
    """The assembled ZIP of a dossier: one for each, never changed. ``entries``: name, sha256 and size of what is in it."""

    filing = TenantForeignKey(Filing, on_delete=models.CASCADE, related_name="+")
    dossier = TenantForeignKey(Dossier, on_delete=models.CASCADE, related_name="files")
    file_key = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    entries = models.JSONField(_("files in it"), default=list)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file of a dossier")
        constraints = [models.UniqueConstraint(fields=["tenant", "dossier"], name="dossier_file_once")]

    def __str__(self) -> str:
        return self.sha256
