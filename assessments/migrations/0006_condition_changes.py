from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0005_no_leftover_approvals")]

    operations = [
        migrations.AddField(
            model_name="condition",
            name="changes",
            field=models.JSONField(default=list),
        ),
    ]
