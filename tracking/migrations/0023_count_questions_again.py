from typing import Any

from django.db import migrations


def count_questions_again(apps: Any, _editor: Any) -> None:
    """Mark each course whose questions were counted before their lessons and links were kept."""
    mark, item = apps.get_model("tracking", "ChangeMark"), apps.get_model("tracking", "ItemSummary")
    courses = item.objects.order_by("course_key").values_list("course_key", flat=True).distinct()
    mark.objects.bulk_create(
        [
            mark(subject=subject, course_key=course_key)
            for course_key in courses
            for subject in ("items", "findings")
        ]
    )


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0022_question_links"),
    ]

    operations = [
        migrations.RunPython(count_questions_again, migrations.RunPython.noop, elidable=True),
    ]
