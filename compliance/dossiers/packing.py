"""Packing a dossier: numbered files in the authority's order, cover, manifest, sums; from frozen content and stored bytes alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Final

from assessments.checklists.files.names import extension_of, safe_name
from compliance.dossiers.content import BOOK, forms
from compliance.dossiers.making import write_paper
from compliance.dossiers.papers.cover import Entry, write_cover
from compliance.dossiers.states import DONE, DocumentState

PIECE: Final = 1024 * 1024
LONGEST_NAME: Final = 60
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


class Damaged(RuntimeError):
    """Stored bytes are not those that were frozen, or are gone. The text names the document."""


@dataclass
class Packed:
    """What went into the ZIP: names with hashes and sizes, in order."""

    entries: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Order:
    """Everything a dossier is made from. ``at``: moment of the order by the clock of the organisation."""

    content: Mapping[str, Any]
    edition: int
    fingerprint: str
    by: str
    at: dt.datetime
    complete: bool


def short(label: Mapping[str, str], language: str) -> str:
    """The part of a file name that says what it is: no brackets' content, at most so many characters."""
    text = label["en"] if language == "en" else label["zh"]
    text = re.sub(r"[（(][^（）()]*[）)]", "", text).strip()
    text = re.sub(r"[\s,，、;；:：/\\]+", "-" if language == "en" else "", text).strip("-.")
    if language == "en" and len(text) > LONGEST_NAME:
        text = text[: LONGEST_NAME + 1].rpartition("-")[0] or text[:LONGEST_NAME]
    return text[:LONGEST_NAME] or "document"


def cover_name(language: str) -> str:
    """The name of the cover, first in every list."""
    return "00-Cover-and-contents.docx" if language == "en" else "00-封面与目录.docx"


def plan(content: Mapping[str, Any]) -> list[Entry]:
    """Which document has which file under which name. The same bytes are packed once; later lines point at them."""
    language, seen, made, found = content["language"], dict[str, int](), dict[str, int](), list[Entry]()
    for position, document in enumerate(content["documents"], start=1):
        stem = f"{position:02d}-{short(document['label'], language)}"
        file, form = document["file"], document["form"]
        if document["state"] == DocumentState.NOT_NEEDED:
            found.append(Entry(position, document))
        elif file is not None:
            if file["sha256"] in seen:
                found.append(Entry(position, document, same_as=seen[file["sha256"]]))
                continue
            seen[file["sha256"]] = position
            found.append(Entry(position, document, safe_name(f"{stem}.{extension_of(file['name']) or 'bin'}")))
        elif form is not None and document["state"] not in DONE:
            kind = forms()[form].kind
            what = "template" if kind == BOOK else "form"
            if form in made:
                found.append(Entry(position, document, same_as=made[form], made=what))
                continue
            made[form] = position
            found.append(Entry(position, document, safe_name(f"{stem}.{kind}"), made=what))
        else:
            found.append(Entry(position, document))
    return found


def pack(
    order: Order, target: IO[bytes], read: Callable[[str], IO[bytes]], progress: Callable[[int], None] = lambda percent: None
) -> Packed:
    """Write the ZIP into ``target``. ``read`` opens stored bytes by key. Raises Damaged; nothing of the ZIP counts then."""
    content = order.content
    lines = plan(content)
    packed = Packed()
    stamp = order.at.replace(microsecond=0, tzinfo=None).timetuple()[:6]
    cover = write_cover(
        content, lines, edition=order.edition, fingerprint=order.fingerprint, by=order.by, made_at=order.at, complete=order.complete
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        _put(archive, packed, cover_name(content["language"]), iter([cover]), stamp, "cover")
        for number, line in enumerate(lines, start=1):
            progress(number * 100 // max(len(lines), 1))
            if not line.file:
                continue
            file = line.document["file"]
            if file is None:
                paper = _paper(order, line)
                _put(archive, packed, line.file, iter([paper]), stamp, line.document["key"], made=line.made)
                continue
            sha256 = _put(archive, packed, line.file, _stored(file, read, line), stamp, line.document["key"], version=file["number"])
            if sha256 != file["sha256"]:
                raise Damaged(line.document["label"]["zh"])
        sums = "".join(f"{one['sha256']}  {one['name']}\n" for one in packed.entries).encode()
        archive.writestr(_info(MANIFEST, stamp), _manifest(order, packed))
        archive.writestr(_info(SUMS, stamp), sums)
    return packed


def _paper(order: Order, line: Entry) -> bytes:
    content, form = order.content, line.document["form"]
    made = write_paper(
        form, content["forms"][form], content["head"], content["limits"], content["requirements"], content["language"], order.at
    )
    return made.content


def _stored(file: Mapping[str, Any], read: Callable[[str], IO[bytes]], line: Entry) -> Iterator[bytes]:
    try:
        with read(file["stored"]) as source:
            while piece := source.read(PIECE):
                yield piece
    except FileNotFoundError as error:
        raise Damaged(line.document["label"]["zh"]) from error


def _info(name: str, stamp: Any) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=stamp)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _put(archive: zipfile.ZipFile, packed: Packed, name: str, pieces: Iterator[bytes], stamp: Any, key: str, **more: Any) -> str:
    digest, size = hashlib.sha256(), 0
    with archive.open(_info(name, stamp), "w", force_zip64=True) as target:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    packed.entries.append({"name": name, "document": key, "sha256": digest.hexdigest(), "size": size, **more})
    return digest.hexdigest()


def _manifest(order: Order, packed: Packed) -> bytes:
    content = order.content
    told = {
        "schema": "tenfold.manifest/1",
        "regime": content["regime"],
        "filing": content["head"]["filing"],
        "organisation": content["head"]["organisation"],
        "project": content["head"]["code"],
        "edition": order.edition,
        "complete": order.complete,
        "missing": content["missing"],
        "ordered_at": order.at.isoformat(timespec="seconds"),
        "by": order.by,
        "catalogue": content["catalogue"],
        "content_sha256": order.fingerprint,
        "files": packed.entries,
    }
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=False).encode()
