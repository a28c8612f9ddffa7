"""Messages to people: in the portal always, by e-mail as they prefer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.tenancy import TenantModel
from portal.tenants.models import User


class Notice(TenantModel):
    """One message to one person. The text is made from ``kind`` and ``params`` in the reader's language."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True, default="")
    project_id = models.UUIDField(null=True, blank=True)
    once_key = models.CharField(max_length=160)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    emailed_at = models.DateTimeField(null=True, blank=True)
    email_wanted = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("notice")
        constraints = [models.UniqueConstraint(fields=["tenant", "user", "once_key"], name="notice_once")]
        indexes = [
            models.Index(fields=["tenant", "user", "-created_at"], name="notice_inbox_ix"),
            models.Index(fields=["tenant", "created_at"], name="notice_mail_ix", condition=models.Q(emailed_at=None, email_wanted=True)),
        ]

    def __str__(self) -> str:
        return self.kind


class NoticePreference(TenantModel):
    """What one person wants by e-mail, per kind of message."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    email = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user", "kind"], name="notice_preference_once")]

    def __str__(self) -> str:
        return self.kind
