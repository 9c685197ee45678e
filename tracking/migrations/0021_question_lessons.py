from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0020_risk_threshold"),
    ]

    operations = [
        migrations.AddField(
            model_name="itemsummary",
            name="lesson_keys",
            field=models.JSONField(default=list),
        ),
    ]
