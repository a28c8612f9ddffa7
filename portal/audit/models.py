"""The append-only trail. The table is partitioned by month and written by the database alone (see the migration)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.tenancy import TenantManager


class AuditEvent(models.Model):
    """One thing that happened: a row that changed (written by the trigger) or an act somebody did (written by ``record_act``)."""

    class Kind(models.TextChoices):
        ROW = "row", _("changed row")
        ACT = "act", _("act")

    pk = models.CompositePrimaryKey("tenant_id", "at", "id")
    id = models.UUIDField()
    tenant_id = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=3, choices=Kind.choices)
    verb = models.CharField(max_length=80)
    table_name = models.CharField(max_length=80)
    row_id = models.CharField(max_length=40)
    project_id = models.UUIDField(null=True)
    user_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=64)
    changes = models.JSONField(default=dict)
    txid = models.BigIntegerField()

    objects = TenantManager()

    class Meta:
        managed = False
        db_table = "portal_auditevent"

    def __str__(self) -> str:
        return f"{self.verb} {self.table_name} {self.row_id}"
