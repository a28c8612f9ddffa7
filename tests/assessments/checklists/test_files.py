"""Uploads: names made harmless, kinds known by their content, hostile files refused."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.checklists.files.kinds import KINDS
from assessments.checklists.files.names import extension_of, safe_name
from assessments.checklists.files.storing import look_at, store
from portal.core.errors import Invalid, TooLarge

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in files.items():
            container.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def docx(**more: str) -> bytes:
    return zipped(**{"[Content_Types].xml": "<Types/>", "word__document.xml": "<w/>", **more})


def upload(name: str, content: bytes, content_type: str = "application/octet-stream"):
    return SimpleUploadedFile(name, content, content_type)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\evil.pdf", "evil.pdf"),
        ("/abs/path/评测 说明.pdf", "评测 说明.pdf"),
        ("e\u0301valuation.pdf", "évaluation.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ('quote".pdf', "quote_.pdf"),
        ("<script>.txt", "_script_.txt"),
        ("CON.pdf", "_CON.pdf"),
        ("...", "file"),
        ("", "file"),
        (".pdf", "file.pdf"),
        ("  spaced   out .pdf  ", "spaced out.pdf"),
        ("😀.png", "😀.png"),
    ],
)
def test_names_are_made_harmless_and_stay_readable(given, name):
    assert safe_name(given) == name


def test_long_names_keep_their_extension():
    name = safe_name("长" * 400 + ".pdf")
    assert len(name) <= 150
    assert extension_of(name) == "pdf"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.PDF", PDF),
        ("a.png", PNG),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 40),
        ("a.docx", docx()),
        ("a.xlsx", zipped(**{"[Content_Types].xml": "<Types/>", "xl__workbook.xml": "<w/>"})),
        ("a.odt", zipped(mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": "<x/>"})),
        ("a.ofd", zipped(**{"OFD.xml": "<x/>"})),
        ("a.zip", zipped(a="x")),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100),
        ("a.txt", "评测结果：通过\n".encode()),
        ("gb.txt", "评测结果：通过\n".encode("gb18030")),
        ("u16.csv", "a,b\n评,测\n".encode("utf-16")),
        ("a.json", b'{"results": []}'),
        ("a.md", b"# Title\n\nsome <b>words</b>\n"),
        ("a.csv", b"a,b\r\n1,2\r\n"),
        ("a.mp4", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40),
    ],
)
def test_known_kinds_are_taken_and_hashed(name, content):
    found = look_at(upload(name, content, "text/html"))
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert found.size == len(content)
    assert found.content_type == KINDS[extension_of(name)].content_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.pdf", b""),
        ("program.exe", EXE),
        ("renamed.pdf", EXE),
        ("renamed.png", EXE),
        ("renamed.txt", EXE),
        ("linux.log", b"\x7fELF\x02\x01\x01" + b"\x00" * 60),
        ("page.html", b"<html><script>alert(1)</script></html>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("page.txt", b"  \n<!DOCTYPE html><script>alert(1)</script>"),
        ("page.csv", b"\xef\xbb\xbf<html>"),
        ("drawing.md", b"<svg onload=alert(1)>"),
        ("drawing.png", b"<svg onload=alert(1)>"),
        ("xml.json", b"<?xml version='1.0'?><svg/>"),
        ("script.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("macro.docx", docx(**{"word__vbaProject.bin": "x"})),
        ("macro.docm", docx()),
        ("not-word.docx", zipped(a="x")),
        ("archive.docx", b"PK\x03\x04garbage"),
        ("binary.txt", bytes(range(256))),
        ("no-extension", PDF),
        ("double.pdf.exe", EXE),
        ("pdf-in-name.js", PDF),
        ("page.xhtml", b"<html/>"),
        ("hidden.pdf\u202egnp", PNG),
    ],
)
def test_hostile_and_disguised_files_are_refused(name, content):
    with pytest.raises(Invalid) as caught:
        look_at(upload(name, content, "application/pdf"))
    assert caught.value.detail["fields"]["file"]


def test_a_zip_bomb_is_stored_as_it_is_and_never_unpacked():
    bomb = zipped(a="\0" * 20_000_000)
    assert len(bomb) < 60_000
    assert look_at(upload("bomb.zip", bomb)).size == len(bomb)


def test_too_large_names_the_limit(settings):
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    with pytest.raises(TooLarge) as caught:
        look_at(upload("a.txt", b"a" * (1024 * 1024 + 1)))
    assert "1 MB" in str(caught.value.message)


def test_a_size_that_lies_does_not_help(settings):
    settings.EVIDENCE_MAX_BYTES = 1024
    liar = upload("a.txt", b"a" * 5000)
    liar.size = 10
    with pytest.raises(TooLarge):
        look_at(liar)


def test_stored_under_a_key_that_says_nothing(settings, tmp_path):
    from django.core.files.storage import FileSystemStorage, storages

    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}},
    }
    storages._storages.clear()
    key = store(upload("../../secret name.pdf", PDF), 7, "0190-project")
    assert "secret" not in key
    assert key.startswith("evidence/7/0190-project/")
    assert (tmp_path / key).read_bytes() == PDF
    assert isinstance(storages["default"], FileSystemStorage)
