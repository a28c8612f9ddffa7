"""One date to keep for every filing, whatever its state: what lists show and sort by. Verification codes are looked up by an index."""

import datetime

from django.db import migrations, models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce

NO_DATE = Value(datetime.date(9999, 12, 31))
SETTLED = ("approved", "change_submitted", "done", "published", "renewed", "reported")
OWED = ("cancel_due", "change_due", "renewal_due")


class Migration(migrations.Migration):
    """A generated column with another rule, its index, and an index of reports."""

    dependencies = [("compliance", "0004_filing_decisions")]

    operations = [
        migrations.RemoveIndex("filing", "filing_due_ix"),
        migrations.RemoveField("filing", "due_sort"),
        migrations.AddField(
            "filing",
            "due_sort",
            models.GeneratedField(
                expression=Case(
                    When(Q(state__in=("cancelled", "not_applicable")) | Q(result="not_applicable", decision="none"), then=NO_DATE),
                    When(state__in=SETTLED, then=Coalesce("renewal_on", "valid_until", NO_DATE)),
                    When(state__in=OWED, then=Coalesce("due_on", "renewal_on", "valid_until", NO_DATE)),
                    default=Coalesce("due_on", NO_DATE),
                ),
                output_field=models.DateField(),
                db_persist=True,
                editable=False,
            ),
        ),
        migrations.AddIndex("filing", models.Index(fields=["tenant", "due_sort", "id"], name="filing_due_ix")),
        migrations.AddIndex(
            "report", models.Index(fields=["tenant", "verify_code"], name="report_verify_ix", condition=~Q(verify_code=""))
        ),
    ]
