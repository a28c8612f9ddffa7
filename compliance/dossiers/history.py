"""What the trail and the history of a filing say of acts on documents and dossiers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Any] = {
    "compliance.document.filed": _("added version {edition} of “{name}” to “{filing}”"),
    "compliance.document.moved": _("changed the state of “{name}” of “{filing}”"),
    "compliance.document.planned": _("changed owner, validity or remark of “{name}” of “{filing}”"),
    "compliance.document.added": _("added the document “{name}” to “{filing}”"),
    "compliance.document.downloaded": _("downloaded version {edition} of “{name}”"),
    "compliance.document.form_made": _("made the form “{name}” of “{filing}” from the record"),
    "compliance.dossier.ordered": _("ordered dossier {edition} of “{filing}”"),
    "compliance.dossier.made": _("dossier {edition} of “{filing}” was made ({files} files)"),
    "compliance.dossier.downloaded": _("downloaded dossier {edition} of “{filing}”"),
    "compliance.dossier.named": _("dossier {edition} was the newest complete one when “{filing}” was submitted"),
}
# Events of one filing, on its own page.
EVENTS: dict[str, Any] = {
    "document_filed": _("“{name}”: version {edition} ({file})"),
    "document_moved": _("“{name}”: {state_word}. {reason}"),
    "document_planned": _("“{name}”: owner {owner}, valid until {until}. {note}"),
    "document_added": _("Document added: “{name}”"),
    "dossier_ordered": _("Dossier {edition} ordered; required documents missing: {missing}"),
    "dossier_named": _("Newest complete dossier at this step: number {edition}, SHA-256 {sha256}"),
}
