"""Acts on documents and dossiers of a filing."""

from compliance.dossiers.actions.assembling import finish_dossier, open_dossier, order_dossier
from compliance.dossiers.actions.files import add_file, open_file, take_evidence, take_form
from compliance.dossiers.actions.planning import add_own, plan_document, set_state

__all__ = [
    "add_file",
    "add_own",
    "finish_dossier",
    "open_dossier",
    "open_file",
    "order_dossier",
    "plan_document",
    "set_state",
    "take_evidence",
    "take_form",
]
