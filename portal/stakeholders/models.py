"""People and bodies around a project and what they are responsible for."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.projects.models import Project
from portal.tenants.models import User


class Contact(TenantModel):
    """A person or body outside the organisation: supplier, authority, customer, works council …"""

    name = models.CharField(_("name"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=160, blank=True, default="")
    position = models.CharField(_("position"), max_length=120, blank=True, default="")
    email = models.EmailField(_("e-mail address"), blank=True, default="")
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("contact")
        indexes = [models.Index(fields=["tenant", "name", "id"], name="contact_name_ix")]

    def __str__(self) -> str:
        return self.name


class Stakeholder(TenantModel):
    """An account or a contact with a part in one project."""

    project = TenantForeignKey(Project, on_delete=models.CASCADE, related_name="stakeholders")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contact = TenantForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    part = models.CharField(_("part in the project"), max_length=120)
    influence = models.PositiveSmallIntegerField(_("influence"), default=3, validators=[MinValueValidator(1), MaxValueValidator(5)])
    interest = models.PositiveSmallIntegerField(_("interest"), default=3, validators=[MinValueValidator(1), MaxValueValidator(5)])
    note = models.TextField(_("note"), blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("stakeholder")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user=None, contact__isnull=False) | models.Q(user__isnull=False, contact=None),
                name="stakeholder_inside_or_outside",
            ),
            models.UniqueConstraint(
                fields=["tenant", "project", "user"], name="stakeholder_user_once", condition=models.Q(user__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["tenant", "project", "contact"], name="stakeholder_contact_once", condition=models.Q(contact__isnull=False)
            ),
            models.CheckConstraint(condition=models.Q(influence__range=(1, 5), interest__range=(1, 5)), name="stakeholder_scale"),
        ]

    def __str__(self) -> str:
        return self.part


class Responsibility(TenantModel):
    """What a stakeholder is for one dimension: responsible, accountable, consulted or informed."""

    class Raci(models.TextChoices):
        RESPONSIBLE = "R", _("responsible")
        ACCOUNTABLE = "A", _("accountable")
        CONSULTED = "C", _("consulted")
        INFORMED = "I", _("informed")

    project = TenantForeignKey(Project, on_delete=models.CASCADE, related_name="responsibilities")
    stakeholder = TenantForeignKey(Stakeholder, on_delete=models.CASCADE, related_name="responsibilities")
    dimension = models.CharField(max_length=4)
    raci = models.CharField(max_length=1, choices=Raci.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "stakeholder", "dimension", "raci"], name="responsibility_once"),
            # One accountable stakeholder per dimension.
            models.UniqueConstraint(
                fields=["tenant", "project", "dimension"], name="responsibility_one_accountable", condition=models.Q(raci="A")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.raci}"
