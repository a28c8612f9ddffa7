"""What WeasyPrint leaves open for PDF/UA-1 beside PDF/A-3a, in one pass over the written file.

WeasyPrint takes one variant only. PDF/A-3a is chosen at writing; here the accessibility part is completed: the PDF/UA
identifier with its extension schema in XMP, the title in the window bar, the scope of table heads, running heads and
page numbers as artifacts (a reader would hear them on every page), one entry per attached file. Independent checkers
look at the result in the tests; there is no PDF/A validator among them (docs/reports.md).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name

_UA_SCHEMA: Final = """
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>PDF/UA part</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


def finish(pdf: bytes) -> tuple[bytes, int]:
    """The completed file and its number of pages."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root
        _ua_metadata(root)
        preferences = root.get(Name.ViewerPreferences, Dictionary())
        preferences[Name.DisplayDocTitle] = True
        root[Name.ViewerPreferences] = preferences
        _table_scopes(root)
        _running_heads_as_artifacts(document)
        _attachments_once(root)
        pages = len(document.pages)
        out = io.BytesIO()
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.preserve, deterministic_id=False)
    return out.getvalue(), pages


def _ua_metadata(root: Any) -> None:
    """Put the PDF/UA part and its extension schema into the XMP packet that WeasyPrint wrote."""
    packet = bytes(root.Metadata.read_bytes()).decode("utf-8")
    if "pdfuaid" in packet:
        return
    if packet.count("</rdf:RDF>") != 1:
        raise ValueError("the XMP packet has not the form expected of WeasyPrint")
    root.Metadata.write(packet.replace("</rdf:RDF>", _UA_SCHEMA).encode("utf-8"))


def _table_scopes(root: Any) -> None:
    """Every TH says whether it heads a column or a row: in a head row a column, elsewhere a row."""
    tree = root.get(Name.StructTreeRoot)
    if tree is None:
        raise ValueError("the file has no structure tree")
    for element, in_head in _elements(tree, False):
        if element.get(Name.S) != Name.TH:
            continue
        scope = Dictionary(O=Name.Table, Scope=Name.Column if in_head else Name.Row)
        existing = element.get(Name.A)
        if existing is None:
            element[Name.A] = scope
        elif isinstance(existing, Array):
            existing.append(scope)
        elif Name.Scope not in existing:
            existing[Name.Scope] = scope[Name.Scope]
            existing[Name.O] = Name.Table


def _elements(node: Any, in_head: bool) -> Iterator[tuple[Any, bool]]:
    """All structure elements with the word whether they stand in a table head; without recursion, trees are deep."""
    waiting = [(node, in_head)]
    while waiting:
        current, head = waiting.pop()
        children = current.get(Name.K)
        if children is None:
            continue
        for child in children if isinstance(children, Array) else [children]:
            if isinstance(child, Dictionary) and Name.S in child:
                inside = child[Name.S] == Name.THead or (head and child[Name.S] != Name.TBody)
                yield child, inside
                waiting.append((child, inside))


def _running_heads_as_artifacts(document: pikepdf.Pdf) -> None:
    """Margin boxes are painted last on a page and hang as NonStruct directly below the document: untag them."""
    parents = document.Root.StructTreeRoot.ParentTree.Nums
    for number, page in enumerate(document.pages):
        owners = parents[2 * number + 1]
        marked = len(owners)
        while marked and _stands_in_margin(owners[marked - 1]):
            marked -= 1
        if marked == len(owners):
            continue
        content = page.Contents
        text = bytes(content.read_bytes())
        for mark in range(marked, len(owners)):
            owners[mark] = None
            text, found = re.subn(rb"/\w+\s*<</MCID %d>>\s*BDC" % mark, b"/Artifact <</Type /Pagination>> BDC", text)
            if found != 1:
                raise ValueError(f"page {number + 1} marks content {mark} {found} times")
        content.write(text)


def _stands_in_margin(element: Any) -> bool:
    while element is not None:
        parent = element.get(Name.P)
        if parent is None or Name.S not in parent:
            return False
        if parent[Name.S] == Name.Document:
            return bool(element[Name.S] == Name.NonStruct)
        element = parent
    return False


def _attachments_once(root: Any) -> None:
    """WeasyPrint names each attachment twice in /AF; once is right."""
    listed = root.get(Name.AF)
    if listed is None:
        return
    seen: set[tuple[int, int]] = set()
    once = Array()
    for entry in listed:
        if entry.objgen not in seen:
            seen.add(entry.objgen)
            once.append(entry)
    root[Name.AF] = once
