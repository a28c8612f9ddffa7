"""Approvals that stayed on answers when a waiver ended: the content went back to "answered", so nobody approves it now."""

from django.db import migrations

CLEAR = """
update assessments_answer
   set approved_by_id = null, approved_person_id = null, approved_role = '', approved_at = null, approved_hash = ''
 where state not in ('approved', 'not_applicable', 'waived')
   and (approved_by_id is not null or approved_person_id is not null or approved_at is not null or approved_role <> '' or approved_hash <> '')
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_signature_outcome")]

    operations = [migrations.RunSQL(CLEAR, migrations.RunSQL.noop)]
