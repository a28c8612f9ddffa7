"""Acts on people and bodies around projects: one function is one act, one transaction, one entry in the trail."""

from portal.stakeholders.actions.contacts import create_contact, delete_contact, edit_contact
from portal.stakeholders.actions.matrix import set_responsibility
from portal.stakeholders.actions.parts import add_stakeholder, edit_stakeholder, remove_stakeholder

__all__ = [
    "add_stakeholder",
    "create_contact",
    "delete_contact",
    "edit_contact",
    "edit_stakeholder",
    "remove_stakeholder",
    "set_responsibility",
]
