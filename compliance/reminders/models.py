"""Which reminders there are, what was sent to whom, and where messages go outside the product."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from compliance.clocks.models import FilingClock
from compliance.filings.models import Filing
from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.tenants.models import User


class Overdue(models.TextChoices):
    """How often a limit that has passed is told of."""

    NEVER = "never", pgettext_lazy("reminder", "not at all")
    DAILY = "daily", _("every working day")
    WEEKLY = "weekly", _("once a week")


class ReminderRule(TenantModel):
    """A rule of the organisation in place of the built-in one: for one filing, or for all limits of one basis.

    ``before``: working days before the due date, 0 is the due date itself. ``backup_after``: working days without progress after which
    the deputies are told as well (empty: only when late); ``officer_after`` and ``sponsor_after``: working days late after which these
    are told (empty: never).
    """

    class Scope(models.TextChoices):
        ALL = "all", _("all filings")
        BASIS = "basis", _("limits of one kind")
        REGIME = "regime", _("one filing")

    scope = models.CharField(_("valid for"), max_length=6, choices=Scope.choices)
    value = models.SlugField(_("of which kind"), max_length=60, blank=True, default="")
    active = models.BooleanField(_("in use"), default=True)
    before = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("working days before"), default=list)
    overdue = models.CharField(_("when late"), max_length=6, choices=Overdue.choices, default=Overdue.DAILY)
    to_backup = models.BooleanField(_("deputies from the beginning"), default=False)
    to_officer = models.BooleanField(_("compliance officer from the beginning"), default=False)
    backup_after = models.PositiveSmallIntegerField(_("working days without progress until the deputies are told"), null=True, blank=True)
    officer_after = models.PositiveSmallIntegerField(_("working days late until the compliance officer is told"), null=True, blank=True)
    sponsor_after = models.PositiveSmallIntegerField(_("working days late until the executive sponsor is told"), null=True, blank=True)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("rule of reminders")
        constraints = [models.UniqueConstraint(fields=["tenant", "scope", "value"], name="reminder_rule_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.value}".strip()


class ReminderSent(TenantModel):
    """One step of one date was told to one person. The unique row is what makes it once.

    ``clock`` empty: a date to keep of the filing that no time limit stands behind. ``step``: working days before ``due_on``, below 0
    days late. A date that moves begins anew; a step of a date that was there before is not repeated.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", _("in the portal and by e-mail")
        DIGEST = "digest", _("in the portal and in the daily mail")
        PORTAL = "portal", _("in the portal")

    filing = TenantForeignKey(Filing, on_delete=models.CASCADE, related_name="+")
    clock = TenantForeignKey(FilingClock, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    due_on = models.DateField()
    step = models.SmallIntegerField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=6, choices=Channel.choices)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("reminder")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "filing", "clock", "due_on", "step", "user"], name="reminder_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["tenant", "user", "filing"], name="reminder_user_ix")]

    def __str__(self) -> str:
        return f"{self.due_on} {self.step}"


class ReminderPreference(TenantModel):
    """How one person wants to be reminded. Of statutory limits nobody hears less than once a day by e-mail."""

    class Mode(models.TextChoices):
        IMMEDIATE = "now", _("each at once, by e-mail as well")
        DIGEST = "digest", _("once a day in one e-mail")
        PORTAL = "portal", _("in the portal only; limits set by law stay in the daily e-mail")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=6, choices=Mode.choices, default=Mode.IMMEDIATE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="reminder_preference_once")]

    def __str__(self) -> str:
        return self.mode


class DigestSent(TenantModel):
    """The daily mail of one person: one row a day, which is claimed by whoever sends it. ``mailed_at`` empty: still to be sent."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    entries = models.PositiveIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user", "day"], name="digest_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"


class WebhookTarget(TenantModel):
    """A group chat or a program outside that is told what happens to filings.

    ``address`` carries the secret of the chat. It is written once and never shown, exported or traced; people see ``hint``.
    """

    class Kind(models.TextChoices):
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")
        FEISHU = "feishu", _("Feishu")
        SLACK = "slack", "Slack"
        TEAMS = "teams", "Microsoft Teams"
        JSON = "json", _("a program of your own (JSON)")

    class Language(models.TextChoices):
        CHINESE = "zh-hans", "简体中文"
        ENGLISH = "en", "English"

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("service"), max_length=8, choices=Kind.choices)
    address = models.CharField(_("address"), max_length=1000)
    hint = models.CharField(_("address (shortened)"), max_length=120)
    language = models.CharField(_("language"), max_length=10, choices=Language.choices, default=Language.CHINESE)
    events = ArrayField(models.CharField(max_length=20), verbose_name=_("what is told"), default=list)
    regimes = ArrayField(models.CharField(max_length=60), verbose_name=_("only these filings"), default=list, blank=True)
    projects = ArrayField(models.UUIDField(), verbose_name=_("only these projects"), default=list, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    paused_at = models.DateTimeField(_("paused after faults on"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_failure_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True, default="")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("webhook")
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="webhook_name_once")]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(TenantModel):
    """One event for one webhook, once. The text is made from ``params`` when it is sent, in the language of the webhook."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("message", "waiting")
        SENT = "sent", pgettext_lazy("message", "sent")
        FAILED = "failed", pgettext_lazy("message", "not delivered")
        DROPPED = "dropped", pgettext_lazy("message", "dropped")

    target = TenantForeignKey(WebhookTarget, on_delete=models.CASCADE, related_name="deliveries")
    event_key = models.CharField(max_length=160)
    event = models.CharField(max_length=20)
    project_id = models.UUIDField(null=True, blank=True)
    url = models.CharField(max_length=300, blank=True, default="")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    error = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("message to a webhook")
        constraints = [models.UniqueConstraint(fields=["tenant", "target", "event_key"], name="webhook_delivery_once")]
        indexes = [
            models.Index(fields=["tenant", "next_at"], name="webhook_waiting_ix", condition=models.Q(state="waiting")),
            models.Index(fields=["tenant", "target", "-created_at"], name="webhook_recent_ix"),
        ]

    def __str__(self) -> str:
        return self.event_key
