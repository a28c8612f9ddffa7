"""Organisations, people and who belongs where."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.tenancy import TenantModel


class Person(models.Model):
    """A human being. Segregation of duties looks at the person, so that two accounts of one do not help (rule S1)."""

    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("person")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the e-mail address is the name people sign in with."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new account with its own person unless one is given."""
        email = self.normalize_email(email).lower()
        if not email:
            raise ValueError("An account needs an e-mail address.")
        name = fields.pop("name", "") or email.split("@")[0]
        if "person" not in fields and "person_id" not in fields:
            fields["person"] = Person.objects.create(name=name)
        user = self.model(email=email, name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Platform staff: may open the platform pages and the admin, belongs to no tenant by that."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """An account. It may belong to several organisations; rights come from memberships only, never from Django groups."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("as the device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accounts")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=50, blank=True, default="")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("platform staff"), default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_lower_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name shown to others."""
        return self.name

    def get_short_name(self) -> str:
        """The name shown to others."""
        return self.name


class Tenant(models.Model):
    """An organisation that uses Tenfold. Everything it types is isolated from all others by the database."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")

    slug = models.SlugField(
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$", _("Use 3 to 40 small letters, digits and hyphens."))],
    )
    name_zh = models.CharField(_("name in Chinese"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    language = models.CharField(_("default language"), max_length=10, default="zh-hans")
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Shanghai")
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    brand_colour = models.CharField(
        _("brand colour"),
        max_length=7,
        default="#1f4fb8",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the colour as #rrggbb."))],
    )
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True, validators=[FileExtensionValidator(["png", "jpg", "jpeg"])])
    code_prefix = models.CharField(
        _("prefix of project codes"), max_length=8, default="P", validators=[RegexValidator(r"^[A-Z][A-Z0-9]{0,7}$")]
    )
    report_retention_days = models.PositiveIntegerField(_("days that reports are kept"), default=3650)
    # Names of permissions that this organisation's built-in roles were given or refused before; an upgrade adds only others.
    # Stands for the regimes that the organisation added itself (compliance.legal); empty for none. Comes along with every entry.
    own_content = models.CharField(_("own regimes"), max_length=64, blank=True, default="", editable=False)
    permissions_offered = models.JSONField(_("permissions offered so far"), default=list, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("organisation")

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> dict[str, str]:
        """Both names, for the ``tr`` filter."""
        return {"zh": self.name_zh, "en": self.name_en or self.name_zh}


class Membership(TenantModel):
    """One person's account in one organisation."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    active = models.BooleanField(default=True)
    title = models.CharField(_("position"), max_length=120, blank=True, default="")
    unit = models.CharField(_("unit"), max_length=120, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="membership_once")]
        indexes = [models.Index(fields=["user", "tenant"], name="membership_user_ix")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.tenant_id}"


class Invitation(TenantModel):
    """An invitation by link. Only a hash of the link's secret is kept; the link works once and expires."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120, blank=True, default="")
    role_keys = models.JSONField(_("roles"), default=list)
    token_hash = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=10, default="zh-hans")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        indexes = [models.Index(fields=["tenant", "-created_at"], name="invitation_new_ix")]

    def __str__(self) -> str:
        return self.email
