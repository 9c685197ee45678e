from typing import Any

from django.db import migrations


def count_again(apps: Any, _editor: Any) -> None:
    """Mark each course whose answers were counted without counting whose they are."""
    mark, units = apps.get_model("tracking", "ChangeMark"), apps.get_model("tracking", "UnitSummary")
    courses = units.objects.filter(answered_count__gt=0).order_by("course_key")
    mark.objects.bulk_create(
        mark(subject="class", course_key=key)
        for key in courses.values_list("course_key", flat=True).distinct()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("tracking", "0026_answering_count"),
    ]

    operations = [
        migrations.RunPython(count_again, migrations.RunPython.noop, elidable=True),
    ]
