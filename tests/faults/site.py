"""What needs Django: ``python -m tests.faults.site serve PORT|prepare LEARNERS|waiting|judge``."""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402  Only after Django is set up.
from django.core.management import call_command  # noqa: E402
from django.core.servers.basehttp import run  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db.models import Sum  # noqa: E402
from django.utils import timezone  # noqa: E402

from tests.rollups.all_rows import rows  # noqa: E402
from tracking import jobs  # noqa: E402
from tracking.capture import ingest_tokens  # noqa: E402
from tracking.events import Purpose  # noqa: E402
from tracking.models import Event, JobRun, LearnerUnit, LearnerUnitDay, PendingChange  # noqa: E402
from tracking.privacy import consent  # noqa: E402
from tracking.rollups.engine import pipeline, rebuild  # noqa: E402
from tracking.rollups.engine.rebuild import RebuildScope  # noqa: E402


def serve(port: str) -> None:
    """Answer on ``port``, each request in a thread."""
    run("127.0.0.1", int(port), get_wsgi_application(), threading=True)


def prepare(learner_count: str) -> None:
    """Make the tables, months among them, and learners who agreed; print the pass of each."""
    call_command("migrate", verbosity=0)
    call_command("tracking_partition", stdout=sys.stderr)
    learners = [get_user_model().objects.create_user(f"learner-{n}") for n in range(int(learner_count))]
    for learner in learners:
        consent.grant(learner.pk, tuple(Purpose), source="test")
    jobs.refresh_outlines(now=timezone.now())
    print(json.dumps([ingest_tokens.issue_token(learner) for learner in learners]))


def judge() -> None:
    """Print what is stored, which totals are wrong, and which rows another reckoning from the source changes."""
    verdict: dict[str, Any] = {
        "stored": [str(key) for key in Event.objects.values_list("pk", flat=True)],
        "waiting": PendingChange.objects.waiting().count(),
        "dead": PendingChange.objects.dead().count(),
        "wrong_totals": _wrong_totals(),
        "runs": JobRun.objects.count(),
        "failed_runs": JobRun.objects.exclude(error="").count(),
        "killed_runs": JobRun.objects.filter(finished_at=None).count(),
    }
    before = rows()
    sum(rebuild.mark_for_rebuild(RebuildScope()))
    pipeline.process_changes(now=timezone.now())
    verdict["changed_by_a_rebuild"] = [name for name, made in rows().items() if made != before[name]]
    print(json.dumps(verdict))


def waiting() -> None:
    """Print how many marks wait to be handled."""
    print(PendingChange.objects.waiting().count())


def _wrong_totals() -> list[str]:
    """Return where a total is not what the raw events say, reckoned here without a line of the roll-up."""
    views: dict[tuple[Any, str], set[Any]] = defaultdict(set)
    spans: dict[tuple[Any, str], list[tuple[int, int]]] = defaultdict(list)
    for event in Event.objects.all():
        key = (event.learner_id, event.unit_key)
        views[key].add(event.view_id)
        began = round(event.happened_at.timestamp() * 1000) - event.payload.get("elapsed", 0)
        spans[key] += [(began + start, began + end) for start, end in event.payload.get("spans", [])]
    wanted = {key: (len(views[key]), _union(spans[key])) for key in views}
    return [
        f"{model.__name__} {key}: {found.get(key)}, not {wanted.get(key)}"
        for model in (LearnerUnit, LearnerUnitDay)
        for found in [_totals(model)]
        for key in wanted.keys() | found.keys()
        if found.get(key) != wanted.get(key)
    ]


def _totals(model: Any) -> dict[tuple[Any, str], tuple[int, int]]:
    summed = model.objects.values_list("learner_id", "unit_key").annotate(Sum("view_count"), Sum("active_ms"))
    return {(learner, unit): (views, active) for learner, unit, views, active in summed if views or active}


def _union(spans: Iterable[tuple[int, int]]) -> int:
    total = last = 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, last))
        last = max(last, end)
    return total


COMMANDS: dict[str, Callable[..., None]] = {
    "serve": serve,
    "prepare": prepare,
    "judge": judge,
    "waiting": waiting,
}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
