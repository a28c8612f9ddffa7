"""Guards on the tables of the assessing app; frozen rows cannot be changed by the serving role."""

from django.db import migrations

from portal.core.guard import CHANGES_ONLY, GroundSQL, GuardTable

# What was signed stays as it was: the serving role may add these rows, never change or remove them.
FROZEN = """
revoke update, delete on public.assessments_revision, public.assessments_signature, public.assessments_reviewdecision from {app};
revoke delete on public.assessments_gateround, public.assessments_waiver, public.assessments_condition, public.assessments_confirmation,
  public.assessments_tierraise from {app};
"""


class Migration(migrations.Migration):
    """Runs as the owner of the tables (role ``migrate``)."""

    dependencies = [("assessments", "0001_tables"), ("portal", "0002_ground")]

    operations = [
        GuardTable("assessment", quiet=("scored_at",)),
        GuardTable("tierraise"),
        # The 129 rows that a new assessment starts with say nothing; every later change does.
        GuardTable("answer", events=CHANGES_ONLY, quiet=("version", "content_hash", "comment_count", "evidence_count", "position")),
        GuardTable("evidence"),
        GuardTable("answerevidence"),
        GuardTable("comment"),
        GuardTable("calculatorrun", quiet=("version",)),
        GuardTable("reviewdecision"),
        GuardTable("waiver"),
        GuardTable("revision", quiet=("content",)),
        GuardTable("gateround"),
        GuardTable("signature"),
        GuardTable("condition"),
        GuardTable("confirmation"),
        GuardTable("delegation"),
        GroundSQL(FROZEN),
    ]
