"""Rule S2 in the database: two people of two roles, one of them security or compliance. A due date that lists can sort by."""

import datetime

from django.db import migrations, models
from django.db.models.functions import Coalesce

from portal.core.guard import GuardTable

GUARDIANS = ("security", "compliance")


class Migration(migrations.Migration):
    """Constraints, a generated column and two indexes."""

    dependencies = [("compliance", "0003_filing_owner")]

    operations = [
        migrations.AddField(
            "filing",
            "due_sort",
            models.GeneratedField(
                expression=Coalesce("due_on", models.Value(datetime.date(9999, 12, 31))),
                output_field=models.DateField(),
                db_persist=True,
                editable=False,
            ),
        ),
        migrations.AddConstraint(
            "filing",
            models.CheckConstraint(
                condition=models.Q(second_person_id=None) | (models.Q(decided_person_id__isnull=False) & ~models.Q(decision="none")),
                name="filing_second_after_first",
            ),
        ),
        migrations.AddConstraint(
            "filing",
            models.CheckConstraint(
                condition=models.Q(second_person_id=None)
                | (
                    ~models.Q(second_role=models.F("decided_role"))
                    & (models.Q(second_role__in=GUARDIANS) | models.Q(decided_role__in=GUARDIANS))
                ),
                name="filing_two_roles",
            ),
        ),
        migrations.AddIndex("filing", models.Index(fields=["tenant", "due_sort", "id"], name="filing_due_ix")),
        migrations.AddIndex("filing", models.Index(fields=["tenant", "-updated_at", "-id"], name="filing_changed_ix")),
        GuardTable("filing", quiet=("version", "evaluated_at", "due_sort")),
    ]
