"""Which permissions an organisation's roles were given a chance to hold, so that an upgrade never gives back what was taken away."""

from django.db import migrations, models

from portal.core.guard import GroundSQL

# The names of this version, not those of the code that runs the migration: what a later version adds is new to these organisations.
NAMES = [
    "assessments.add_evidence",
    "assessments.answer_item",
    "assessments.approve_waiver",
    "assessments.assign_item",
    "assessments.comment_item",
    "assessments.confirm_flag",
    "assessments.delegate",
    "assessments.open_gate",
    "assessments.raise_tier",
    "assessments.request_waiver",
    "assessments.review_item",
    "assessments.run_calculator",
    "assessments.sign_gate",
    "assessments.upgrade_catalogue",
    "assessments.write_condition",
    "compliance.decide_filing",
    "compliance.delete_report",
    "compliance.download_report",
    "compliance.order_report",
    "compliance.second_filing",
    "compliance.view_filings",
    "compliance.view_project_filings",
    "compliance.view_reports",
    "compliance.work_filing",
    "portal.create_project",
    "portal.edit_facts",
    "portal.edit_organisation_facts",
    "portal.edit_project",
    "portal.edit_stakeholders",
    "portal.export_audit_log",
    "portal.export_projects",
    "portal.manage_organisation",
    "portal.manage_people",
    "portal.manage_project_people",
    "portal.manage_roles",
    "portal.share_project",
    "portal.share_views",
    "portal.steer_project",
    "portal.view_all_projects",
    "portal.view_audit_log",
    "portal.view_confidential_projects",
    "portal.view_history",
    "portal.view_project",
]

# Bookkeeping of the upgrade, not something that anybody did.
QUIET = """
drop trigger if exists audit on public.portal_tenant;
create trigger audit after insert or update on public.portal_tenant for each row execute function app.audit_row('permissions_offered');
"""
LOUD = """
drop trigger if exists audit on public.portal_tenant;
create trigger audit after insert or update on public.portal_tenant for each row execute function app.audit_row();
"""


def fill(apps, schema_editor):
    """Organisations that exist have been offered everything that this version knows."""
    apps.get_model("portal", "Tenant").objects.using(schema_editor.connection.alias).update(permissions_offered=NAMES)


class Migration(migrations.Migration):
    """Adds a column and fills it."""

    dependencies = [("portal", "0007_contact_order")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="permissions_offered",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="permissions offered so far"),
        ),
        GroundSQL(QUIET, LOUD),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
