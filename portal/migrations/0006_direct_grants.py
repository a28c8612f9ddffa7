"""Grants on one project live in our two tables with a tenant column, never in guardian's generic ones, which know no tenant."""

from django.db import migrations

from portal.core.guard import GroundSQL

# A grant that took the generic way would be seen by nobody and isolated by nothing: refuse it loudly.
GENERIC = """
revoke insert, update on public.guardian_userobjectpermission, public.guardian_groupobjectpermission from {app};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0005_inviter_optional"),
        ("guardian", "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more"),
    ]

    operations = [
        migrations.RemoveField(model_name="projectgroupgrant", name="content_type"),
        migrations.RemoveField(model_name="projectgroupgrant", name="object_pk"),
        migrations.RemoveField(model_name="projectusergrant", name="content_type"),
        migrations.RemoveField(model_name="projectusergrant", name="object_pk"),
        GroundSQL(GENERIC, "grant insert, update on public.guardian_userobjectpermission, public.guardian_groupobjectpermission to {app}"),
    ]
