"""Inviting people by link. The link's secret is sent once and only its hash is kept; it works once and for seven days."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.audit.actions import record_act
from portal.core import mail
from portal.core.errors import Conflict, Invalid, NotAllowed, TooMany
from portal.core.tenancy import tenant_context
from portal.roles.actions.members import grant_role
from portal.roles.models import MembershipRole, Role
from portal.roles.queries import without_administrator
from portal.roles.rules import ADMINISTRATOR
from portal.tenants.actions import add_member
from portal.tenants.models import Invitation, Membership, Tenant, User

log = structlog.get_logger(__name__)
LIFETIME = timedelta(days=7)
HOURLY_LIMIT = 200


@dataclass(frozen=True)
class Accepted:
    """Who came into which organisation; ``new`` when the account was made on the way."""

    tenant: Tenant
    user: User
    new: bool


def token_hash(token: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def _new_secret() -> tuple[str, str]:
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(_("This is not an e-mail address."), fields={"email": list(error.messages)}) from None
    return email


def _roles(keys: Iterable[str]) -> list[Role]:
    wanted = set(keys)
    found = list(Role.objects.filter(kind=Role.Kind.TENANT, key__in=wanted))
    if not found or len(found) != len(wanted):
        raise Invalid(_("Choose at least one role."), fields={"roles": [_("Choose at least one role.")]})
    return found


def invite_person(
    tenant: Tenant, *, email: str, name: str = "", role_keys: Iterable[str], language: str, by: User | None, members_too: bool = False
) -> tuple[Invitation, str]:
    """Invite somebody and send the link; returns the invitation and the link, which is never shown again.

    Raises :class:`Conflict` for a member and for an address with an open invitation, :class:`TooMany` beyond 200 an hour.
    ``by=None`` is the operator's command: the mail then names no inviter. ``members_too``: a member takes the roles by the link.
    """
    email = _address(email)
    roles = _roles(role_keys)
    if not members_too and Membership.objects.filter(user__email=email, active=True).exists():
        raise Conflict(_("This person is a member already. Change the roles on the person’s page."), code="member_already")
    if open_invitations().filter(email=email).exists():
        raise Conflict(_("This address has an open invitation. Send that one again or withdraw it."), code="invited_already")
    if Invitation.objects.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count() >= HOURLY_LIMIT:
        raise TooMany(_("Your organisation has sent {limit} invitations in the last hour. Go on in an hour.").format(limit=HOURLY_LIMIT))
    token, digest = _new_secret()
    with transaction.atomic():
        invitation = Invitation.objects.create(
            email=email,
            name=name.strip()[:120],
            role_keys=[role.key for role in roles],
            token_hash=digest,
            language=language,
            invited_by=by,
            expires_at=timezone.now() + LIFETIME,
        )
        record_act("portal.invitation.sent", invitation, email=email, name=invitation.name or email, roles=[role.name for role in roles])
        link = _send(invitation, tenant, token, roles)
    return invitation, link


def open_invitations() -> Any:
    """Invitations of the tenant in scope that can be accepted now."""
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())


def resend_invitation(invitation: Invitation, tenant: Tenant, *, by: User) -> str:
    """Send a new link, valid for seven days from now; the old link stops working. Returns the link."""
    token, digest = _new_secret()
    with transaction.atomic():
        updated = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
            token_hash=digest, expires_at=timezone.now() + LIFETIME
        )
        if not updated:
            raise Conflict(_("This invitation has been accepted or withdrawn."), code="invitation_over")
        invitation.refresh_from_db()
        record_act("portal.invitation.resent", invitation, email=invitation.email, name=invitation.name or invitation.email)
        return _send(invitation, tenant, token, list(Role.objects.filter(kind=Role.Kind.TENANT, key__in=invitation.role_keys)))


def revoke_invitation(invitation: Invitation, *, by: User | None) -> None:
    """Withdraw an invitation: its link stops working."""
    updated = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=timezone.now())
    if not updated:
        raise Conflict(_("This invitation has been accepted or withdrawn."), code="invitation_over")
    record_act("portal.invitation.revoked", invitation, email=invitation.email, name=invitation.name or invitation.email)


def invite_administrator(tenant: Tenant, *, email: str, name: str = "", by: User | None) -> tuple[Invitation, str]:
    """Let somebody administer an organisation that nobody can administer. Platform staff only (checked at the door).

    Withdraws the open invitations of administrators and of this address, each with a line in the organisation's trail, and sends a
    new one. Needs no tenant in scope. Raises :class:`Conflict` (``has_administrator``) where an active account holds the role, and
    for a suspended organisation.
    """
    with tenant_context(tenant.pk, by.pk if by else None):
        if Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk).status != Tenant.Status.ACTIVE:
            raise Conflict(_("This organisation is suspended. Reopen it first."))
        # Locked before the question, so that an invitation that is being accepted at this moment counts.
        mine = Q(role_keys__contains=[ADMINISTRATOR]) | Q(email=_address(email))
        waiting = list(Invitation.objects.select_for_update().filter(mine, accepted_at=None, revoked_at=None).order_by("pk"))
        if not without_administrator([tenant.pk]):
            raise Conflict(_("This organisation has an administrator, who can invite others."), code="has_administrator")
        for invitation in waiting:
            revoke_invitation(invitation, by=by)
        return invite_person(tenant, email=email, name=name, role_keys=[ADMINISTRATOR], language=tenant.language, by=by, members_too=True)


def _send(invitation: Invitation, tenant: Tenant, token: str, roles: list[Role]) -> str:
    link = mail.absolute(reverse("invitations:open", kwargs={"token": token}))
    with translation.override(invitation.language):
        organisation = tenant.name["zh"] if invitation.language.startswith("zh") else tenant.name["en"]
        subject = _("Invitation to {organisation} in Tenfold").format(organisation=organisation)
    message = mail.compose(
        "email/invitation",
        invitation.email,
        invitation.language,
        {
            "organisation": tenant.name,
            "invitation": invitation,
            "inviter": invitation.invited_by.name if invitation.invited_by_id and invitation.invited_by else "",
            "roles": [role.name for role in roles],
            "button_url": link,
            "button_label": gettext_lazy("Accept the invitation"),
            "days": LIFETIME.days,
        },
        subject=subject,
    )
    try:
        message.send()
    except (SMTPException, OSError) as error:
        # Inside the transaction on purpose: an invitation that nobody received is not kept.
        log.warning("invitation_not_sent", invitation=str(invitation.pk), error=type(error).__name__)
        raise Conflict(
            _("The mail could not be sent, so nothing was kept. Try again in a few minutes; tell the operator if it stays so.")
        ) from error
    return link


def accept_invitation(invitation: Invitation, tenant: Tenant, *, user: User | None = None, name: str = "", password: str = "") -> Accepted:
    """Take an open invitation, as an existing account or by making one. Needs the invitation's tenant in scope.

    The link came by mail, so it proves the address. Exactly one caller wins; the invitation is used up with the membership,
    all or nothing. Raises :class:`Conflict` when it is over and when somebody invited him- or herself to a further role (S6),
    :class:`NotAllowed` for the wrong account, :class:`Invalid` for an unusable name or password.
    """
    with transaction.atomic():
        taken = open_invitations().filter(pk=invitation.pk).update(accepted_at=timezone.now())
        if not taken:
            raise Conflict(_("This invitation has been used, withdrawn or is out of date. Ask for a new one."), code="invitation_over")
        new = user is None
        account = user or _new_account(invitation, name, password)
        if not owns_address(account, invitation.email):
            raise NotAllowed(_("This invitation is for another e-mail address. Sign out and open the link again."), code="other_account")
        _address_verified(account, invitation.email)
        membership = add_member(tenant, account)
        # Whoever makes an organisation may be its first administrator: nobody is there yet who could give the role.
        begun = MembershipRole.objects.filter(role__kind=Role.Kind.TENANT, role__key=ADMINISTRATOR).exists()
        giver = invitation.invited_by if begun else None
        for key in Role.objects.filter(kind=Role.Kind.TENANT, key__in=invitation.role_keys).values_list("key", flat=True):
            grant_role(membership, key, by=giver)
        Invitation.objects.filter(pk=invitation.pk).update(accepted_by=account)
        inviter = invitation.invited_by.name if invitation.invited_by_id and invitation.invited_by else ""
        record_act("portal.invitation.accepted", invitation, email=invitation.email, name=account.name, inviter=inviter)
    return Accepted(tenant, account, new)


def _new_account(invitation: Invitation, name: str, password: str) -> User:
    name = " ".join(name.split())[:120]
    faults: dict[str, list[str]] = {}
    if not name:
        faults["name"] = [_("Write your name.")]
    try:
        validate_password(password, User(email=invitation.email, name=name))
    except ValidationError as error:
        faults["password"] = list(error.messages)
    if faults:
        raise Invalid(_("The account cannot be made like this."), fields=faults)
    if User.objects.filter(email=invitation.email).exists():
        raise Conflict(_("There is an account for this address. Sign in, then accept the invitation."), code="account_exists")
    return User.objects.create_user(invitation.email, password, name=name, language=invitation.language)


def owns_address(user: User, email: str) -> bool:
    """The account signs in with this address, or has verified it."""
    return user.email.lower() == email.lower() or EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()


def _address_verified(user: User, email: str) -> None:
    address, made = EmailAddress.objects.get_or_create(
        user=user, email=email, defaults={"verified": True, "primary": user.email.lower() == email.lower()}
    )
    if not made and not address.verified:
        address.verified = True
        address.save(update_fields=["verified"])
