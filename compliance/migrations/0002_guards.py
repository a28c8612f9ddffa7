"""Guards on the tables of the compliance app; events of a filing are only ever added."""

from django.db import migrations

from portal.core.guard import GroundSQL, GuardTable

FROZEN = "revoke update, delete on public.compliance_filingevent from {app};"


class Migration(migrations.Migration):
    """Runs as the owner of the tables (role ``migrate``)."""

    dependencies = [("compliance", "0001_tables"), ("portal", "0002_ground")]

    operations = [
        GuardTable("filing", quiet=("version", "evaluated_at")),
        GuardTable("filingevent"),
        GuardTable("report"),
        GroundSQL(FROZEN),
    ]
