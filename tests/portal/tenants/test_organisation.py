"""The organisation's page: what it says of itself, its colour and its logo."""

from __future__ import annotations

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageFile

from portal.audit.models import AuditEvent
from portal.core.tenancy import tenant_context
from portal.tenants.branding import brand_colour
from portal.tenants.models import Tenant

GOOD = {
    "name_zh": "星河集团",
    "name_en": "Xinghe",
    "language": "en",
    "time_zone": "Europe/Berlin",
    "currency": "EUR",
    "code_prefix": "XG",
    "report_retention_days": "400",
    "brand_colour": "#ffd400",
}


def url(name):
    return reverse(f"portal:{name}", kwargs={"tenant_slug": "xinghe"})


@pytest.fixture
def adam(world, client, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}},
    }
    client.force_login(world.adam)
    return client


def picture(kind="PNG", size=(64, 40), **options):
    out = io.BytesIO()
    Image.new("RGB", size, "#336699").save(out, kind, **options)
    return out.getvalue()


def upload(client, content, name="logo.png", kind="image/png"):
    return client.post(url("logo_upload"), {"logo": SimpleUploadedFile(name, content, kind)})


def test_change_everything(world, adam):
    assert adam.post(url("organisation"), GOOD).status_code == 303
    tenant = Tenant.objects.get(slug="xinghe")
    assert (tenant.name_zh, tenant.currency, tenant.report_retention_days, tenant.brand_colour) == ("星河集团", "EUR", 400, "#ffd400")
    assert "changed the organisation" in adam.get(url("audit_log")).content.decode()
    with tenant_context(world.tenant.pk):
        act = AuditEvent.objects.get(verb="portal.organisation.changed")
    assert {"zh": "默认语言", "en": "default language"} in act.changes["fields"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_zh", ""),
        ("language", "fr"),
        ("time_zone", "Mars/Base"),
        ("currency", "XXX"),
        ("code_prefix", "x-1"),
        ("report_retention_days", "3"),
        ("brand_colour", "red"),
    ],
)
def test_bad_input_changes_nothing(world, adam, field, value):
    answer = adam.post(url("organisation"), {**GOOD, field: value})
    assert answer.status_code == 422
    assert Tenant.objects.get(slug="xinghe").name_en == "Xinghe Retail Group"


def test_only_who_manages_the_organisation(world, adam):
    for who in ("pam", "dave", "erin"):
        adam.force_login(getattr(world, who))
        assert adam.get(url("organisation")).status_code == 403
        assert adam.post(url("organisation"), GOOD).status_code == 403
        assert upload(adam, picture()).status_code == 403
    assert Tenant.objects.get(slug="xinghe").name_en == "Xinghe Retail Group"


def test_a_light_colour_is_darkened_for_white_text(world, adam):
    colour = brand_colour("#ffd400")
    assert colour.darkened
    assert colour.ratio_used >= 4.5
    assert not brand_colour("#1f4fb8").darkened
    page = adam.get(url("brand_preview"), {"brand_colour": "#ffd400"}).content.decode()
    assert colour.used in page
    assert "too little to read" in page
    assert adam.get(url("brand_preview"), {"brand_colour": '"><script>'}).status_code == 200


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_is_encoded_anew(world, adam, kind):
    assert upload(adam, picture(kind, (1600, 900)), "../../x.php").status_code == 303
    tenant = Tenant.objects.get(slug="xinghe")
    with Image.open(default_storage.open(tenant.logo.name)) as kept:
        assert (kept.format, max(kept.size)) == ("PNG", 800)
    answer = adam.get(url("logo"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert adam.post(url("logo_upload"), {"act": "remove"}).status_code == 303
    assert adam.get(url("logo")).status_code == 404
    assert not Tenant.objects.get(slug="xinghe").logo


def test_what_hides_in_a_picture_is_not_kept(world, adam):
    hidden = picture() + b"<?php system($_GET['x']); ?>"
    assert upload(adam, hidden).status_code == 303
    with default_storage.open(Tenant.objects.get(slug="xinghe").logo.name) as kept:
        assert b"php" not in kept.read()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture at all",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        picture()[:60],
        picture("PNG", (8, 8)),
        picture("BMP", (64, 64)),
    ],
)
def test_anything_else_is_refused_and_the_present_logo_stays(world, adam, content, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    upload(adam, picture())
    before = Tenant.objects.get(slug="xinghe").logo.name
    assert upload(adam, content).status_code == 422
    assert Tenant.objects.get(slug="xinghe").logo.name == before


def test_too_many_bytes_are_refused(world, adam):
    assert upload(adam, picture() + b"0" * (1024 * 1024)).status_code == 413


def test_too_many_pixels_are_refused_before_they_are_decoded(world, adam):
    assert upload(adam, picture("PNG", (6001, 16))).status_code == 422


def test_the_logo_is_for_members_and_holders_of_the_address(world, adam):
    from portal.tenants.branding import brand_key

    upload(adam, picture())
    stranger = type(adam)()
    assert stranger.get(url("logo")).status_code == 302
    stranger.force_login(world.mallory)
    assert stranger.get(url("logo")).status_code == 404
    world.tenant.refresh_from_db()
    assert stranger.get(reverse("public:brand_logo", kwargs={"key": brand_key(world.tenant)})).status_code == 200
    assert stranger.get(reverse("public:brand_logo", kwargs={"key": "xinghe"})).status_code == 404
    assert stranger.get(reverse("public:brand_logo", kwargs={"key": brand_key(world.other)})).status_code == 404


def test_times_are_shown_in_the_organisations_zone_unless_the_person_chose_one(world, adam):
    with tenant_context(world.tenant.pk):
        Tenant.objects.filter(pk=world.tenant.pk).update(time_zone="America/New_York")
    adam.force_login(world.alice)
    assert (
        "America/New_York"
        in adam.get(reverse("portal:project_history", kwargs={"tenant_slug": "xinghe", "project_id": world.project.pk})).content.decode()
    )
