"""Which versions of the content are installed. Rows never change once a version is published."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CatalogueVersion(models.Model):
    """One installed version of the content bundle; its hash must match the files, or the start is refused."""

    version = models.CharField(max_length=20, primary_key=True)
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("catalogue version")

    def __str__(self) -> str:
        return self.version
