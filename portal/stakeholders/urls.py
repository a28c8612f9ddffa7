"""Addresses of this slice."""

from __future__ import annotations

from django.urls import include, path

from portal.stakeholders.views import contacts, matrix, parts

urlpatterns = [
    path("stakeholders/", contacts.contacts, name="contacts"),
    path("stakeholders/new/", contacts.contact_new, name="contact_new"),
    path("stakeholders/<uuid:contact_id>/", contacts.contact, name="contact"),
    path("stakeholders/<uuid:contact_id>/delete/", contacts.contact_delete, name="contact_delete"),
    path("projects/<uuid:project_id>/stakeholders/", parts.project_stakeholders, name="project_stakeholders"),
    path("projects/<uuid:project_id>/stakeholders/add/", parts.stakeholder_add, name="stakeholder_add"),
    path("projects/<uuid:project_id>/stakeholders/<uuid:stakeholder_id>/", parts.stakeholder, name="stakeholder"),
    path("projects/<uuid:project_id>/stakeholders/<uuid:stakeholder_id>/remove/", parts.stakeholder_remove, name="stakeholder_remove"),
    path("projects/<uuid:project_id>/responsibilities/", matrix.matrix, name="project_responsibilities"),
    path("projects/<uuid:project_id>/responsibilities/save/", matrix.matrix_save, name="responsibilities_save"),
    path("projects/<uuid:project_id>/responsibilities/export/<slug:form>/", matrix.matrix_export, name="responsibilities_export"),
    path(
        "projects/<uuid:project_id>/responsibilities/<uuid:stakeholder_id>/<str:dimension>/", matrix.matrix_cell, name="responsibility_cell"
    ),
    path("", include("portal.stakeholders.api")),
]
