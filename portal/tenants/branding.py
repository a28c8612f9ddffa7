"""The organisation's name and colour on the sign-in page, for people who were given the organisation's own sign-in address.

The address carries a signature, so that nobody can find out by guessing which organisations exist: without a right one the
page looks as it does for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from portal.core.palette import contrast, darkened_for_white
from portal.tenants.models import Tenant

_signer = Signer(salt="sign-in address of an organisation")
WHITE = "#ffffff"


def brand_key(tenant: Tenant) -> str:
    """The slug with its signature."""
    return _signer.sign(tenant.slug)


def sign_in_path(tenant: Tenant) -> str:
    """The organisation's own sign-in address, to hand on to its people."""
    return f"{reverse('home')}?tenant={brand_key(tenant)}"


def branded(key: str) -> Tenant | None:
    """The active organisation of a signed key; None for anything else."""
    try:
        slug = _signer.unsign(key)
    except BadSignature:
        return None
    return Tenant.objects.filter(slug=slug, status=Tenant.Status.ACTIVE).first()


@dataclass(frozen=True)
class BrandColour:
    """A chosen colour and the one really used below white text (4.5 to 1, WCAG AA)."""

    chosen: str
    used: str
    ratio_chosen: float
    ratio_used: float

    @property
    def darkened(self) -> bool:
        """The chosen colour was too light for white text."""
        return self.used.lower() != self.chosen.lower()


def brand_colour(colour: str) -> BrandColour:
    """What becomes of ``#rrggbb``."""
    used = darkened_for_white(colour)
    return BrandColour(colour, used, round(contrast(colour, WHITE), 2), round(contrast(used, WHITE), 2))


def brand_of(tenant: Tenant) -> dict[str, Any]:
    """Name, usable colour and logo for ``portal/tenants/brand_band.html``, shown to people who hold a right link."""
    return {
        "name": tenant.name,
        "colour": brand_colour(tenant.brand_colour).used,
        "logo": reverse("public:brand_logo", kwargs={"key": brand_key(tenant)}) if tenant.logo else "",
    }
