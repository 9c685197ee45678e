"""A CSV log with one row, and what an import of it leaves."""

from tracking.models import Event, ImportRun

HEADER = "learner,course,unit,kind,at,count\n"
ROW = "lena,c,a,unit.accessed,2026-03-01,2\n"


def stored():
    return list(
        Event.objects.order_by("happened_at", "id").values_list(
            "unit_key", "kind", "source", "happened_at", "payload"
        )
    )


def account():
    run = ImportRun.objects.get()
    return run.read_count, run.accepted_count, run.duplicate_count, run.rejected_counts
