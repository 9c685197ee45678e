from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0021_question_lessons"),
    ]

    operations = [
        migrations.CreateModel(
            name="QuestionLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("course_key", models.CharField(max_length=200)),
                ("quiz_key", models.CharField(max_length=200)),
                ("question_key", models.CharField(max_length=200)),
                ("lesson_key", models.CharField(max_length=200)),
                ("missed_count", models.PositiveIntegerField()),
                ("missed_passed_over_count", models.PositiveIntegerField()),
                ("right_count", models.PositiveIntegerField()),
                ("right_passed_over_count", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("course_key", "quiz_key", "question_key", "lesson_key"),
                        name="tracking_question_link_unique",
                    )
                ],
            },
        ),
    ]
