"""Indexes for what waits for a second person, added duties and blockers; counts of filings ask each part by itself."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0012_rounds_and_upkeep"),
        ("portal", "0011_without_administrator"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="filing",
            index=models.Index(
                condition=models.Q(("second_person_id", None), models.Q(("decision", "none"), _negated=True)),
                fields=["tenant", "project"],
                name="filing_second_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="filing",
            index=models.Index(
                condition=models.Q(("decision", "confirmed"), ("result", "not_applicable")),
                fields=["tenant", "project"],
                name="filing_added_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="filing",
            index=models.Index(
                condition=models.Q(("gate", "before_launch"), ("result", "required")),
                fields=["tenant", "due_sort", "id"],
                name="filing_blocker_ix",
            ),
        ),
    ]
