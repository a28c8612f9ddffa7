"""Who carries a filing through, what it costs and when its renewal is due: what item D10.09 asks for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns only; the guard of the table covers them."""

    dependencies = [("compliance", "0002_guards"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField("filing", "renewal_on", models.DateField(blank=True, null=True, verbose_name="renewal reminder")),
        migrations.AddField(
            "filing",
            "owner",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
        migrations.AddField(
            "filing", "cost", models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="cost")
        ),
    ]
