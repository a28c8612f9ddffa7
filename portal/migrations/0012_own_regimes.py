"""An organisation carries the mark of its own regimes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0011_without_administrator"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="own_content",
            field=models.CharField(blank=True, default="", editable=False, max_length=64, verbose_name="own regimes"),
        ),
    ]
