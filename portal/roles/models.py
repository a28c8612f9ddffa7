"""Roles are data: which permissions they hold can be changed per organisation. Teams carry grants on single projects."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.tenants.models import Membership, User


class Role(TenantModel):
    """A named set of permissions. Tenant-wide roles hang on memberships, project roles on the people of one project."""

    class Kind(models.TextChoices):
        TENANT = "tenant", _("whole organisation")
        PROJECT = "project", _("one project")

    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    builtin = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        verbose_name = _("role")
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "key"], name="role_key_once")]
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.key

    @property
    def name(self) -> dict[str, str]:
        """Both names, for the ``tr`` filter."""
        return {"zh": self.name_zh, "en": self.name_en}


class RolePermission(TenantModel):
    """One permission held by one role."""

    role = TenantForeignKey(Role, on_delete=models.CASCADE, related_name="held")
    permission = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "role", "permission"], name="role_permission_once")]

    def __str__(self) -> str:
        return self.permission


class MembershipRole(TenantModel):
    """A tenant-wide role held by a member."""

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="role_links")
    role = TenantForeignKey(Role, on_delete=models.PROTECT, related_name="member_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "membership", "role"], name="membership_role_once")]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.role_id}"


class Team(TenantModel):
    """A group of members of one tenant; the auth group behind it carries grants and is never used without this row."""

    name = models.CharField(_("name"), max_length=80)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="team")

    class Meta:
        verbose_name = _("team")
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class TeamMember(TenantModel):
    """One member of a team."""

    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="team_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "team", "user"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.team_id} {self.user_id}"
